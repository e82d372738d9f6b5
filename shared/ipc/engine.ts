/** The contract between a window and the engine: every call with its parameters and value, every event. */
import { z } from 'zod'
import { alertParams } from './alerts'
import { analysisRequest } from './analysis'
import type { AnalysisReport } from './analysis'
import type { AlertEvents, AlertValues } from './alerts'
import { decoding, eventTime } from '../config/decoding'
import type { Decoding } from '../config/decoding'
import { pipeline } from '../config/pipeline'
import type { Pipeline } from '../config/pipeline'
import { retention } from '../config/retention'
import { source } from '../config/workspace'
import { outputParams } from './outputs'
import type { OutputStatus, OutputValues } from './outputs'
import type { SourceConfig, Workspace } from '../config/workspace'
import type { SeriesInfo } from '../model/series'
import type { DurationMs, EpochMs } from '../model/time'
import { exportQuery, seriesIds } from './export'
import type { ExportProgress, ExportSample, ImportProgress, ImportReport } from './export'

// ---- state

export type SourceState =
  | { readonly state: 'connecting' }
  /** `connections`: of a server that listens. */
  | { readonly state: 'live'; readonly connections?: number }
  /** Connected and reading what was waiting before it; no silence is judged meanwhile. */
  | { readonly state: 'catching-up' }
  | { readonly state: 'retrying'; readonly reason: string; readonly at: EpochMs }
  /** The other side answered and said no; tried again at a slower pace. */
  | { readonly state: 'refused'; readonly reason: string; readonly at: EpochMs }
  | { readonly state: 'failed'; readonly reason: string; readonly hint?: string }
  | { readonly state: 'disabled' }
  /** A finite source that was read to its end. */
  | { readonly state: 'finished' }

/**
 * received = decoded + rejected + filtered + redelivered + dropped (all records; a rejected one that is decoded again is
 * received again); samples = stored + inMemory + refused + pending.
 */
export interface FlowLedger {
  readonly received: number
  readonly decoded: number
  readonly rejected: number
  readonly filtered: number
  readonly redelivered: number
  readonly samples: number
  /** Samples of decoded records that quality checks took out. */
  readonly refused: number
  readonly stored: number
  /** Those that are kept only in memory, or were. */
  readonly inMemory: number
  readonly dropped: number
}

/** How often a check found something, since the source was started; in the order of the settings. */
export interface CheckCounts {
  readonly series: string
  readonly check: string
  readonly passed: number
  readonly corrected: number
  readonly rejected: number
}

export interface SourceStatus {
  readonly id: string
  readonly state: SourceState
  readonly ledger: FlowLedger
  readonly checks: readonly CheckCounts[]
  readonly recordsPerSecond: number
  readonly samplesPerSecond: number
  readonly bytesPerSecond: number
  readonly late: number
  readonly missing: number
  readonly reconnects: number
  /** Records that wait at the broker; null where nobody can know. */
  readonly lag: number | null
  readonly lastArrival: EpochMs | null
  /** Largest event time received. */
  readonly lastEvent: EpochMs | null
  /** Newest rejected record, for a look at what is wrong. */
  readonly lastRejected: RejectedRecord | null
  /** Nearly all of its records are rejected as too far ahead, by what looks like a difference of zones. */
  readonly likelyZone: LikelyZone | null
}

export interface LikelyZone {
  /** Of their arrival, ms. */
  readonly ahead: DurationMs
  /** IANA name. */
  readonly zone: string
}

/** Counted since the engine started. */
export interface PipelineStatus {
  readonly id: string
  /** Windows that fired for the first time. */
  readonly windows: number
  /** Samples all of whose windows were over. */
  readonly late: number
  /** Results computed anew because of readings that came too late. */
  readonly repaired: number
  /** End of the newest window that fired. */
  readonly lastResult: EpochMs | null
}

export interface RejectedRecord {
  readonly source: string
  readonly arrival: EpochMs
  readonly key: string
  readonly reason: string
  /** The payload as text, cut to 1,000 characters. */
  readonly payload: string
}

/** Records of one kind of reason. */
export interface RejectedKind {
  /** '' for all beyond the hundred kinds that are counted apart. */
  readonly kind: string
  readonly records: number
  readonly last: EpochMs
  /** The whole reason of the last one. */
  readonly reason: string
}

