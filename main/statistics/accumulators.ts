/** All statistics of one pipeline: the moments of every slot, and the components that the statistics ask for. */
import type { Accumulators, Reading, StateReader, StateWriter, WindowFrame } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { parseAggregate, type Aggregate } from './aggregates'
import type { Component } from './component'
import { Distinct } from './distinct'
import { MOMENT, NO_MOMENT } from './moment-results'
import { Moments } from './moments'
import { Percentiles } from './percentiles'
import { Steps } from './steps'

export interface AccumulatorOptions {
  /** Several series share a key: delta and the per-step statistics are kept by series and added up. */
  readonly grouped: boolean
  /** Longer steps do not count; default: no limit, but the window's length for integral and timeWeightedMean. */
  readonly maxStep?: DurationMs
}

/**
 * Slots of accumulators for these statistics; a result has one number for each, in their order. Times are ms since the
 * epoch; results are in the value's unit, its square (variances), per second (rate, slope), value·seconds (integral) or
 * plain numbers. NaN stands for null: variances and deviations with ddof 1 of one value, steps where there is none,
 * slope where all times are equal. Only finite values may be added. Sources: Neumaier (sum), Welford and Chan
 * (variance), Hyndman and Fan's type 7 (percentiles), DDSketch and HyperLogLog beyond 1,024 values.
 * @throws Error where a name is none of a window's statistics.
 */
export function createAccumulators(names: readonly string[], options: AccumulatorOptions): Accumulators {
  return new PipelineAccumulators(names.map(parseAggregate), options)
}

class PipelineAccumulators implements Accumulators {
  readonly width: number
  readonly needsCarry: boolean
  readonly needsSeries: boolean
  /** Per statistic: its number among the moments. */
  private readonly momentOf: Int32Array
  private readonly onlyMoments: boolean
  private readonly moments: Moments
  private readonly percentiles: Percentiles | null
  private readonly fractions: readonly number[]
  private readonly quantiles: Float64Array
  private readonly distinct: Distinct | null
  private readonly steps: Steps | null
  private readonly components: readonly Component[]
  private readonly hasComponents: boolean
  private readonly free: number[] = []
  private slots = 0

  constructor(
    private readonly aggregates: readonly Aggregate[],
    { grouped, maxStep }: AccumulatorOptions,
  ) {
    const steps = aggregates.filter((each) => each.kind === 'step')
    const needsSteps = steps.some(({ name }) => grouped || name !== 'delta')
    this.width = aggregates.length
    this.momentOf = Int32Array.from(aggregates, (each) => (each.kind === 'moment' ? MOMENT[each.name] : NO_MOMENT))
    this.needsCarry = needsSteps
    this.needsSeries = grouped && needsSteps
    this.onlyMoments = !this.momentOf.includes(NO_MOMENT)
    this.moments = new Moments({
      ends: steps.length > 0 || this.momentOf.some((each) => each >= MOMENT.first && each !== NO_MOMENT),
      slope: this.momentOf.includes(MOMENT.slope),
    })
    this.fractions = aggregates.flatMap((each) => (each.kind === 'percentile' ? [each.fraction] : []))
    this.quantiles = new Float64Array(this.fractions.length)
    this.percentiles = this.fractions.length > 0 ? new Percentiles() : null
    this.distinct = aggregates.some((each) => each.kind === 'distinct') ? new Distinct() : null
    this.steps = needsSteps ? new Steps(this.needsSeries, maxStep ?? null) : null
    this.components = [this.percentiles, this.distinct, this.steps].filter((each) => each !== null)
    this.hasComponents = this.components.length > 0
  }

  create(): number {
    const slot = this.free.pop() ?? this.slots++
    this.clear(slot)
    return slot
  }

  begin(time: EpochMs, value: number, series: number): number {
    if (this.hasComponents) {
      const slot = this.create()
      this.add(slot, time, value, series)
      return slot
    }
    const slot = this.free.pop() ?? this.slots++
    this.moments.begin(slot, time, value)
    return slot
  }

