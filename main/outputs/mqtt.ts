/** Publishes one message for each item; with QoS 1 the broker's acknowledgement is the confirmation. */
import type { MqttClient } from 'mqtt'
import type { OutboxItem, Sender, SourceContext } from '../contracts'
import { brokerName, connectAnyMqtt } from '../connections/mqtt-connection'
import { outputSecrets } from '../../shared/config/output'
import type { MqttOutput } from '../../shared/config/outputs/mqtt'
import { fillName } from './templates'

/** On their way at once: what a broker holds by default for one client is 100 or more. */
const IN_FLIGHT = 20
const UNSAFE = /[+#/\0]/g

interface Connected {
  readonly client: MqttClient
  /** Rejects when the connection ends: a client would keep what it has for one that never comes. */
  readonly gone: Promise<never>
}

export class MqttSender implements Sender {
  private link: Connected | null = null

  constructor(
    private readonly config: MqttOutput,
    private readonly context: SourceContext,
  ) {}

  async send(items: readonly OutboxItem[]): Promise<void> {
    const { client, gone } = (this.link ??= await this.connect())
    try {
      for (let from = 0; from < items.length; from += IN_FLIGHT) {
        const sent = items.slice(from, from + IN_FLIGHT).map((item) => this.publish(client, item))
        await Promise.race([Promise.all(sent), gone])
      }
    } catch (error) {
      await this.close()
      throw error
    }
  }

  private async publish(client: MqttClient, { body }: OutboxItem): Promise<void> {
    const { topic, qos, retain } = this.config
    const properties = { contentType: 'application/json', userProperties: { id: body.id } }
    await client.publishAsync(fillName(topic, this.context.id, body, UNSAFE), JSON.stringify(body), {
      qos,
      retain,
      ...(client.options.protocolVersion === 5 ? { properties } : {}),
    })
  }

  private async connect(): Promise<Connected> {
    const { context, config } = this
    const settings = { ...config, cleanStart: true, sessionExpiry: '0s', receiveMaximum: IN_FLIGHT }
    const client = await connectAnyMqtt(settings, { ...context, id: outputSecrets(context.id) }, () => undefined)
    const gone = new Promise<never>((_, reject) => {
      client.once('close', () => {
        if (this.link?.client === client) this.link = null
        reject(new Error(`${brokerName(config.url)} closed the connection`))
      })
    })
    // Nobody need be waiting for it.
    gone.catch(() => undefined)
    return { client, gone }
  }

  close(): Promise<void> {
    // Not waited for: of a connection that is gone the end is never told.
    this.link?.client.end(true)
    this.link = null
    return Promise.resolve()
  }
}
