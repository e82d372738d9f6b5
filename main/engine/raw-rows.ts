/** The rows of a CSV export of samples: as they are or by bucket, a row each or a column a series. */
import type { ExportRange, RawExport } from '../../shared/ipc/engine'
import { durationMs } from '../../shared/config/duration'
import { formatSeries } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import { buckets, readSeriesColumns } from '../pipeline/series-columns'
import type { StoredSamples } from '../pipeline/series-columns'
import { cell, labelNames, numberCell, timeCells, timeColumns } from './csv-cells'
import type { Rows } from './csv-cells'

/** What of an export decides its rows, but for the series. */
export type RowOptions = ExportRange & Pick<RawExport, 'layout' | 'buckets'>

interface Entry {
  readonly time: EpochMs
  readonly values: readonly number[]
}

/** Long: per series in event time, ties in the order of arrival. Wide: in event time, an empty cell where none is. */
export async function* rawRows(stored: StoredSamples, series: readonly SeriesInfo[], options: RowOptions): Rows {
  const columns = options.buckets?.statistics ?? ['value']
  if (options.layout === 'wide') yield* wideRows(stored, series, columns, options)
  else yield* longRows(stored, series, columns, options)
}

async function* longRows(
  stored: StoredSamples,
  series: readonly SeriesInfo[],
  columns: readonly string[],
  options: RowOptions,
): Rows {
  const labels = labelNames(series)
  yield ['source', 'series', ...labels, ...timeColumns(options, 'time'), ...columns, 'unit'].map(cell).join(',')
  for (const info of series) {
    const { entries, most } = await entriesOf(stored, info, options)
    yield most
    const prefix = [info.source, info.name, ...labels.map((name) => info.labels[name] ?? '')].map(cell).join(',')
    const unit = cell(info.unit ?? '')
    for (const { time, values } of entries)
      yield `${prefix},${timeCells(options, time)},${values.map(numberCell).join(',')},${unit}`
  }
}

/** Several samples of a series at one time are several rows. */
async function* wideRows(
  stored: StoredSamples,
  series: readonly SeriesInfo[],
  columns: readonly string[],
  options: RowOptions,
): Rows {
  const names = wideNames(series).flatMap((name) =>
    options.buckets === undefined ? [name] : columns.map((column) => `${name} ${column}`),
  )
  yield [...timeColumns(options, 'time'), ...names].map(cell).join(',')
  const cursors: { next: Entry | undefined; readonly rest: Iterator<Entry> }[] = []
  for (const info of series) {
    const { entries, most } = await entriesOf(stored, info, options)
    yield most / Math.max(1, series.length)
    const rest = entries[Symbol.iterator]()
    cursors.push({ next: take(rest), rest })
  }
  const empty = columns.map(() => '').join(',')
  for (;;) {
    const time = cursors.reduce((first, { next }) => Math.min(first, next?.time ?? Infinity), Infinity)
    if (time === Infinity) return
    const cells = cursors.map((cursor) => {
      if (cursor.next?.time !== time) return empty
      const text = cursor.next.values.map(numberCell).join(',')
      cursor.next = take(cursor.rest)
      return text
    })
    yield `${timeCells(options, time)},${cells.join(',')}`
  }
}

/** With the source where the name by itself would stand for two series, and the unit in brackets. */
function wideNames(series: readonly SeriesInfo[]): string[] {
  const counts = new Map<string, number>()
  for (const info of series) counts.set(formatSeries(info), (counts.get(formatSeries(info)) ?? 0) + 1)
  return series.map((info) => {
    const name = formatSeries(info)
    const unique = (counts.get(name) ?? 0) > 1 ? `${info.source} ${name}` : name
    return info.unit === undefined ? unique : `${unique} [${info.unit}]`
  })
}

async function entriesOf(
  stored: StoredSamples,
  info: SeriesInfo,
  options: RowOptions,
): Promise<{ readonly entries: Iterable<Entry>; readonly most: number }> {
  const columns = await readSeriesColumns(stored, info.id, options)
  if (options.buckets === undefined) return { entries: samplesOf(columns), most: columns.times.length }
  const { every, statistics } = options.buckets
  const entries = [...buckets(columns, durationMs(every), statistics)].map(({ start, values }) => ({
    time: start,
    values,
  }))
  return { entries, most: entries.length }
}

function* samplesOf({ times, values }: { times: Float64Array; values: Float64Array }): Generator<Entry> {
  for (let i = 0; i < times.length; i++) yield { time: times[i] as number, values: [values[i] as number] }
}

function take(rest: Iterator<Entry>): Entry | undefined {
  const { done, value } = rest.next() as IteratorResult<Entry, undefined>
  return done === true ? undefined : value
}
