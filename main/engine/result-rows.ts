/** The rows of a CSV export of window results: those of pipelines, whose keys may be series or derived. */
import type { Pipeline } from '../../shared/config/pipeline'
import type { ResultExport } from '../../shared/ipc/engine'
import { DERIVED_SOURCE } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import type { Runtime } from '../pipeline/runtime'
import { cell, labelNames, numberCell, timeCells, timeColumns } from './csv-cells'
import type { Rows } from './csv-cells'

interface Chosen {
  readonly pipeline: Pipeline
  readonly keys: readonly SeriesInfo[]
  /** Of derived keys, which no source sends: the source at the beginning of the chain. */
  readonly source: string
}

/**
 * Per pipeline and key in the order of time; a pipeline without a statistic of another leaves its column empty.
 * @throws Error where a pipeline is not there any more.
 */
export async function* resultRows(runtime: Runtime, query: ResultExport): Rows {
  const chosen: Chosen[] = []
  for (const { pipeline, keys } of query.results) chosen.push(await choose(runtime, pipeline, keys))
  const labels = labelNames(chosen.flatMap(({ keys }) => keys))
  const statistics = [...new Set(chosen.flatMap(({ pipeline }) => pipeline.aggregates))]
  const times = [...timeColumns(query, 'start'), ...timeColumns(query, 'end')]
  yield ['pipeline', 'source', 'series', ...labels, ...times, 'revision', ...statistics, 'unit'].map(cell).join(',')
  for (const { pipeline, keys, source } of chosen) {
    const stored = runtime.store.aggregates(pipeline.id)
    const columns = statistics.map((name) => stored.indexOf(name))
    for (const info of keys) {
      const from = info.source === DERIVED_SOURCE ? source : info.source
      const names = [pipeline.id, from, info.name, ...labels.map((name) => info.labels[name] ?? '')]
      const prefix = names.map(cell).join(',')
      const unit = cell(info.unit ?? '')
      const range = { series: new Set([info.id]), from: query.from, to: query.to }
      for await (const results of runtime.store.results(pipeline.id, range)) {
        for (const { start, end, revision, values } of results) {
          const cells = columns.map((column) => numberCell(values[column]))
          yield [prefix, timeCells(query, start), timeCells(query, end), revision, ...cells, unit].join(',')
        }
      }
    }
  }
}

async function choose(runtime: Runtime, id: string, keys: readonly number[] | null): Promise<Chosen> {
  const pipeline = runtime.results.definition(id)
  if (pipeline === undefined) throw new Error(`there is no pipeline ${id}`)
  const all = await runtime.results.keys(id)
  const wanted = keys === null ? null : new Set(keys)
  return {
    pipeline,
    keys: wanted === null ? all : all.filter((info) => wanted.has(info.id)),
    source: runtime.results.sourceOf(id) ?? '',
  }
}
