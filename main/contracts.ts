/** The interfaces between the stages. Stages import this file and `shared/`, never each other. */
import type { SourceState } from '../shared/ipc/engine'
import type { SampleBatch } from '../shared/model/samples'
import type { StatisticValues, WindowResult } from '../shared/model/results'
import type { SeriesId, SeriesInfo, SeriesKey } from '../shared/model/series'
import type { DurationMs, EpochMs } from '../shared/model/time'

// ---- sources

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
  /**
   * @returns false where the record is passed over on purpose, such as a header line.
   * @throws Rejected; samples already written for the record are taken back by the caller.
   */
  decode(record: RawRecord, into: SampleWriter): boolean
}

// ---- windows

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

/** Writes the state of an operator. */
export interface StateWriter {
  number(value: number): void
  text(value: string): void
  /** Entries [from, to) of an array, with their count. */
  numbers(values: ArrayLike<number>, from?: number, to?: number): void
}

/** Reads what a `StateWriter` wrote, in the same order. */
export interface StateReader {
  number(): number
  text(): string
  numbers(): Float64Array
}

/** One sample, written into by lookups. */
export interface Reading {
  time: EpochMs
  value: number
}

/** What a result needs to know of its window besides the samples. */
export interface WindowFrame {
  readonly start: EpochMs
  readonly end: EpochMs
  /** The sample of a series before `start` that the first step begins at; false: there is none. */
  carry(series: number, into: Reading): boolean
}

/**
 * The statistics of one pipeline over any number of panes, in columns. A slot holds one pane; slots are small
 * integers and are used again after `release`.
 */
export interface Accumulators {
  /** Number of statistics in a result. */
  readonly width: number
  /** True where a result needs the samples before its window (increase, rate, integral, timeWeightedMean). */
  readonly needsCarry: boolean
  /** True where samples must be told apart by series (delta and the steps, in a grouped key). */
  readonly needsSeries: boolean
  create(): number
  /** A new slot with this sample in it. */
  begin(time: EpochMs, value: number, series: number): number
  release(slot: number): void
  /** Empties a slot. */
  clear(slot: number): void
  /** A finite value; `series` is looked at only where `needsSeries`, and is 0 in all answers elsewhere. */
  add(slot: number, time: EpochMs, value: number, series: number): void
  addGaps(slot: number, gaps: number): void
  /** Finite values in the slot. */
  count(slot: number): number
  /** The last sample in event time of a series in the slot (`needsCarry` only). */
  last(slot: number, series: number, into: Reading): boolean
  /** The last samples of all series in the slot (`needsCarry` only). */
  lasts(slot: number, into: { offer(series: number, time: EpochMs, value: number): void }): void
  /** Adds the samples of `from`, which is left as it is. */
  merge(into: number, from: number): void
  /**
   * The same for a `from` without a sample older than those of `into`; afterwards `into` takes nothing but further
   * ones of this kind, and single samples where not `needsCarry`.
   */
  append(into: number, from: number): void
  /** `into`, another slot, becomes what `first` and the newer `second` hold together. */
  join(into: number, first: number, second: number): void
  /** `append(back, slice)` and `join(into, front, back)` in one. */
  slide(front: number, back: number, slice: number, into: number): void
  /** `append` of every one of the slots [from, to) to the one before it, from the last on. */
  fold(slots: Int32Array, from: number, to: number): void
  /** A new array; NaN stands for null. */
  result(slot: number, frame: WindowFrame): number[]
  write(slot: number, to: StateWriter): void
  read(slot: number, from: StateReader): void
}

/** Makes the ids of grouped keys; ungrouped keys are the series' own ids. */
export interface KeySpace {
  labels(series: SeriesId): Readonly<Record<string, string>>
  group(labels: Readonly<Record<string, string>>): number
  /** For ordering: firings of one record are ordered by end, then this text, then start. */
  text(key: number): string
}

// ---- store

/** Which stream sent the next `length` samples of a block. */
export interface JournalRun {
  readonly source: string
  readonly partition: string
  readonly length: number
}

/** The source of runs that were imported: they are stored, and no pipeline runs over them. No source has such an id. */
export const importRun = (source: string): string => `import:${source}`

/** Received from the source, or imported as its readings. */
export const isRunOf = ({ source }: JournalRun, id: string): boolean => source === id || source === importRun(id)

/** A mark at position p takes effect before sample p of its block. */
export interface JournalMark {
  readonly position: number
  readonly mark: ClockMark
}

/** Everything one commit received, in arrival order. */
export interface JournalBlock {
  readonly samples: SampleBatch
  readonly runs: readonly JournalRun[]
  readonly marks: readonly JournalMark[]
}

