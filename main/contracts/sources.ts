/** What sources send and are given. */
import type { SourceState } from '../../shared/ipc/engine'
import type { DurationMs, EpochMs } from '../../shared/model/time'

export interface RawRecord {
  /** Read before `write` returns, so that it may be a view of a buffer that is used again. */
  readonly payload: Uint8Array
  /** MQTT topic, Kafka key, file name: what tells records of one source apart. */
  readonly key: string
  readonly brokerTime?: EpochMs
  readonly arrival: EpochMs
  /** Labels from beside the payload, such as a Kafka record key or header; the same object for the same labels. */
  readonly labels?: Readonly<Record<string, string>>
  /** The source could not read the record, or knows that records are gone: rejected with this reason. */
  readonly unreadable?: string
  /** First line of the file that the record stands in; the same text for all records of a file. */
  readonly header?: string
}

export interface RawBatch {
  readonly records: readonly RawRecord[]
  /** Clocks and cursors are kept per partition; sources without partitions use ''. */
  readonly partition: string
  /** How to resume after this batch; stored in the commit that covers its samples. */
  readonly cursor?: string
  /** Called once everything in the batch is durable; never where the engine stops first. */
  readonly acknowledge?: () => void
  /** MQTT packets that the commit of this batch covers. */
  readonly inflight?: InflightPackets
  /** Records that had been taken before and are left out of this batch. */
  readonly redelivered?: number
  /** Records without a payload that are left out of this batch on purpose, such as Kafka's tombstones. */
  readonly passedOver?: number
  /** Records that had to be dropped because the engine was full, where the sender cannot be made to wait (UDP). */
  readonly dropped?: number
  /** How soon the sender wants its acknowledgement; a broker that stops sending without one says 0. */
  readonly acknowledgeWithin?: DurationMs
}

/** Packets of an MQTT client, by which a redelivery after a crash is recognised. */
export interface InflightPackets {
  readonly client: string
  /** Packet id (16 bit) and hash of topic and payload (64 bit), little-endian, one after the other. */
  readonly packets: Uint8Array
  /** The session of the packets before these is gone. */
  readonly forget: boolean
}

export interface RecordSink {
  /** Takes a batch; a promise means the engine is full and the source must not send more before it resolves. */
  write(batch: RawBatch): Promise<void> | undefined
  /** The source's state in words; `live` starts the silence clocks, anything else stops them. */
  state(state: SourceState): void
}

export interface Source {
  /**
   * Has an end, at which all windows close. What it reads is the past, not live: no silence is judged and no reading is
   * too far ahead of its arrival.
   */
  readonly finite: boolean
  /** Reads until `stop` is aborted or a finite input ends. Reconnects by itself; rejects only where trying again cannot help. */
  run(
    out: RecordSink,
    resume: ReadonlyMap<string, string>,
    stop: AbortSignal,
    /** What earlier commits covered, oldest first. */
    inflight?: readonly InflightPackets[],
  ): Promise<void>
  /** Records that wait at the broker, as far as is known; absent where nobody can know. */
  lag?(): number | null
}

/** What a source is given besides its settings. */
export interface SourceContext {
  readonly id: string
  readonly secrets: Secrets
  /** Tells this installation from others, for client ids that must be unique and stay the same. */
  readonly installation: string
}

/** Secrets of one source by field name, from the keychain or the secrets file. */
export type Secrets = Readonly<Record<string, string>>