export interface DecodedAgain {
  readonly decoded: number
  readonly rejected: number
}

export interface EngineStatus {
  readonly time: EpochMs
  readonly samplesPerSecond: number
  readonly recordsPerSecond: number
  readonly stored: number
  readonly windows: number
  readonly late: number
  readonly rejected: number
  /** Size of the database with its write-ahead log, bytes. */
  readonly fileBytes: number
  readonly file: string
  /** Median duration of the last commits, ms; null before the first. */
  readonly commitMs: DurationMs | null
  readonly sources: readonly SourceStatus[]
  readonly pipelines: readonly PipelineStatus[]
  readonly outputs: readonly OutputStatus[]
  /** Alerts that last, and of these those that nobody has acknowledged. */
  readonly alerts: { readonly firing: number; readonly open: number }
  /** What the user should know: a workspace file kept aside, a damaged block, a full disk. */
  readonly notices: readonly Notice[]
}

export interface Notice {
  readonly id: string
  readonly severity: 'info' | 'warn' | 'crit'
  /** Key of a translation and its parameters. */
  readonly text: string
  readonly params: Readonly<Record<string, string>>
}

// ---- views

/** A view is what one chart or tile shows: the engine sends it frames already decimated to its width. */
export const viewSpec = z.strictObject({
  series: z.array(z.number().int().nonnegative()).max(64),
  /** Adds the window results of these series (their first pipeline with a mean). */
  windows: z.boolean().default(false),
  /** Instead of readings: the results of this pipeline for these keys, in `windows` of each series frame. */
  results: z.strictObject({ pipeline: z.string(), statistic: z.string() }).optional(),
  range: z.discriminatedUnion('kind', [
    /** The last `span` ms up to the newest event time of what is shown, moving with it. */
    z.strictObject({ kind: z.literal('live'), span: z.number().positive() }),
    z.strictObject({ kind: z.literal('fixed'), from: z.number(), to: z.number() }),
  ]),
  /** Pixel columns. */
  width: z.number().int().min(1).max(8192),
  /** Frames per second at most. */
  rate: z.number().positive().max(30).default(5),
})
export type ViewSpec = z.infer<typeof viewSpec>
export type ViewInput = z.input<typeof viewSpec>

export interface Frame {
  readonly view: number
  readonly from: EpochMs
  readonly to: EpochMs
  readonly series: readonly SeriesFrame[]
}

export interface SeriesFrame {
  readonly id: number
  /** time, value, time, value …: at most first, min, max and last of each pixel column, in time order. NaN breaks the line. */
  readonly points: Float64Array
  /** start, end, mean, … of each closed window (a window result of the file). */
  readonly windows: Float64Array
  /** The window still open: start, end, mean so far; drawn dashed, never stored. Null where there is none. */
  readonly provisional: readonly [EpochMs, EpochMs, number] | null
  /** Of the raw samples in [from, to]; with `results` of the windows that reach into it. */
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** With `results`: the newest closed window, its end as both times. */
  readonly last: { readonly time: EpochMs; readonly value: number; readonly arrival: EpochMs } | null
  /** True when the series' source is not live or the series has been quiet for longer than it usually is. */
  readonly stale: boolean
}

// ---- pipelines

export interface PipelineProblem {
  /** Path of the setting, such as `window.size` or `combine.expression`. */
  readonly field: string
  readonly message: string
}

/** What a pipeline would have produced of the readings that are stored. */
export interface PipelinePreview {
  /** The range of event time that was run through. */
  readonly from: EpochMs
  readonly to: EpochMs
  /** Readings that were selected, after the filter. */
  readonly samples: number
  readonly windows: number
  readonly late: number
  readonly keys: number
  /** False where there was more than a preview takes; then `from` is where it began. */
  readonly complete: boolean
  /** Of the first keys by name. */
  readonly series: readonly {
    readonly key: string
    /** start, end, value of `statistic` … */
    readonly windows: Float64Array
  }[]
  readonly statistic: string
}

// ---- testing a source