export interface RejectedEntry {
  readonly source: string
  readonly arrival: EpochMs
  readonly key: string
  readonly reason: string
  readonly payload: Uint8Array
}

export interface CursorEntry {
  readonly source: string
  readonly partition: string
  readonly value: string
}

export interface InflightEntry extends InflightPackets {
  readonly source: string
}

/** Of a source whose samples are kept only in memory: what stands in for the journal when the engine starts again. */
export interface MemoryOnlyState {
  readonly source: string
  /** Largest event time of the samples that were not stored; −∞ before the first. */
  readonly newest: EpochMs
  /** Of its window operators after all samples so far; null where its samples are stored again. */
  readonly state: Uint8Array | null
}

/** All of it becomes durable in one transaction, or none. */
export interface Commit {
  readonly series: readonly SeriesInfo[]
  readonly block: JournalBlock
  readonly results: readonly WindowResult[]
  readonly rejected: readonly RejectedEntry[]
  readonly cursors: readonly CursorEntry[]
  /** In their order. */
  readonly inflight?: readonly InflightEntry[]
  /** Replaces the one of the same source. */
  readonly memoryOnly?: MemoryOnlyState
}

/** A block of the log with its number. */
export interface LoggedBlock extends JournalBlock {
  readonly seq: number
}

export interface ResumePoint {
  readonly series: readonly SeriesInfo[]
  /** Newest valid snapshot, with the journal sequence that it covers. */
  readonly snapshot: { readonly seq: number; readonly body: Uint8Array } | null
  /** Sequence of the oldest block that the journal still has; lastSeq + 1 where it has none. */
  readonly firstSeq: number
  /** Sequence of the last commit with something in the journal. */
  readonly lastSeq: number
  readonly storedSamples: number
  readonly storedWindows: number
  /** With the journal sequence at which they were written. */
  readonly memoryOnly: readonly (MemoryOnlyState & { readonly seq: number })[]
}

export interface RangeQuery {
  readonly series: ReadonlySet<SeriesId>
  /** Event times, [from, to]; null: without bound. */
  readonly from: EpochMs | null
  readonly to: EpochMs | null
}

/** What of the file could not be read: shown as a gap, never passed over in silence. */
export interface Damage {
  /** file: its structure, so that more may be lost than is known. */
  readonly kind: 'journal' | 'chunk' | 'rollup' | 'snapshot' | 'file'
  /** Sequence of a journal block or snapshot, id of a chunk or of a rollup's chunk; 0 of a file. */
  readonly id: number
  readonly reason: string
  /** Event times of the samples, where they are known. */
  readonly from?: EpochMs
  readonly to?: EpochMs
}

/** Statistics of consecutive samples of one series; NaN where all are gaps. */
export interface SampleBucket {
  readonly series: SeriesId
  /** Event times of the first and the last sample. */
  readonly from: EpochMs
  readonly to: EpochMs
  /** With gaps. */
  readonly samples: number
  readonly gaps: number
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly first: number
  readonly last: number
}

/** Where samples of a series lie in time: what a bulk read is planned by. */
export interface SampleSpan {
  readonly series: SeriesId
  readonly from: EpochMs
  readonly to: EpochMs
  readonly samples: number
}

export type DecimatedPart = { readonly samples: SampleBatch } | { readonly buckets: readonly SampleBucket[] }

export interface PastBlock extends JournalBlock {
  /** Nothing of the range was left out. */
  readonly complete: boolean
}

/** What is older than these goes from the series; null: it stays. */
export interface AgeLimit {
  readonly series: readonly SeriesId[]
  /** Samples before this event time are summed up. */
  readonly raw: EpochMs | null
  /** Chunks that end before this go whole, with their rollups. */
  readonly trends: EpochMs | null
}

/** What takes more than `bytes` loses its oldest samples. */
export interface SizeLimit {
  /** Null: all of the file, measured by its pages in use. */
  readonly series: readonly SeriesId[] | null
  readonly bytes: number
}

export interface RetentionPlan {
  readonly ages: readonly AgeLimit[]
  readonly sizes: readonly SizeLimit[]
  /** Results of windows that end before. */
  readonly results: readonly { readonly pipeline: string; readonly before: EpochMs }[]
}

/** What a retention removed. */
export interface Removed {
  readonly samples: number
  readonly results: number
}

export interface SeriesSize {
  readonly series: SeriesId
  /** Of which samples are stored, and of which only statistics are left. */
  readonly samples: number
  readonly summedUp: number
  readonly rawBytes: number
  readonly rollupBytes: number
  readonly from: EpochMs
  readonly to: EpochMs
}

