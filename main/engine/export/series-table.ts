/** The table of an export of readings: as they are or by bucket, a row each or a column a series. */
import { durationMs } from '../../../shared/config/duration'
import type { RawExport } from '../../../shared/ipc/export'
import type { SeriesInfo } from '../../../shared/model/series'
import { readColumns } from '../../pipeline/series-columns'
import type { StoredSamples } from '../../pipeline/series-columns'
import { labelColumn, labelNames, wideName } from './csv-cells'
import { Part, bucketsOf } from './parts'
import type { PartStream } from './parts'
import { samplesWithin, slicesOfSeries, slicesOfTime } from './slices'
import type { Slice } from './slices'
import type { Table, TableBlock } from './table'
import { mergeRows } from './wide-rows'

/** What of an export decides its rows, but for the series. */
export type RowOptions = Pick<RawExport, 'from' | 'to' | 'layout' | 'buckets'>

/** Samples of one read; with their copies some 20 MB. */
const SLICE_SAMPLES = 262_144
/** Spreadsheets have no more. */
const MOST_COLUMNS = 16_384

export interface SeriesTableOptions extends RowOptions {
  /** Whether units are told: long in a column of their own, wide in the header. */
  readonly unit: boolean
  /** Smaller for a look at the first rows. */
  readonly sliceSamples?: number
}

/**
 * Long: per series in event time, ties in the order of arrival. Wide: in event time, several samples of a series at one
 * time are several rows. It is read in slices: what of the past changes meanwhile is as it was when its slice was read.
 * @throws Error where there would be too many columns
 */
export async function seriesTable(
  stored: StoredSamples,
  series: readonly SeriesInfo[],
  options: SeriesTableOptions,
): Promise<Table> {
  const ids = new Set(series.map(({ id }) => id))
  const spans = await stored.spans({ series: ids, from: options.from, to: options.to })
  const readings = spans.reduce((sum, span) => sum + samplesWithin(span, options), 0)
  const budget = options.sliceSamples ?? SLICE_SAMPLES
  const time = { name: options.buckets === undefined ? 'time' : 'start', kind: 'time' } as const
  const slices =
    options.layout === 'wide'
      ? slicesOfTime(ids, spans, options, budget)
      : slicesOfSeries([...ids], spans, options, budget)
  const progress = (read: number): number => (readings > 0 ? Math.min(1, read / readings) : 1)
  const plan = { stored, series, slices, options, progress }
  return options.layout === 'wide' ? wide(plan, time, readings) : long(plan, time, readings)
}

interface Plan {
  readonly stored: StoredSamples
  readonly series: readonly SeriesInfo[]
  readonly slices: readonly Slice[]
  readonly options: SeriesTableOptions
  progress(read: number): number
}
type TimeColumn = { readonly name: string; readonly kind: 'time' }

const statisticsOf = ({ buckets }: RowOptions): readonly string[] => buckets?.statistics ?? ['value']

/** Makes what becomes of the samples of one series. */
function partStream({ buckets }: RowOptions): PartStream {
  return buckets === undefined ? Part.raw : bucketsOf(durationMs(buckets.every), buckets.statistics)
}

function long(plan: Plan, time: TimeColumn, readings: number): Table {
  const labels = labelNames(plan.series)
  const { unit } = plan.options
  const text = (name: string) => ({ name, kind: 'text' }) as const
  return {
    columns: [
      ...['source', 'series', ...labels.map(labelColumn)].map(text),
      time,
      ...statisticsOf(plan.options).map((name) => ({ name, kind: 'number' }) as const),
      ...(unit ? [text('unit')] : []),
    ],
    readings,
    blocks: () => longBlocks(plan, labels),
  }
}

async function* longBlocks(plan: Plan, labels: readonly string[]): AsyncGenerator<TableBlock> {
  const infos = new Map(plan.series.map((info) => [info.id, info]))
  let read = 0
  let stream: PartStream | undefined
  for (const slice of plan.slices) {
    const columns = await readColumns(plan.stored, slice)
    for (const id of slice.series) {
      stream ??= partStream(plan.options)
      const info = infos.get(id) as SeriesInfo
      const samples = columns.get(id)
      read += samples?.times.length ?? 0
      const { times, columns: values } = stream(samples, slice.last ? Infinity : null)
      if (slice.last) stream = undefined
      if (times.length === 0) continue
      const names = [info.source, info.name, ...labels.map((name) => info.labels[name] ?? null)]
      const cells = [...names, times, ...values, ...(plan.options.unit ? [info.unit ?? null] : [])]
      yield { rows: times.length, cells, share: plan.progress(read) }
    }
  }
}

/** @throws Error where there would be too many columns */
function wide(plan: Plan, time: TimeColumn, readings: number): Table {
  const { series, options } = plan
  const statistics = statisticsOf(options)
  if (series.length * statistics.length >= MOST_COLUMNS)
    throw new Error(`the wide layout has at most ${MOST_COLUMNS} columns; choose fewer series, or the long layout`)
  const names = series.map((info) => wideName(info, options.unit))
  const values =
    options.buckets === undefined
      ? names.map((name) => ({ name, kind: 'reading' }) as const)
      : names.flatMap((name) => statistics.map((of) => ({ name: `${name} ${of}`, kind: 'number' }) as const))
  return { columns: [time, ...values], readings, blocks: () => wideBlocks(plan, statistics.length) }
}

async function* wideBlocks(plan: Plan, width: number): AsyncGenerator<TableBlock> {
  const streams = plan.series.map(() => partStream(plan.options))
  const every = plan.options.buckets === undefined ? null : durationMs(plan.options.buckets.every)
  let read = 0
  let waiting = plan.series.map(() => Part.none(width))
  for (const [i, slice] of plan.slices.entries()) {
    const columns = await readColumns(plan.stored, slice)
    const next = plan.slices[i + 1]?.from ?? Infinity
    const parts = plan.series.map(({ id }, k) => {
      const samples = columns.get(id)
      read += samples?.times.length ?? 0
      return (waiting[k] as Part).joined((streams[k] as PartStream)(samples, next))
    })
    // A bucket that reaches into the next slice may still get its row in another series.
    const complete = every === null || next === Infinity ? Infinity : Math.floor(next / every) * every
    const cuts = parts.map((part) => part.cut(complete))
    waiting = cuts.map(([, rest]) => rest)
    const share = plan.progress(read)
    for (const { rows, cells } of mergeRows(
      cuts.map(([ready]) => ready),
      width,
      every === null,
    ))
      yield { rows, cells, share }
  }
}
