/** Thresholds from history: how the numbers that a rule compares are spread, and conditions that few of them meet. */
import type { Accumulators } from '../contracts'
import type { AlertRule } from '../../shared/config/alert'
import type { AlertCondition, ChangeCondition } from '../../shared/config/alert-condition'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { AlertEngineOptions } from './alert-engine'
import { CompiledRule } from './compiled-rule'
import { Input, MOVED } from './input'

export interface SuggestedCondition {
  /** Percentiles of the compared numbers, from the lower bound to the upper. */
  readonly quantile: string
  readonly condition: AlertCondition
}

const QUANTILES = ['p0.05', 'p0.1', 'p0.5', 'p1', 'p99', 'p99.5', 'p99.9', 'p99.95'] as const
type Quantile = (typeof QUANTILES)[number]

/** Over all series together, as percentiles of a window are: exact up to 1,024 numbers, within 0.5% beyond. */
export class Spread {
  private readonly inputs = new Map<SeriesId, Input>()
  private readonly windows = new Map<string, Accumulators>()
  private readonly numbers: Accumulators
  private readonly slot: number
  private readonly compiled: CompiledRule

  constructor(
    private readonly rule: AlertRule,
    private readonly reducers: Pick<AlertEngineOptions, 'createAccumulators' | 'createFollower'>,
  ) {
    this.compiled = new CompiledRule(rule)
    this.numbers = reducers.createAccumulators(QUANTILES)
    this.slot = this.numbers.create()
  }

  /** Readings of any series, each in event time; gaps are passed over. */
  add({ series, time, value, length }: SampleBatch): void {
    const { condition } = this.rule
    for (let i = 0; i < length; i++) {
      if (!Number.isFinite(value[i])) continue
      const input = this.input(series[i] as number)
      if (input.take(time[i] as number, value[i] as number) !== MOVED) continue
      const number = condition.kind === 'changes' ? changeOf(condition, input.change) : input.value
      if (Number.isFinite(number)) this.numbers.add(this.slot, input.time, number, 0)
    }
  }

  /** Null before the first number. */
  quantiles(): Readonly<Record<Quantile, number>> | null {
    if (this.numbers.count(this.slot) === 0) return null
    const values = this.numbers.result(this.slot, { start: 0, end: 0, carry: () => false })
    return Object.fromEntries(QUANTILES.map((name, i) => [name, values[i] as number])) as Record<Quantile, number>
  }

  private input(series: SeriesId): Input {
    let input = this.inputs.get(series)
    if (input === undefined) {
      const nobody = { id: series, source: '', heard: NaN, clock: NaN }
      input = new Input(nobody, this.compiled.reduce, null, {
        accumulatorsOf: (statistic) => this.windowsOf(statistic),
        createFollower: (of) => this.reducers.createFollower(of),
      })
      this.inputs.set(series, input)
    }
    return input
  }

  private windowsOf(statistic: string): Accumulators {
    let known = this.windows.get(statistic)
    if (known === undefined) this.windows.set(statistic, (known = this.reducers.createAccumulators([statistic])))
    return known
  }
}

function changeOf({ direction, per }: ChangeCondition, perSecond: number): number {
  const change = perSecond * { s: 1, min: 60, h: 3600 }[per]
  return direction === 'either' ? Math.abs(change) : direction === 'rise' ? change : -change
}

/** Of a condition with a threshold; none for others. The distance to where it recovers stays. */
export function suggestedConditions(condition: AlertCondition, spread: Spread): SuggestedCondition[] {
  const at = spread.quantiles()
  if (at === null) return []
  switch (condition.kind) {
    case 'above':
    case 'below': {
      const { threshold, recovery = threshold } = condition
      const names = condition.kind === 'above' ? (['p99', 'p99.9'] as const) : (['p1', 'p0.1'] as const)
      return names.map((quantile) => {
        const moved = { ...condition, threshold: at[quantile], recovery: at[quantile] + (recovery - threshold) }
        return {
          quantile,
          condition: condition.recovery === undefined ? { ...condition, threshold: at[quantile] } : moved,
        }
      })
    }
    case 'changes': {
      const { faster, recovery } = condition
      const names = (['p99', 'p99.9'] as const).filter((quantile) => at[quantile] >= 0)
      return names.map((quantile) => {
        const moved = recovery === undefined ? {} : { recovery: Math.max(0, at[quantile] + (recovery - faster)) }
        return { quantile, condition: { ...condition, faster: at[quantile], ...moved } }
      })
    }
    case 'outside': {
      const pairs = [
        ['p0.5', 'p99.5'],
        ['p0.05', 'p99.95'],
      ] as const
      return pairs
        .filter(([low, high]) => at[low] + condition.margin <= at[high] - condition.margin)
        .map(([low, high]) => ({
          quantile: `${low}–${high}`,
          condition: { ...condition, least: at[low], most: at[high] },
        }))
    }
    default:
      return []
  }
}
