/** The local history. */
import type { RejectedKind } from '../../shared/ipc/engine'
import type { SampleBatch } from '../../shared/model/samples'
import type { WindowResult } from '../../shared/model/results'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { AlertStore } from './alerts'
import type { OutboxStore } from './outputs'
import type { Commit, InflightEntry, JournalBlock, MemoryOnlyState, StoredRejected } from './commit'

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

/** The rejected records of the sources. */
export interface RejectedStore {
  /** Newest first. */
  newest(source: string, limit: number): Promise<readonly StoredRejected[]>
  /** Oldest first, with ids in (after, upTo]. */
  from(
    source: string,
    range: { readonly after: number; readonly upTo: number; readonly limit: number },
  ): Promise<readonly StoredRejected[]>
  /** Of all that were ever rejected and not taken back or discarded, the commonest first. */
  counts(source: string): Promise<readonly RejectedKind[]>
  discard(source: string): Promise<void>
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
  readonly rejected: RejectedStore
  readonly alerts: AlertStore
  readonly outbox: OutboxStore
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
