/** Windows over the samples of a pipeline. */
import type { SampleBatch } from '../../shared/model/samples'
import type { StatisticValues, WindowResult } from '../../shared/model/results'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'

/** In the value column: a record that is in no window and is not missing, but was seen: it moves the clock. */
export const CLOCK_ONLY = Infinity

/** A watermark that moved without a record: written whole to the journal, because recovery must see it. */
export interface ClockMark {
  readonly pipeline: string
  /** The series whose clock moved, or null for the source's (or the group's: see `key`). */
  readonly series: SeriesId | null
  readonly watermark: EpochMs
  /** The grouped key whose clock moved. */
  readonly key?: number
  /** Partitions (or series ids, in text) that no longer hold the clock back; empty: all of them hold it again. */
  readonly idle?: readonly string[]
}

/** Where a window operator puts what it produces, in the order of firing. */
export interface WindowOutput {
  /** The result may be kept: it is not reused. */
  fire(result: WindowResult): void
  /** Every window of the sample is late. Stored raw all the same. */
  late(series: SeriesId, time: EpochMs, value: number): void
  /** A hole of a hopping window. */
  unassigned(series: SeriesId, time: EpochMs): void
  /** `at`: the record of the batch in process that the mark comes before; absent: outside a batch. */
  mark(mark: ClockMark, at?: number): void
  /** Some windows of a sample at `time` were over (end + allowedLateness ≤ watermark): they are to be repaired. */
  missed?(key: number, time: EpochMs, watermark: EpochMs): void
  /** The state of a window is dropped: this was its last result. For windows downstream. */
  settled?(result: WindowResult): void
  /** The clock of a key moved (key null: of all keys), after the results of that move. For windows downstream. */
  clock?(key: number | null, watermark: EpochMs): void
  /** The earliest watermark of a key (null: of all) at which something happens downstream: quiet closing goes there. */
  due?(key: number | null): EpochMs
}

/** The window of a key that is still open, for drawing only. */
export interface OpenWindow {
  readonly start: EpochMs
  readonly end: EpochMs
  readonly values: StatisticValues
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
  /**
   * Live only: silence is counted while the source is live; it starts anew at each change.
   * To be called with false at every loss of the connection and once after recovery, before the first record.
   * @param quietFrom when the backlog will be read: nobody is found idle and nothing closes by quiet before
   */
  setLive(live: boolean, monotonic: DurationMs, out: WindowOutput, quietFrom?: DurationMs): void
  /** Recovery: repeats a mark read from the journal. */
  applyMark(mark: ClockMark, out: WindowOutput): void
  /** Moves the clock of a member (a series, or a partition by its name): the input is results of another pipeline. */
  advanceTo(member: SeriesId | string, watermark: EpochMs, out: WindowOutput): void
  /** The earliest watermark at which something happens: of the key that a series belongs to, or (null) of all keys. */
  nextDue(member: SeriesId | null): EpochMs
  /** The key that a series belongs to; undefined before its first sample. */
  keyOf(series: SeriesId): number | undefined
  /** Of a key's clock; −∞ before its first sample. */
  watermarkOf(key: number): EpochMs
  /** Moves all clocks on to this watermark, as quiet closing would have. */
  raise(watermark: EpochMs, out: WindowOutput): void
  /** The end of a finite input: the watermark becomes +∞. */
  end(out: WindowOutput): void
  openWindow(key: number): OpenWindow | null
  /** All state, versioned; `restore` of it into a new operator continues as if nothing had happened. */
  snapshot(): Uint8Array
  /** @throws where the state is of another version or another definition of the pipeline. */
  restore(state: Uint8Array): void
}

/** Makes the ids of grouped keys; ungrouped keys are the series' own ids. */
export interface KeySpace {
  labels(series: SeriesId): Readonly<Record<string, string>>
  group(labels: Readonly<Record<string, string>>): number
  /** For ordering: firings of one record are ordered by end, then this text, then start. */
  text(key: number): string
}
