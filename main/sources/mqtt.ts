/**
 * MQTT 5.0 and 3.1.1. A QoS 1 message is acknowledged after the commit that holds its samples, never before, so that
 * a crash loses nothing that the broker believes delivered. What the broker sends again because the acknowledgement was
 * lost is recognised by its packet id and content, and left out.
 */
import { Socket } from 'node:net'
import type { IPublishPacket, MqttClient, Packet } from 'mqtt'
import type { InflightPackets, RawRecord, RecordSink, Source, SourceContext } from '../contracts'
import type { MqttConnection } from '../../shared/config/sources/mqtt'
import { Inflight } from './inflight'
import {
  brokerName,
  clientIdOf,
  ConnectFailure,
  connectMqtt,
  isOlderBroker,
  subscribe,
} from '../connections/mqtt-connection'
import type { ProtocolVersion } from '../connections/mqtt-connection'
import { keepConnected, pause } from '../connections/reconnect'
import type { SessionEnd } from '../connections/reconnect'

/** Records handed over at once at most; fewer when the socket has no more. */
const BATCH_RECORDS = 512
/**
 * MQTT 3.1.1 brokers stop at a small number of unacknowledged messages (mosquitto: 20) and then drop, so these are
 * committed at once; with MQTT 5 we have asked for a window of up to 65,535 and can gather.
 */
const ACKNOWLEDGE_WITHIN = { 4: 0, 5: 20 } as const
/** At a stop, for the commit of what was received; a disk that takes longer gets it again from the broker. */
const LAST_COMMIT_WITHIN_MS = 3000

export class MqttSource implements Source {
  readonly finite = false
  private version: ProtocolVersion
  private readonly client: string
  /** With a clean start nothing is ever sent again. */
  private readonly inflight: Inflight | undefined

  constructor(
    private readonly config: MqttConnection,
    private readonly context: SourceContext,
  ) {
    this.version = config.protocol === '3.1.1' ? 4 : 5
    this.client = clientIdOf(config, context)
    this.inflight = config.cleanStart ? undefined : new Inflight()
  }

  async run(
    out: RecordSink,
    _resume: ReadonlyMap<string, string>,
    stop: AbortSignal,
    covered: readonly InflightPackets[] = [],
  ): Promise<void> {
    for (const { client, packets } of covered) if (client === this.client) this.inflight?.load(packets)
    await keepConnected(out, stop, () => this.session(out, stop))
  }

  /** One connection, from CONNECT to its end; 'again' with another version of the protocol. */
  private async session(out: RecordSink, stop: AbortSignal): Promise<SessionEnd | 'again'> {
    let receiver: Receiver | undefined
    try {
      const { version } = this
      const client = await connectMqtt(this.config, this.context, version, (fresh) => {
        receiver = new Receiver(fresh, out, ACKNOWLEDGE_WITHIN[version], this.client, this.inflight)
      })
      const ended = closed(client, brokerName(this.config.url), stop)
      // Before the first packet of a new session, whose ids say nothing about those of the old one.
      const ready = receiver?.forgotten.then(() => subscribe(client, this.config))
      await Promise.race([ready, ended])
      if (client.connected) out.state({ state: 'live' })
      const reason = await ended
      await receiver?.drain(stop)
      return { reason, refused: false, wasLive: true }
    } catch (error) {
      receiver?.abandon()
      if (!(error instanceof ConnectFailure)) throw error
      if (this.version === 5 && isOlderBroker(error, this.config.protocol)) {
        this.version = 4
        return 'again'
      }
      return { reason: error.message, refused: error.refused, wasLive: false }
    }
  }
}

/** What MQTT.js says where a ping was not answered within 1.5 × keep-alive, before it closes the connection. */
const UNANSWERED = 'Keepalive timeout'

/** @returns why */
function closed(client: MqttClient, where: string, stop: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let reason = `${where} closed the connection`
    if (stop.aborted) return resolve(reason)
    client.on('error', ({ message }) => {
      if (message === UNANSWERED) reason = `${where} does not answer any more`
    })
    client.once('close', () => resolve(reason))
    stop.addEventListener('abort', () => resolve(reason), { once: true })
  })
}

/** The error that keeps MQTT.js from acknowledging a message by itself; the connection stays. */
const ACKNOWLEDGE_LATER = new Error('acknowledged after the commit')

/** Takes messages off one connection in batches and acknowledges them when the engine says so. */
class Receiver {
  private records: RawRecord[] = []
  private packetIds: number[] = []
  private redelivered: number[] = []
  /** The broker went on with the session of before: it may send again what was not acknowledged. */
  private resumed = false
  private scheduled = false
  private stopped = false
  private unacknowledged = 0
  private idle: (() => void) | undefined
  private full: Promise<void> | undefined
  /** That the session is gone is durable. */
  forgotten = Promise.resolve()