export interface TestReport {
  /** Up to five records as they came. */
  readonly records: readonly RecordShown[]
  readonly elapsedMs: DurationMs
  /** What seems to be in them; null where they are of no format known here. */
  readonly format: Decoding['format'] | null
  readonly reason: string
  /** Numeric fields found in the records, and what the time field seems to be. */
  readonly fields: readonly {
    readonly path: string
    readonly sample: string
    readonly keys: readonly string[]
    readonly reason: string
  }[]
  readonly time: {
    readonly field: string
    readonly format: 's' | 'ms' | 'us' | 'ns' | 'iso'
    readonly reason: string
  } | null
  readonly labels: readonly { readonly name: string; readonly path: string; readonly reason: string }[]
  /** Labels that the topics tell apart. */
  readonly key: { readonly template: string; readonly reason: string } | null
  /** Line protocol: the unit of its timestamps. */
  readonly precision?: { readonly value: 's' | 'ms' | 'us' | 'ns'; readonly reason: string }
  /** Of a CSV file: goes into the source's `decoding`. */
  readonly csv?: { readonly columns: readonly string[]; readonly delimiter: ',' | ';' | '\t' }
}

// ---- data

/** Of one series, in bytes as encoded. What came in the last minutes may still be only in the log. */
export interface StoredSeries {
  readonly id: number
  readonly samples: number
  /** Samples that went by age or size; their statistics are left. */
  readonly summedUp: number
  readonly bytes: number
  /** Event times of the oldest and the newest. */
  readonly from: EpochMs
  readonly to: EpochMs
}

export interface StorageReport {
  readonly series: readonly StoredSeries[]
  /** Received, and not yet moved to its series: samples and bytes of the log. */
  readonly recentSamples: number
  readonly logBytes: number
  readonly usedBytes: number
  readonly unusedBytes: number
  /** On the disk of the file; null where the system does not say. */
  readonly freeBytes: number | null
}

/** A raw record for people. */
export interface RecordShown {
  readonly key: string
  readonly arrival: EpochMs
  readonly brokerTime?: EpochMs
  /** From beside the payload, such as headers. */
  readonly labels?: Readonly<Record<string, string>>
  /** As text, cut to 1,000 characters. */
  readonly payload: string
  /** The bytes, cut to 4 KiB. */
  readonly bytes: Uint8Array
  /** Bytes of the whole payload. */
  readonly size: number
}

/** What the settings make of one record: samples, or the reason why there are none. */
export interface DecodedRecord {
  readonly samples: readonly {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly time: EpochMs
    /** NaN: a gap. */
    readonly value: number
  }[]
  /** Why it would be rejected; null where it would not. */
  readonly rejected: string | null
}

/** A topic, table or the like that a source of this kind could read. */
export interface Discovered {
  readonly name: string
  /** Records heard, where that was counted. */
  readonly count?: number
  readonly note?: string
}

/** Raw records of a source that is watched, newest last. */
export interface TailBatch {
  readonly source: string
  readonly records: readonly RecordShown[]
  /** Records that came since the last batch and are not among them. */
  readonly skipped: number
}

// ---- calls

const nothing = z.undefined()
const id = z.strictObject({ id: z.string() })