  release(slot: number): void {
    if (this.hasComponents) this.clearComponents(slot)
    this.free.push(slot)
  }

  clear(slot: number): void {
    this.moments.clear(slot)
    if (this.hasComponents) this.clearComponents(slot)
  }

  add(slot: number, time: EpochMs, value: number, series: number): void {
    this.moments.add(slot, time, value)
    if (this.hasComponents) this.addToComponents(slot, time, value, series)
  }

  addGaps(slot: number, gaps: number): void {
    this.moments.addGaps(slot, gaps)
  }

  count(slot: number): number {
    return this.moments.count(slot)
  }

  last(slot: number, series: number, into: Reading): boolean {
    return this.steps !== null && this.steps.last(slot, series, into)
  }

  lasts(slot: number, into: { offer(series: number, time: EpochMs, value: number): void }): void {
    this.steps?.lasts(slot, into)
  }

  merge(into: number, from: number): void {
    this.moments.merge(into, from)
    for (const component of this.components) component.merge(into, from)
  }

  append(into: number, from: number): void {
    this.moments.merge(into, from)
    if (this.hasComponents) this.appendComponents(into, from)
  }

  join(into: number, first: number, second: number): void {
    this.moments.mergeOf(into, first, second)
    if (!this.hasComponents) return
    this.clearComponents(into)
    this.appendComponents(into, first)
    this.appendComponents(into, second)
  }

  slide(front: number, back: number, slice: number, into: number): void {
    this.moments.slide(front, back, slice, into)
    if (!this.hasComponents) return
    this.appendComponents(back, slice)
    this.clearComponents(into)
    this.appendComponents(into, front)
    this.appendComponents(into, back)
  }

  fold(slots: Int32Array, from: number, to: number): void {
    this.moments.fold(slots, from, to)
    if (!this.hasComponents) return
    for (let i = to - 2; i >= from; i--) this.appendComponents(slots[i] as number, slots[i + 1] as number)
  }

  result(slot: number, frame: WindowFrame): number[] {
    // An array of doubles takes a third of the memory of a small typed array, and of the time to make it.
    const into = this.moments.results(slot, this.momentOf)
    if (this.onlyMoments) return into
    this.percentiles?.quantiles(slot, this.fractions, this.quantiles)
    let percentile = 0
    for (let i = 0; i < this.aggregates.length; i++) {
      const aggregate = this.aggregates[i] as Aggregate
      if (aggregate.kind === 'percentile') into[i] = this.quantiles[percentile++] as number
      else if (aggregate.kind !== 'moment') into[i] = this.statistic(slot, aggregate, frame)
    }
    return into
  }

  write(slot: number, to: StateWriter): void {
    this.moments.write(slot, to)
    for (const component of this.components) component.write(slot, to)
  }

  read(slot: number, from: StateReader): void {
    this.moments.read(slot, from)
    for (const component of this.components) component.read(slot, from)
  }

  private appendComponents(into: number, from: number): void {
    this.percentiles?.merge(into, from)
    this.distinct?.merge(into, from)
    this.steps?.append(into, from)
  }

  private clearComponents(slot: number): void {
    for (const component of this.components) component.clear(slot)
  }

  private addToComponents(slot: number, time: EpochMs, value: number, series: number): void {
    for (const component of this.components) component.add(slot, time, value, series)
  }

  private statistic(slot: number, aggregate: Aggregate, frame: WindowFrame): number {
    const { moments, steps } = this
    if (aggregate.kind === 'distinct' && this.distinct !== null) return this.distinct.count(slot)
    if (aggregate.kind !== 'step') return NaN
    if (steps !== null) return steps.result(slot, aggregate.name, frame, moments.mean(slot))
    return moments.last(slot) - moments.first(slot)
  }
}