  constructor(
    private readonly client: MqttClient,
    private readonly out: RecordSink,
    private readonly acknowledgeWithin: number,
    private readonly clientId: string,
    private readonly inflight: Inflight | undefined,
  ) {
    // Not `connect`, which may come after the first messages.
    const onPacket = (packet: Packet) => {
      if (packet.cmd !== 'connack') return
      client.removeListener('packetreceive', onPacket)
      this.resumed = packet.sessionPresent
      const accepted = (packet.reasonCode ?? packet.returnCode ?? 0) === 0
      if (accepted && !this.resumed) this.forget()
    }
    client.on('packetreceive', onPacket)
    // Acknowledgements are small and a broker waits for them: they must not wait for each other (Nagle).
    client.once('connect', () => {
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    })
    client.handleMessage = (packet, done) => {
      // A message that came after the stop stays with the broker: it is not acknowledged. It must be read all the
      // same, because a socket with something unread does not close.
      if (this.stopped) return done(ACKNOWLEDGE_LATER)
      const later = packet.qos === 1
      this.take(packet)
      if (this.records.length + this.redelivered.length >= BATCH_RECORDS) this.flush()
      else if (!this.scheduled) {
        this.scheduled = true
        setImmediate(() => this.flush())
      }
      const answer = () => (later ? done(ACKNOWLEDGE_LATER) : done())
      // Back-pressure: the socket is not read on before the engine has room.
      if (this.full === undefined) answer()
      else void this.full.then(answer)
    }
  }

  private take(packet: IPublishPacket): void {
    const payload = packet.payload as Buffer
    if (packet.qos === 1) {
      const id = packet.messageId as number
      if (this.inflight?.isRedelivery(id, packet.dup && this.resumed, packet.topic, payload) === true) {
        this.redelivered.push(id)
        return
      }
      this.packetIds.push(id)
    }
    this.records.push({ payload, key: packet.topic, arrival: Date.now() })
  }

  /** A redelivery goes with the batch it came in: its commit follows that of the packet's first delivery. */
  private flush(): void {
    this.scheduled = false
    const { records, packetIds, redelivered } = this
    if (records.length + redelivered.length === 0) return
    this.records = []
    this.packetIds = []
    this.redelivered = []
    const answered = redelivered.length === 0 ? packetIds : [...packetIds, ...redelivered]
    this.unacknowledged += answered.length
    const full = this.out.write({
      records,
      partition: '',
      ...(redelivered.length === 0 ? {} : { redelivered: redelivered.length }),
      ...(packetIds.length === 0 || this.inflight === undefined
        ? {}
        : { inflight: { client: this.clientId, packets: this.inflight.pack(packetIds), forget: false } }),
      ...(answered.length === 0
        ? {}
        : { acknowledge: () => this.acknowledge(answered), acknowledgeWithin: this.acknowledgeWithin }),
    })
    if (full === undefined) return
    this.full = full
    void full.then(() => {
      if (this.full === full) this.full = undefined
    })
  }

  /** The broker lost the session, or never had one. */
  private forget(): void {
    const { inflight, clientId: client } = this
    if (inflight === undefined || inflight.empty) return
    inflight.clear()
    this.forgotten = new Promise((acknowledge) => {
      const packets = { client, packets: new Uint8Array(0), forget: true }
      void this.out.write({ records: [], partition: '', inflight: packets, acknowledge, acknowledgeWithin: 0 })
    })
  }

  /** All PUBACKs of a commit in one write: `40 02 id id`, the same in both versions (MQTT 5, 3.4.2.1). */
  private acknowledge(packetIds: readonly number[]): void {
    this.unacknowledged -= packetIds.length
    if (this.unacknowledged === 0) this.idle?.()
    if (!this.client.connected) return
    const packets = Buffer.allocUnsafe(packetIds.length * 4)
    packetIds.forEach((id, i) => packets.writeUInt32BE(0x40020000 + id, i * 4))
    this.client.stream.write(packets)
  }

  /** Ends the connection once what was received is committed and acknowledged, so that it is not sent again. */
  async drain(stop: AbortSignal): Promise<void> {
    this.stopped = true
    this.flush()
    if (stop.aborted && this.unacknowledged > 0) {
      const acknowledged = new AbortController()
      this.idle = () => acknowledged.abort()
      await pause(LAST_COMMIT_WITHIN_MS, acknowledged.signal)
    }
    await new Promise<void>((resolve) => this.client.end(!stop.aborted, {}, () => resolve()))
  }

  abandon(): void {
    this.stopped = true
    this.client.end(true)
  }
}
