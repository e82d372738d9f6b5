/**
 * What a rule would have done over stored history, in event time: silence is a gap in it. Every series begins normal.
 * Thresholds are suggested from how the compared numbers were spread, with the alerts that each would have given.
 */
import type { AlertRule } from '../../shared/config/alert'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { AlertEngine } from './alert-engine'
import type { AlertEngineOptions } from './alert-engine'
import { Spread, suggestedConditions } from './suggestions'
import type { SuggestedCondition } from './suggestions'
import { isAlertState } from '../../shared/model/alert'
import type { AlertTransition, TransitionSink } from './transition'

const NOW = { monotonic: 0, wall: -Infinity }

export interface BacktestInput {
  /** One that looks at readings. */
  readonly rule: AlertRule
  readonly series: readonly SeriesInfo[]
  /** Series by series, each in event time; may be called twice. */
  samples(): AsyncIterable<SampleBatch>
  /** Where the history ends: what was due by then has happened. */
  readonly end: EpochMs
  readonly reducers: Pick<AlertEngineOptions, 'createAccumulators' | 'createFollower'>
}

export interface BacktestSummary {
  readonly rule: string
  readonly series: number
  /** With gaps. */
  readonly readings: number
  /** That began; `lasting` of them had not ended. */
  readonly alerts: number
  readonly lasting: number
  /** In event time, up to the end of the history. */
  readonly alertMs: DurationMs
  readonly longestMs: DurationMs
  readonly notifications: { readonly firing: number; readonly resolved: number; readonly repeat: number }
  readonly suggestions: readonly (SuggestedCondition & { readonly alerts: number })[]
}

/** @param out takes the transitions, series by series, each in the order of event time */
export async function backtest(input: BacktestInput, out: TransitionSink): Promise<BacktestSummary> {
  const { rule, series, end } = input
  const tally = new Tally()
  const spread = new Spread(rule, input.reducers)
  let readings = 0
  const told = (transition: AlertTransition): void => {
    tally.add(transition)
    out(transition)
  }
  await run(input, [rule], told, (batch) => {
    readings += batch.length
    spread.add(batch)
  })
  const suggestions = await tried(input, suggestedConditions(rule.condition, spread))
  return { rule: rule.id, series: series.length, readings, ...tally.summary(end), suggestions }
}

/** How many alerts the rule would have given with each of these conditions. */
async function tried(
  input: BacktestInput,
  suggested: readonly SuggestedCondition[],
): Promise<BacktestSummary['suggestions']> {
  if (suggested.length === 0) return []
  const rules = suggested.map(({ condition }, i) => ({ ...input.rule, id: String(i), condition }))
  const tallies = rules.map(() => new Tally())
  await run(input, rules, (transition) => tallies[Number(transition.rule)]?.add(transition))
  return suggested.map((each, i) => ({ ...each, alerts: tallies[i]?.alerts ?? 0 }))
}

async function run(
  { series, samples, end, reducers }: BacktestInput,
  rules: readonly AlertRule[],
  out: TransitionSink,
  seen: (batch: SampleBatch) => void = () => undefined,
): Promise<void> {
  const engine = new AlertEngine(out, reducers)
  engine.define(
    rules.map((rule) => ({ ...rule, enabled: true })),
    NOW,
  )
  for (const info of series) engine.seriesAdded(info, NOW)
  let last: SeriesId | undefined
  for await (const batch of samples()) {
    const first = batch.series[0]
    if (last !== undefined && first !== last) engine.clock(last, end, NOW)
    engine.samples(batch, NOW)
    seen(batch)
    last = batch.series[batch.length - 1]
  }
  engine.clock(null, end, NOW)
}

/** Counts alerts from their first state to their last. */
class Tally {
  alerts = 0
  private alertMs = 0
  private longestMs = 0
  private readonly since = new Map<SeriesId | null, EpochMs>()
  private readonly notifications = { firing: 0, resolved: 0, repeat: 0 }

  add({ key, from, to, eventTime, notify }: AlertTransition): void {
    if (notify !== undefined) this.notifications[notify]++
    const [before, after] = [isAlertState(from), isAlertState(to)]
    if (after && !before) {
      this.alerts++
      this.since.set(key, eventTime)
    } else if (before && !after) {
      this.lasted(eventTime - (this.since.get(key) ?? eventTime))
      this.since.delete(key)
    }
  }

  summary(end: EpochMs): Omit<BacktestSummary, 'rule' | 'series' | 'readings' | 'suggestions'> {
    for (const since of this.since.values()) this.lasted(Math.max(0, end - since))
    const { alerts, alertMs, longestMs, notifications } = this
    return { alerts, lasting: this.since.size, alertMs, longestMs, notifications }
  }

  private lasted(ms: DurationMs): void {
    this.alertMs += ms
    this.longestMs = Math.max(this.longestMs, ms)
  }
}
