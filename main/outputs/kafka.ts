/** Produces one record for each item, confirmed by all replicas in sync; the broker takes each of them once. */
import { CompressionTypes, Partitioners } from 'kafkajs'
import type { Producer } from 'kafkajs'
import { Refused } from '../contracts'
import type { OutboxItem, Sender, SourceContext } from '../contracts'
import { describeKafka, kafkaClient } from '../connections/kafka-connection'
import { outputSecrets } from '../../shared/config/output'
import type { KafkaOutput } from '../../shared/config/outputs/kafka'
import { fillName, seriesOf } from './templates'

const UNSAFE = /[^A-Za-z0-9._-]/g

export class KafkaSender implements Sender {
  private producer: Producer | null = null

  constructor(
    private readonly config: KafkaOutput,
    private readonly context: SourceContext,
  ) {}

  async send(items: readonly OutboxItem[]): Promise<void> {
    const { config, context } = this
    const byTopic = new Map<string, OutboxItem[]>()
    for (const item of items) {
      const topic = fillName(config.topic, context.id, item.body, UNSAFE)
      byTopic.set(topic, [...(byTopic.get(topic) ?? []), item])
    }
    try {
      const producer = (this.producer ??= await this.connect())
      await producer.sendBatch({
        acks: -1,
        compression: config.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
        topicMessages: [...byTopic].map(([topic, list]) => ({ topic, messages: list.map(messageOf) })),
      })
    } catch (error) {
      await this.close()
      const { reason } = describeKafka(error, config, [...byTopic.keys()].join(', '))
      if (/larger than|too large/i.test(reason)) throw new Refused('the broker takes no record of this size')
      throw new Error(reason, { cause: error })
    }
  }

  private async connect(): Promise<Producer> {
    const producer = kafkaClient(this.config, { ...this.context, id: outputSecrets(this.context.id) }).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    return producer
  }

  async close(): Promise<void> {
    const { producer } = this
    this.producer = null
    await producer?.disconnect().catch(() => undefined)
  }
}

const messageOf = ({ body }: OutboxItem) => ({
  key: seriesOf(body),
  value: JSON.stringify(body),
  headers: { id: body.id, 'content-type': 'application/json' },
})