export interface StoreSizes {
  /** Those in chunks; what is only in the journal yet is in `journal*`. */
  readonly series: readonly SeriesSize[]
  readonly journalSamples: number
  readonly journalBytes: number
  /** Of the file without its write-ahead log. */
  readonly usedBytes: number
  /** Pages that hold nothing: `vacuum` gives them back. */
  readonly unusedBytes: number
}

/** What came of a damaged file. */
export interface Salvaged {
  /** The damaged file. */
  readonly from: string
  readonly readings: number
  readonly results: number
  /** In blocks that are there and cannot be decoded. */
  readonly lostReadings: number
  /** At most so many rows cannot be reached, so that it is not known what they held. */
  readonly unknown: number
  readonly stage: 'chunks' | 'results' | 'done'
}

export interface Store {
  readonly file: string
  /** @returns the sequence of the journal block that was written, or of the last one where there was nothing to write. */
  commit(unit: Commit): Promise<number>
  resume(): Promise<ResumePoint>
  /**
   * What is left of the log: blocks are removed once their samples are in chunks and both kept snapshots cover them.
   * @param from leaves out blocks with nothing at or after this event time
   */
  journal(afterSeq: number, from?: EpochMs): AsyncIterable<LoggedBlock>
  /**
   * The newest samples in the range, at most so many: what is in chunks by time, then the journal by arrival, with
   * other sources' samples among it. Partitions are known of the journal only.
   */
  past(source: string, query: RangeQuery & { readonly from: EpochMs }, samples: number): AsyncIterable<PastBlock>
  cursors(source: string): Promise<ReadonlyMap<string, string>>
  /** MQTT packets that commits covered, oldest first. */
  inflight(source: string): Promise<readonly InflightEntry[]>
  saveSnapshot(seq: number, body: Uint8Array): Promise<void>
  /**
   * Raw samples of the range in batches that are not reused: series by series, each in the order of event time, equal
   * times as they arrived; of journal blocks up to `upToSeq`. Arrival times are known of the newest samples only.
   */
  samples(query: RangeQuery, upToSeq?: number): AsyncIterable<SampleBatch>
  /** The spans that touch the range, whole, by series and in no order of time. */
  spans(query: RangeQuery): Promise<readonly SampleSpan[]>
  /**
   * The range for drawing in columns of `columnMs`, in no order: buckets without gaps, none longer than a column, and
   * samples where there is no such bucket.
   */
  decimated(query: RangeQuery, columnMs: DurationMs, upToSeq?: number): AsyncIterable<DecimatedPart>
  /** Stored results of a pipeline whose windows overlap the range, by end. */
  results(pipeline: string, query: RangeQuery): AsyncIterable<readonly WindowResult[]>
  /** The statistics of a stored result, in their order. */
  aggregates(pipeline: string): readonly string[]
  /**
   * Before a pipeline's first result is committed. Where its aggregates changed, stored results keep the columns that
   * are still asked for and have null in new ones. Where its meaning changed (another quantity under the same
   * names), they are removed.
   */
  definePipeline(pipeline: string, aggregates: readonly string[], meaning: string): Promise<void>
  /** The keys that have results. */
  keys(pipeline: string): Promise<readonly number[]>
  /** Removes a pipeline's results. */
  erasePipeline(pipeline: string): Promise<void>
  rejected(source: string, limit: number): Promise<readonly RejectedEntry[]>
  /**
   * Removes what a plan says, in small transactions between the commits. May be called again at any time: a second call
   * waits for the first.
   */
  retain(plan: RetentionPlan): Promise<Removed>
  /** Whether all samples that were ever stored in the range are there; false where some are summed up. */
  isWhole(query: RangeQuery): Promise<boolean>
  /**
   * Removes samples for good, with the results of these series' own windows that reach into the range. Chunks that are
   * summed up go whole where they reach into it. Snapshots go: the caller makes a new one.
   */
  eraseSamples(query: RangeQuery): Promise<void>
  sizes(): Promise<StoreSizes>
  /** With less than so many bytes free on its disk no commit is accepted until there is room again. @returns free bytes */
  checkRoom(minimum: number): Promise<number>
  /** Gives unused pages back to the disk. @returns how many bytes the file became smaller */
  vacuum(): Promise<number>
  /** Removes a source's series, samples, results, cursors, packets and rejected records. */
  eraseSource(source: string): Promise<void>
  fileBytes(): Promise<number>
  readonly damage: readonly Damage[]
  /** Another program holds the file: what is to be written waits for it. */
  readonly locked: boolean
  /** After an end without a close: looks for faults in the structure of the file, which are in `damage` then. */
  check(): Promise<void>
  /** Of the damaged file that this one follows; null where it follows none, or did so before this start. */
  readonly salvaged: Salvaged | null
  /** Brings in the history of that file, in small transactions. Resolves at once where there is none. */
  salvage(): Promise<void>
  close(): Promise<void>
}
