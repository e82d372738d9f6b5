/** What an alert rule would have done over the history of a running engine, stored or in memory, and what it saw of one series. */
import type { RangeQuery } from '../contracts'
import type { AlertRule } from '../../shared/config/alert'
import type { AlertPreview } from '../../shared/ipc/alerts'
import { isAlertState } from '../../shared/model/alert'
import type { AlertState } from '../../shared/model/alert'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import { allSamples } from './all-samples'
import { backtestFile, historyOf } from './backtest'
import type { AlertSource } from './backtest'
import type { Runtime } from './runtime'

/** Half a minute at most on a slow machine. */
const MOST_READINGS = 5_000_000
const COLUMNS = 400
const MOST_PERIODS = 2000

type Period = [from: EpochMs, to: EpochMs]

/** @throws BacktestError where there is nothing that the rule is for */
export async function previewAlert(
  { store, registry, memoryOnly }: Pick<Runtime, 'store' | 'registry' | 'memoryOnly'>,
  rule: AlertRule,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): Promise<AlertPreview> {
  const stored: AlertSource = {
    series: registry.all,
    samples: (query) => allSamples(store, memoryOnly, query),
    results: (pipeline, query) => store.results(pipeline, query),
    aggregates: (pipeline) => Promise.resolve(known(store.aggregates(pipeline))),
  }
  const file = new Bounded(stored)
  const periods = new Periods()
  const summary = await backtestFile({
    file,
    rule,
    from,
    to,
    between: () => new Promise(setImmediate),
    out: (transition) => periods.add(transition.key as SeriesId, transition),
  })
  const { notifications, rule: _rule, ...figures } = summary
  const series = periods.most() ?? file.first
  return {
    ...figures,
    from,
    to,
    notifications: notifications.firing + notifications.resolved + notifications.repeat,
    cut: file.cut,
    shown:
      series === undefined
        ? null
        : {
            series,
            periods: periods.of(series, to),
            columns: await columnsOf(stored, rule, { series: new Set([series]), from, to }),
          },
  }
}

const known = (aggregates: readonly string[]): readonly string[] | null => (aggregates.length === 0 ? null : aggregates)

/** Gives no more readings than can be waited for. */
class Bounded implements AlertSource {
  cut = false
  /** A series with readings. */
  first: SeriesId | undefined
  readonly series: AlertSource['series']
  readonly results: AlertSource['results']
  readonly aggregates: AlertSource['aggregates']

  constructor(private readonly stored: AlertSource) {
    this.series = stored.series
    this.results = stored.results
    this.aggregates = stored.aggregates
  }

  async *samples(query: RangeQuery): AsyncGenerator<SampleBatch> {
    let left = MOST_READINGS
    for await (const batch of this.stored.samples(query)) {
      this.first ??= batch.series[0]
      yield batch
      left -= batch.length
      if (left > 0) continue
      this.cut = true
      return
    }
  }
}

/** When each series was an alert. */
class Periods {
  private readonly bySeries = new Map<SeriesId, Period[]>()

  add(series: SeriesId, { from, to, eventTime }: { from: AlertState; to: AlertState; eventTime: EpochMs }): void {
    const [before, after] = [isAlertState(from), isAlertState(to)]
    if (before === after) return
    const periods = this.bySeries.get(series) ?? []
    this.bySeries.set(series, periods)
    const last = periods.at(-1)
    if (after && periods.length < MOST_PERIODS) periods.push([eventTime, Infinity])
    else if (last?.[1] === Infinity) last[1] = eventTime
  }

  most(): SeriesId | undefined {
    return [...this.bySeries].sort(([, a], [, b]) => b.length - a.length)[0]?.[0]
  }

  of(series: SeriesId, end: EpochMs): Period[] {
    return (this.bySeries.get(series) ?? []).map(([from, to]) => [from, Math.min(to, end)])
  }
}

/** Time, smallest and largest value of each column that has some. */
async function columnsOf(
  stored: AlertSource,
  { results }: AlertRule,
  query: RangeQuery & { readonly from: EpochMs; readonly to: EpochMs },
): Promise<Float64Array> {
  const { from, to } = query
  const width = Math.max(1, (to - from) / COLUMNS)
  const low = new Float64Array(COLUMNS).fill(Infinity)
  const high = new Float64Array(COLUMNS).fill(-Infinity)
  for await (const { time, value, length } of (await historyOf(stored, results, query))())
    for (let i = 0; i < length; i++) {
      const at = Math.min(COLUMNS - 1, Math.floor(((time[i] as number) - from) / width))
      const number = value[i] as number
      if (at < 0 || Number.isNaN(number)) continue
      low[at] = Math.min(low[at] as number, number)
      high[at] = Math.max(high[at] as number, number)
    }
  const columns: number[] = []
  for (let i = 0; i < COLUMNS; i++)
    if ((low[i] as number) <= (high[i] as number))
      columns.push(from + (i + 0.5) * width, low[i] as number, high[i] as number)
  return Float64Array.from(columns)
}
