/** The table of an export of window results: those of pipelines, whose keys may be series or derived. */
import type { Pipeline } from '../../../shared/config/pipeline'
import type { ResultExport } from '../../../shared/ipc/export'
import type { WindowResult } from '../../../shared/model/results'
import { DERIVED_SOURCE } from '../../../shared/model/series'
import type { SeriesInfo } from '../../../shared/model/series'
import type { Runtime } from '../../pipeline/runtime'
import { labelColumn, labelNames } from './csv-cells'
import type { Column, Table, TableBlock } from './table'

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
export async function resultTable(runtime: Runtime, query: ResultExport, unit: boolean): Promise<Table> {
  const chosen: Chosen[] = []
  for (const { pipeline, keys } of query.results) chosen.push(await choose(runtime, pipeline, keys))
  const labels = labelNames(chosen.flatMap(({ keys }) => keys))
  const statistics = [...new Set(chosen.flatMap(({ pipeline }) => pipeline.aggregates))]
  const column = (kind: Column['kind']) => (name: string) => ({ name, kind })
  return {
    columns: [
      ...['pipeline', 'source', 'series', ...labels.map(labelColumn)].map(column('text')),
      ...['start', 'end'].map(column('time')),
      { name: 'revision', kind: 'count' },
      ...statistics.map(column('number')),
      ...(unit ? [{ name: 'unit', kind: 'text' } as const] : []),
    ],
    readings: null,
    blocks: () => resultBlocks(runtime, query, chosen, { labels, statistics, unit }),
  }
}

async function* resultBlocks(
  runtime: Runtime,
  query: ResultExport,
  chosen: readonly Chosen[],
  { labels, statistics, unit }: { labels: readonly string[]; statistics: readonly string[]; unit: boolean },
): AsyncGenerator<TableBlock> {
  const keyCount = chosen.reduce((sum, { keys }) => sum + keys.length, 0)
  let done = 0
  for (const { pipeline, keys, source } of chosen) {
    const stored = runtime.store.aggregates(pipeline.id)
    const columns = statistics.map((name) => stored.indexOf(name))
    for (const info of keys) {
      const from = info.source === DERIVED_SOURCE ? source : info.source
      const names = [pipeline.id, from, info.name, ...labels.map((name) => info.labels[name] ?? null)]
      const units = unit ? [info.unit ?? null] : []
      const range = { series: new Set([info.id]), from: query.from, to: query.to }
      for await (const results of runtime.store.results(pipeline.id, range))
        yield {
          rows: results.length,
          cells: [...names, ...resultColumns(results, columns), ...units],
          share: done / keyCount,
        }
      done += 1
    }
  }
}

/** Start, end, revision and the statistics; NaN stands for null and for a statistic that the pipeline does not keep. */
function resultColumns(results: readonly WindowResult[], columns: readonly number[]): Float64Array[] {
  const column = (of: (result: WindowResult) => number) => Float64Array.from(results, of)
  return [
    column(({ start }) => start),
    column(({ end }) => end),
    column(({ revision }) => revision),
    ...columns.map((at) => column(({ values }) => values[at] ?? NaN)),
  ]
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
