/** A rule over the history of a Weir file: readings, or the stored results of a pipeline. */
import { backtest } from '../alerts/backtest'
import type { BacktestSummary } from '../alerts/backtest'
import type { AlertTransition } from '../alerts/transition'
import type { RangeQuery } from '../contracts'
import { createAccumulators, createFollower } from '../statistics'
import { RESULT_BEFORE_END } from './derived'
import type { AlertRule } from '../../shared/config/alert'
import type { WindowResult } from '../../shared/model/results'
import { compilePattern } from '../../shared/model/pattern'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import { DERIVED_SOURCE } from '../../shared/model/series'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
export type { BacktestSummary } from '../alerts/backtest'
export type { AlertTransition } from '../alerts/transition'

/** The file holds nothing that the rule is for; the message says what. */
export class BacktestError extends Error {
  override readonly name = 'BacktestError'
}

/** What a rule is run over. */
export interface AlertSource {
  readonly series: readonly SeriesInfo[]
  samples(query: RangeQuery): AsyncIterable<SampleBatch>
  results(pipeline: string, query: RangeQuery): AsyncIterable<readonly WindowResult[]>
  /** Null where nothing of the pipeline is stored. */
  aggregates(pipeline: string): Promise<readonly string[] | null>
}

export interface BacktestOptions {
  readonly file: AlertSource
  readonly rule: AlertRule
  /** Event times, [from, to]; null: without bound. */
  readonly from: EpochMs | null
  readonly to: EpochMs | null
  /** Awaited between batches; what it rejects with ends the backtest. */
  between(): Promise<void>
  out(transition: AlertTransition, series: SeriesInfo): void
}
type Samples = () => AsyncIterable<SampleBatch>

/** @throws BacktestError; what `between` rejects with */
export async function backtestFile({ file, rule, from, to, between, out }: BacktestOptions): Promise<BacktestSummary> {
  const { results, ...readingsRule } = rule
  const series = matching(file.series, rule)
  const query = { series: new Set(series.map(({ id }) => id)), from, to }
  const read = await historyOf(file, results, query)
  const samples: Samples = async function* () {
    for await (const batch of read()) {
      await between()
      yield batch
    }
  }
  const found = new Map(series.map((info) => [info.id, info]))
  return backtest(
    {
      rule: readingsRule,
      series,
      samples,
      end: to ?? (await newest(samples)),
      reducers: {
        createAccumulators: (statistics) => createAccumulators(statistics, { grouped: false }),
        createFollower,
      },
    },
    (transition) => out(transition, found.get(transition.key as SeriesId) as SeriesInfo),
  )
}

/** Groups have results and no readings; as a source they have their pipeline. */
function matching(all: readonly SeriesInfo[], { series, results }: AlertRule): SeriesInfo[] {
  const matches = compilePattern(series)
  const found = all.filter((info) => matches(info) && (results !== undefined || info.source !== DERIVED_SOURCE))
  if (found.length === 0) throw new BacktestError(`no series matches ${series}`)
  if (results === undefined) return found
  return found.map((info) => (info.source === DERIVED_SOURCE ? { ...info, source: results.pipeline } : info))
}

/** What the rule looks at: readings, or one statistic of results. @throws BacktestError */
export async function historyOf(file: AlertSource, results: AlertRule['results'], query: RangeQuery): Promise<Samples> {
  return results === undefined ? () => file.samples(query) : resultSamples(file, results, query)
}

async function resultSamples(
  file: AlertSource,
  { pipeline, statistic }: NonNullable<AlertRule['results']>,
  query: RangeQuery,
): Promise<Samples> {
  const aggregates = await file.aggregates(pipeline)
  if (aggregates === null) throw new BacktestError(`no results of the pipeline ${pipeline} are stored`)
  const at = aggregates.indexOf(statistic)
  if (at < 0) throw new BacktestError(`the results of ${pipeline} have no ${statistic}, but ${aggregates.join(', ')}`)
  return async function* () {
    for await (const results of file.results(pipeline, query)) {
      const batch = new SampleBuffer(results.length)
      for (const { key, end, values } of results) batch.push(key, end - RESULT_BEFORE_END, values[at] as number, end)
      yield batch
    }
  }
}

async function newest(samples: Samples): Promise<EpochMs> {
  let time = -Infinity
  for await (const batch of samples())
    for (let i = 0; i < batch.length; i++) time = Math.max(time, batch.time[i] as number)
  return time
}
