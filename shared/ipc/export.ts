/** The contract of exports and imports: what is asked, and the progress that the engine reports. */
import { z } from 'zod'
import { duration } from '../config/duration'
import { exportFormat } from '../config/export'
import { aggregateName } from '../config/pipeline'

/** At least one. */
export const seriesIds = z.array(z.number().int().nonnegative()).min(1)
const exportRange = {
  from: z.number().nullable(),
  to: z.number().nullable(),
  format: exportFormat.prefault({ kind: 'csv' }),
} as const

/** Instead of samples their statistics by bucket, tumbling windows since the epoch. */
const exportBuckets = z.strictObject({ every: duration(1), statistics: z.array(aggregateName).min(1) })

/** `raw` samples of series, or the stored `windows` of pipelines. */
export const exportQuery = z.discriminatedUnion('content', [
  z.strictObject({
    content: z.literal('raw'),
    series: seriesIds,
    /** A row each, or a column a series. */
    layout: z.enum(['long', 'wide']).default('long'),
    buckets: exportBuckets.optional(),
    ...exportRange,
  }),
  z.strictObject({
    content: z.literal('windows'),
    /** Null: all keys that have results. */
    results: z.array(z.strictObject({ pipeline: z.string().min(1), keys: seriesIds.nullable() })).min(1),
    ...exportRange,
  }),
])
export type ExportQuery = z.infer<typeof exportQuery>
export type ExportInput = z.input<typeof exportQuery>
export type ResultExport = Extract<ExportQuery, { content: 'windows' }>
export type RawExport = Extract<ExportQuery, { content: 'raw' }>

/** The first lines of what an export would write. */
export interface ExportSample {
  readonly lines: readonly string[]
  /** Readings of the range as far as the index knows, so a little off at its ends; null of results. */
  readonly readings: number | null
}

export type ExportProgress =
  /** `share`: of the readings that are to be read, from 0 to 1. */
  | { readonly id: number; readonly state: 'running'; readonly rows: number; readonly share: number }
  | { readonly id: number; readonly state: 'done'; readonly rows: number; readonly path: string }
  | { readonly id: number; readonly state: 'failed'; readonly reason: string }
  | { readonly id: number; readonly state: 'cancelled' }

/** What an import has done so far. Readings = added + known. */
export interface ImportCounts {
  readonly added: number
  /** Readings that were stored before. */
  readonly known: number
  readonly rejected: number
  /** The first of them. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
}

export type ImportProgress = { readonly id: number; readonly counts: ImportCounts } & (
  | { readonly state: 'running'; readonly share: number }
  | { readonly state: 'done' | 'cancelled' }
  | { readonly state: 'failed'; readonly reason: string }
)

/** What a file seems to be, by its header and its first rows. */
export interface ImportReport {
  readonly layout: 'long' | 'wide'
  readonly delimiter: string
  readonly decimalComma: boolean
  readonly bytes: number
  readonly lines: readonly string[]
  /** The sources whose readings are in the first rows (long) or in the header (wide). */
  readonly sources: readonly string[]
}
