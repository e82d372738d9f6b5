/** Change per second between neighbouring samples. */
import type { DurationMs, EpochMs } from '../../../shared/model/time'
import { numbersOf, required } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1

export interface DerivativeOptions {
  /** A fall is a reset: the new value is what has been counted since, as for `increase` of a window. Default false. */
  readonly counter?: boolean
  /** Over a longer step nothing is said. Default unlimited. */
  readonly maxStep?: DurationMs
}

/** Gaps are no samples, as in the steps of a window: what lies on both sides of them are neighbours. */
export class Derivative implements Streaming {
  private time: EpochMs = NaN
  private value = NaN
  private readonly counter: boolean
  private readonly maxStep: DurationMs

  constructor({ counter = false, maxStep = Infinity }: DerivativeOptions = {}) {
    required(maxStep > 0, 'derivative', 'maxStep must be above 0')
    this.counter = counter
    this.maxStep = maxStep
  }

  /**
   * @returns in the unit of the values per second; NaN at the first sample, over a step longer than `maxStep`, and
   * where time does not advance: a sample of the same time then takes the place of the one before, an older one is left out
   */
  push(time: EpochMs, value: number): number {
    if (!Number.isFinite(value)) return NaN
    const step = time - this.time
    if (step < 0) return NaN
    const before = this.value
    this.time = time
    this.value = value
    if (!(step > 0 && step <= this.maxStep)) return NaN
    const rise = this.counter && value < before ? value : value - before
    // Between huge values of both signs the difference overflows, its parts mostly do not.
    return Number.isFinite(rise) ? rise / (step / 1000) : value / (step / 1000) - before / (step / 1000)
  }

  snapshot(): Float64Array {
    return Float64Array.of(VERSION, this.time, this.value)
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('the derivative', from, VERSION, 3)
    this.time = numbers[0] as number
    this.value = numbers[1] as number
  }
}
