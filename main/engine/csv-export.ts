/** CSV export of what is stored: raw samples or window results, to a temporary file that becomes the chosen one. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { once } from 'node:events'
import type { ExportQuery } from '../../shared/ipc/engine'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { Runtime } from '../pipeline/runtime'

/** Rows between two looks at the event loop, the progress and the cancel button. */
const ROWS_PER_SLICE = 4_000

export interface ExportControl {
  readonly cancelled: AbortSignal
  progress(rows: number, total: number): void
}

/**
 * @returns the number of data rows, or null where it was cancelled.
 * @throws Error of the file system; neither that nor a cancel leaves a file under the chosen name.
 */
export async function exportCsv(
  runtime: Runtime,
  query: ExportQuery,
  path: string,
  control: ExportControl,
): Promise<number | null> {
  const partial = `${path}.part`
  const out = createWriteStream(partial)
  try {
    await once(out, 'open')
    const rows = query.content === 'raw' ? rawRows(runtime, query) : windowRows(runtime, query)
    let text = ''
    let count = -1
    let total = 0
    for await (const row of rows) {
      if (typeof row === 'number') {
        total = row
        continue
      }
      text += `${row}\r\n`
      count += 1
      if (count % ROWS_PER_SLICE !== 0) continue
      if (control.cancelled.aborted) return null
      if (!out.write(text)) await once(out, 'drain')
      text = ''
      control.progress(count, total)
      await new Promise(setImmediate)
    }
    if (control.cancelled.aborted) return null
    await new Promise<void>((resolve, reject) => {
      out.once('error', reject)
      out.end(text, () => resolve())
    })
    await rename(partial, path)
    return Math.max(0, count)
  } finally {
    out.destroy()
    await rm(partial, { force: true })
  }
}

/** The header first, then rows; a number in between is how many rows there will be. */
type Rows = AsyncGenerator<string | number>

/** Per series in event time, ties in the order of arrival. */
async function* rawRows(runtime: Runtime, query: ExportQuery): Rows {
  const labels = labelNames(runtime, query.series)
  yield ['source', 'series', ...labels, ...timeColumns(query, 'time'), 'value', 'unit'].map(cell).join(',')
  for (const id of query.series) {
    const info = runtime.registry.info(id)
    if (info === undefined) continue
    const { times, values } = await collect(runtime, id, query)
    yield times.length
    const prefix = [info.source, info.name, ...labels.map((name) => info.labels[name] ?? '')].map(cell).join(',')
    const unit = cell(info.unit ?? '')
    for (const i of timeOrder(times)) {
      const value = values[i] as number
      yield `${prefix},${timeCells(query, times[i] as number)},${Number.isNaN(value) ? '' : value},${unit}`
    }
  }
}

async function collect(
  runtime: Runtime,
  id: SeriesId,
  query: ExportQuery,
): Promise<{ times: Float64Array; values: Float64Array }> {
  const parts: { time: Float64Array; value: Float64Array }[] = []
  let length = 0
  for await (const batch of runtime.store.samples({ series: new Set([id]), from: query.from, to: query.to })) {
    parts.push({ time: batch.time.slice(0, batch.length), value: batch.value.slice(0, batch.length) })
    length += batch.length
  }
  const times = new Float64Array(length)
  const values = new Float64Array(length)
  let at = 0
  for (const part of parts) {
    times.set(part.time, at)
    values.set(part.value, at)
    at += part.time.length
  }
  return { times, values }
}

/** Positions in the order of time; equal times keep their order of arrival. */
function timeOrder(times: Float64Array): Uint32Array | number[] {
  const order = Uint32Array.from(times, (_, i) => i)
  let sorted = true
  for (let i = 1; i < times.length && sorted; i++) sorted = (times[i] as number) >= (times[i - 1] as number)
  return sorted ? order : order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
}

async function* windowRows(runtime: Runtime, query: ExportQuery): Rows {
  const labels = labelNames(runtime, query.series)
  const pipelines = new Map(
    query.series.map((id) => [id, runtime.results.pipelineOf(runtime.registry.info(id)?.source ?? '')]),
  )
  const statistics = [...new Set([...pipelines.values()].flatMap((pipeline) => pipeline?.aggregates ?? []))]
  yield [
    'source',
    'series',
    ...labels,
    ...timeColumns(query, 'start'),
    ...timeColumns(query, 'end'),
    'revision',
    ...statistics,
    'unit',
  ]
    .map(cell)
    .join(',')
  for (const [id, pipeline] of pipelines) {
    const info = runtime.registry.info(id)
    if (info === undefined || pipeline === undefined) continue
    const stored = runtime.store.aggregates(pipeline.id)
    const columns = statistics.map((name) => stored.indexOf(name))
    const prefix = [info.source, info.name, ...labels.map((name) => info.labels[name] ?? '')].map(cell).join(',')
    for await (const results of runtime.store.results(pipeline.id, {
      series: new Set([id]),
      from: query.from,
      to: query.to,
    })) {
      yield results.length
      for (const result of results) {
        const values = columns.map((column) =>
          column < 0 || Number.isNaN(result.values[column]) ? '' : String(result.values[column]),
        )
        yield [
          prefix,
          timeCells(query, result.start),
          timeCells(query, result.end),
          result.revision,
          ...values,
          cell(info.unit ?? ''),
        ].join(',')
      }
    }
  }
}

function labelNames(runtime: Runtime, series: readonly SeriesId[]): string[] {
  const infos = series.map((id) => runtime.registry.info(id)).filter((info): info is SeriesInfo => info !== undefined)
  return [...new Set(infos.flatMap((info) => Object.keys(info.labels)))].sort()
}

function timeColumns(query: ExportQuery, name: string): string[] {
  if (query.time === 'both') return [name, `${name}_ms`]
  return [query.time === 'iso' ? name : `${name}_ms`]
}

function timeCells(query: ExportQuery, time: EpochMs): string {
  if (query.time === 'epoch') return String(time)
  return query.time === 'iso' ? isoMicros(time) : `${isoMicros(time)},${time}`
}

/** ISO 8601 in UTC with milliseconds, or microseconds where there are any. */
export function isoMicros(time: EpochMs): string {
  const ms = Math.floor(time)
  const micros = Math.round((time - ms) * 1000)
  const iso = new Date(ms).toISOString()
  return micros === 0 ? iso : `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}

/** Quotes a text cell where it must; a leading = + - @ TAB CR gets a quote, so that no spreadsheet runs it. */
function cell(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
