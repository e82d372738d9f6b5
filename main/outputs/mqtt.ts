/** Publishes one message for each item; with QoS 1 the broker's acknowledgement is the confirmation. */
import type { MqttClient } from 'mqtt'
import type { OutboxItem, Sender, SourceContext } from '../contracts'
import { brokerName, ConnectFailure, connectMqtt } from '../connections/mqtt-connection'
import type { MqttLink, ProtocolVersion } from '../connections/mqtt-connection'
import type { MqttOutput } from '../../shared/config/outputs/mqtt'
import { fillName } from './templates'

/** On their way at once: what a broker holds by default for one client is 100 or more. */
const IN_FLIGHT = 20
const UNSAFE = /[+#/\0]/g

export class MqttSender implements Sender {
  private client: MqttClient | null = null
  private version: ProtocolVersion

  constructor(
    private readonly config: MqttOutput,
    private readonly context: SourceContext,
  ) {
    this.version = config.protocol === '3.1.1' ? 4 : 5
  }

  async send(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const client = (this.client ??= await this.connect())
    const gone = new Promise<never>((_, reject) => {
      const where = brokerName(this.config.url)
      client.once('close', () => reject(new Error(`${where} closed the connection`)))
      signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
    })
    gone.catch(() => undefined)
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
      ...(this.version === 5 ? { properties } : {}),
    })
  }

  private async connect(): Promise<MqttClient> {
    const { context, config } = this
    const link: MqttLink = {
      ...config,
      clientId: config.clientId ?? `weir-${context.installation}-out-${context.id}`,
      ...{ cleanStart: true, sessionExpiry: '0s', receiveMaximum: IN_FLIGHT },
    }
    const connect = () => connectMqtt(link, context, this.version, (client) => this.forgetAtEnd(client))
    try {
      return await connect()
    } catch (error) {
      const older = error instanceof ConnectFailure && error.versionRefused && config.protocol === 'auto'
      if (!older || this.version === 4) throw error
      this.version = 4
      return connect()
    }
  }

  /** A client whose connection is gone would keep what it is given for a connection that never comes. */
  private forgetAtEnd(client: MqttClient): void {
    client.once('close', () => {
      if (this.client === client) this.client = null
    })
  }

  close(): Promise<void> {
    // Not waited for: of a connection that is gone the end is never told.
    this.client?.end(true)
    this.client = null
    return Promise.resolve()
  }
}
