/** The interfaces between the stages. Stages import this file and `shared/`, never each other. */
import type { SourceState } from '../shared/ipc/engine'
import type { SampleBatch } from '../shared/model/samples'
import type { WindowResult } from '../shared/model/results'
import type { SeriesId, SeriesKey } from '../shared/model/series'
import type { DurationMs, EpochMs } from '../shared/model/time'

// ---- sources

export interface RawRecord {
  readonly payload: Uint8Array
  /** MQTT topic, Kafka key, file name: what tells records of one source apart. */
  readonly key: string
  readonly brokerTime?: EpochMs
  readonly arrival: EpochMs
}

export interface RawBatch {
  readonly records: readonly RawRecord[]
  /** Clocks and cursors are kept per partition; sources without partitions use ''. */
  readonly partition: string
  /** How to resume after this batch; stored in the commit that covers its samples. */
  readonly cursor?: string
  /** Called once everything in the batch is durable; never where the engine stops first. */
  readonly acknowledge?: () => void
}

export interface RecordSink {
  /** Takes a batch; a promise means the engine is full and the source must not send more before it resolves. */
  write(batch: RawBatch): Promise<void> | undefined
  /** The source's state in words; `live` starts the silence clocks, anything else stops them. */
  state(state: SourceState): void
}

export interface Source {
  /** Reads until `stop` is aborted or a finite input ends. Reconnects by itself; rejects only where trying again cannot help. */
  run(out: RecordSink, resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void>
}

/** Secrets of one source by field name, from the keychain or the secrets file. */
export type Secrets = Readonly<Record<string, string>>

// ---- decoding

/** Thrown by a decoder for a record it cannot read; the reason is shown to the user. */
export class Rejected extends Error {
  override readonly name = 'Rejected'
}

/** Where a decoder puts what it found. */
export interface SampleWriter {
  /** `time` null: the record has no time of its own. NaN is a gap. */
  sample(key: SeriesKeyRef, time: EpochMs | null, value: number): void
}

/** A series as a decoder names it; the same object every time, so that looking it up costs a pointer comparison. */
export interface SeriesKeyRef extends Omit<SeriesKey, 'source'> {
  readonly unit?: string
  readonly display?: string
  /** Filled by the engine at first use. */
  id: SeriesId | undefined
}

export interface Decoder {
  /** @throws Rejected */
  decode(record: RawRecord, into: SampleWriter): void
}

// ---- windows

/** A watermark that moved without a record: written to the journal, because recovery must see it. */
export interface ClockMark {
  readonly pipeline: string
  /** The series whose clock moved, or null for the source's. */
  readonly series: SeriesId | null
  readonly watermark: EpochMs
}

/** Where a window operator puts what it produces, in the order of firing. */
export interface WindowOutput {
  /** The result may be kept: it is not reused. */
  fire(result: WindowResult): void
  /** Every window of the sample is late. Stored raw all the same. */
  late(series: SeriesId, time: EpochMs, value: number): void
  /** A hole of a hopping window. */
  unassigned(series: SeriesId, time: EpochMs): void
  mark(mark: ClockMark): void
}

/** The window of a key that is still open, for drawing only. */
export interface OpenWindow {
  readonly start: EpochMs
  readonly end: EpochMs
  readonly values: Float64Array
}

/** One pipeline's windows. Time is passed in; nothing here reads a clock. */
export interface WindowOperator {
  /**
   * Assigns a batch in its order, record by record.
   * @param partition for `clock: source`; @param monotonic ms, when the batch arrived (0 in a replay).
   */
  process(batch: SampleBatch, partition: string, monotonic: DurationMs, out: WindowOutput): void
  /** Live only: idle and quiet closing, to be called about once a second. */
  tick(monotonic: DurationMs, out: WindowOutput): void
  /** Live only: silence is counted while the source is live and its backlog is read; it starts anew at each change. */
  setLive(live: boolean, monotonic: DurationMs): void
  /** Recovery: repeats a mark read from the journal. */
  applyMark(mark: ClockMark, out: WindowOutput): void
  /** The end of a finite input: the watermark becomes +∞. */
  end(out: WindowOutput): void
  openWindow(key: number): OpenWindow | null
  /** All state, versioned; `restore` of it continues as if nothing had happened. */
  snapshot(): Uint8Array
  restore(state: Uint8Array): void
}

/** Makes the ids of grouped keys; ungrouped keys are the series' own ids. */
export interface KeySpace {
  labels(series: SeriesId): Readonly<Record<string, string>>
  group(labels: Readonly<Record<string, string>>): number
  /** For ordering: firings of one record are ordered by end, then this text, then start. */
  text(key: number): string
}
