/** The rows of a CSV export of raw samples. */
import type { RawExport } from '../../shared/ipc/engine'
import type { SeriesId } from '../../shared/model/series'
import type { Runtime } from '../pipeline/runtime'
import { cell, labelNames, numberCell, timeCells, timeColumns } from './csv-cells'
import type { Rows } from './csv-cells'

/** Per series in event time, ties in the order of arrival. */
export async function* rawRows(runtime: Runtime, query: RawExport): Rows {
  const infos = query.series.map((id) => runtime.registry.info(id)).filter((info) => info !== undefined)
  const labels = labelNames(infos)
  yield ['source', 'series', ...labels, ...timeColumns(query, 'time'), 'value', 'unit'].map(cell).join(',')
  for (const info of infos) {
    const { times, values } = await collect(runtime, info.id, query)
    yield times.length
    const prefix = [info.source, info.name, ...labels.map((name) => info.labels[name] ?? '')].map(cell).join(',')
    const unit = cell(info.unit ?? '')
    for (const i of timeOrder(times)) {
      yield `${prefix},${timeCells(query, times[i] as number)},${numberCell(values[i])},${unit}`
    }
  }
}

async function collect(
  runtime: Runtime,
  id: SeriesId,
  query: RawExport,
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
