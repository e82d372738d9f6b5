/**
 * Apache Kafka. The position of each partition is stored in the commit that holds its samples, and reading goes on from
 * there, so that every record counts exactly once through any crash. The consumer group is a new one at every connection.
 */
import type { RecordSink, Source, SourceContext } from '../contracts'
import type { KafkaConnection } from '../../shared/config/sources/kafka'
import { groupOf, kafkaClient } from '../connections/kafka-connection'
import type { Positions } from './kafka-placement'
import { parseCursor } from './kafka-position'
import { KafkaSession } from './kafka-session'
import { keepConnected } from '../connections/reconnect'

export class KafkaSource implements Source {
  readonly finite = false
  private session: KafkaSession | undefined

  constructor(
    private readonly config: KafkaConnection,
    private readonly context: SourceContext,
  ) {}

  async run(out: RecordSink, resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    const { config, context } = this
    const positions: Positions = new Map()
    if (config.resume)
      for (const [name, cursor] of resume) {
        const position = parseCursor(name, cursor)
        if (position !== undefined && config.topics.includes(position.topic)) positions.set(name, position)
      }
    await keepConnected(out, stop, () => {
      const group = groupOf(config, context)
      this.session = new KafkaSession(kafkaClient(config, context), config, group, positions, out)
      return this.session.run(stop)
    })
  }

  lag(): number | null {
    return this.session?.lag ?? null
  }
}
