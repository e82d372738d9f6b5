/** A rule as it is evaluated. Two rules of one meaning may share states: names and notifications are not part of it. */
import type { AlertReduction, AlertRule } from '../../shared/config/alert'
import { durationMs } from '../../shared/config/duration'
import type { DurationMs } from '../../shared/model/time'
import { CompiledCondition } from './condition'

export class CompiledRule {
  readonly id: string
  readonly series: string
  readonly reduce: AlertReduction
  readonly results: AlertRule['results'] | undefined
  /** Which readings, reduced how: rules that agree in it see the same numbers. */
  readonly input: string
  /** What its states depend on. */
  readonly meaning: string
  readonly condition: CompiledCondition
  readonly for: DurationMs
  readonly keepFiringFor: DurationMs
  readonly silentAfter: DurationMs
  readonly silenceMeans: 'alert' | 'ok' | 'keep'
  /** Something happens when no reading comes, whatever the state. */
  readonly watchesSilence: boolean
  /** Infinity: never. */
  repeatEvery: DurationMs

  constructor(rule: AlertRule) {
    const { series, results, reduce, condition, silence } = rule
    this.id = rule.id
    this.series = series
    this.reduce = reduce
    this.results = results
    this.input = JSON.stringify([reduce, results?.statistic ?? null])
    this.meaning = JSON.stringify({
      series,
      results,
      reduce,
      condition,
      for: rule.for,
      keepFiringFor: rule.keepFiringFor,
      silence,
    })
    this.condition = new CompiledCondition(condition)
    this.for = durationMs(rule.for)
    this.keepFiringFor = durationMs(rule.keepFiringFor)
    this.silentAfter = durationMs(silence.after)
    this.silenceMeans = silence.means
    this.watchesSilence = silence.means !== 'keep' || this.condition.silentParts.length > 0
    this.repeatEvery = rule.repeatEvery === undefined ? Infinity : durationMs(rule.repeatEvery)
  }
}