/** Parameters of every call; the engine parses each against this before it acts. */
export const engineParams = {
  ...alertParams,
  ...outputParams,
  status: nothing,
  workspace: nothing,
  series: nothing,
  /** Creates or replaces the source of that id, and its default pipeline (tumbling windows of `windowSize`). */
  saveSource: z.strictObject({ source, windowSize: z.string().default('1m') }),
  removeSource: z.strictObject({ id: z.string(), withData: z.boolean() }),
  setSourceEnabled: z.strictObject({ id: z.string(), enabled: z.boolean() }),
  /** Connects for real; the secrets stand for those not saved yet. Fails with the reason in words. */
  testSource: z.strictObject({ source, secrets: z.record(z.string(), z.string()) }),
  /** What the source could read: lists, or what is heard in `listenMs`. `job` is a number to cancel it by. */
  discover: z.strictObject({
    source,
    secrets: z.record(z.string(), z.string()),
    listenMs: z.number().max(30_000),
    job: z.number().int(),
  }),
  /** Ends listening early; `discover` answers with what was heard. */
  endDiscover: z.strictObject({ job: z.number().int() }),
  /** Reads records as these settings would. Fails where the settings do not fit together. */
  previewDecoding: z.strictObject({
    records: z
      .array(
        z.strictObject({
          key: z.string(),
          arrival: z.number(),
          brokerTime: z.number().optional(),
          labels: z.record(z.string(), z.string()).optional(),
          bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
        }),
      )
      .max(20),
    decoding,
    time: eventTime,
  }),
  /** Puts a source before another one in the list; null: at the end. */
  moveSource: z.strictObject({ id: z.string(), before: z.string().nullable() }),
  /** Raw records of a source come as `tail` events until it is closed. */
  openTail: id,
  closeTail: id,
  rejected: id,
  /** By reason, the commonest first; of all there ever were. */
  rejectedKinds: id,
  /** With the settings that the source has now. */
  decodeRejected: id,
  discardRejected: id,
  /** What is wrong with a pipeline, before it is saved; nothing where it can run. */
  checkPipeline: z.strictObject({ pipeline }),
  /** Runs it over the last `span` of what is stored. @throws BAD_REQUEST with the problems */
  previewPipeline: z.strictObject({ pipeline, span: z.number().positive(), statistic: z.string() }),
  /** Creates or replaces the pipeline of that id. */
  savePipeline: z.strictObject({ pipeline }),
  /** Refused while another pipeline reads its results. */
  removePipeline: z.strictObject({ id: z.string(), withData: z.boolean() }),
  /** The keys that have results. */
  pipelineKeys: id,
  startDemo: nothing,
  removeDemo: nothing,
  openView: z.strictObject({ view: z.number().int(), spec: viewSpec }),
  closeView: z.strictObject({ view: z.number().int() }),
  /** Fails with TOO_FEW, NO_PERIOD, ALL_EQUAL, and REPLACED where a newer one took its place. */
  analyse: analysisRequest,
  /** Nobody waits for it any more. */
  endAnalysis: z.strictObject({ job: z.number().int() }),
  /** The first rows of an export, as they would be written. */
  sampleExport: z.strictObject({ query: exportQuery }),
  cancelExport: z.strictObject({ id: z.number().int() }),
  /** Looks into a CSV file that Weir exported. */
  inspectImport: z.strictObject({ path: z.string().min(1) }),
  /** Progress comes as events. */
  startImport: z.strictObject({ path: z.string().min(1) }),
  cancelImport: z.strictObject({ id: z.number().int() }),
  dismissNotice: id,
  /** What is stored of each series, and the room on the disk. */
  storage: nothing,
  saveRetention: z.strictObject({ retention }),
  /** For good. Event times; null: without bound. */
  eraseSamples: z.strictObject({ series: seriesIds, from: z.number().nullable(), to: z.number().nullable() }),
  /** Gives unused room in the file back to the disk. */
  compactFile: nothing,
} as const
export type EngineMethod = keyof typeof engineParams
export type EngineParams<M extends EngineMethod> = z.input<(typeof engineParams)[M]>

export interface EngineValues extends AlertValues, OutputValues {
  status: EngineStatus
  workspace: Workspace
  series: readonly SeriesInfo[]
  saveSource: SourceConfig
  removeSource: null
  setSourceEnabled: null
  testSource: TestReport
  discover: readonly Discovered[]
  endDiscover: null
  previewDecoding: readonly DecodedRecord[]
  moveSource: null
  openTail: null
  closeTail: null
  rejected: readonly RejectedRecord[]
  rejectedKinds: readonly RejectedKind[]
  decodeRejected: DecodedAgain
  discardRejected: null
  checkPipeline: readonly PipelineProblem[]
  previewPipeline: PipelinePreview
  savePipeline: Pipeline
  removePipeline: null
  pipelineKeys: readonly SeriesInfo[]
  startDemo: SourceConfig
  removeDemo: null
  /** A view of the same number is replaced. The first frame follows as an event. */
  openView: null
  closeView: null
  analyse: AnalysisReport
  endAnalysis: null
  sampleExport: ExportSample
  cancelExport: null
  inspectImport: ImportReport
  startImport: { readonly id: number }
  cancelImport: null
  dismissNotice: null
  storage: StorageReport
  saveRetention: null
  eraseSamples: null
  /** Bytes by which the file became smaller. */
  compactFile: number
}

/** What the engine sends without being asked. */
export interface EngineEvents extends AlertEvents {
  /** Once a second. */
  status: EngineStatus
  frame: Frame
  tail: TailBatch
  /** Series that are new or changed their metadata; all of them on `reset`. */
  series: { readonly reset: boolean; readonly series: readonly SeriesInfo[] }
  workspace: Workspace
  export: ExportProgress
  import: ImportProgress
}
