/**
 * Exponentially weighted moving means, from the first value on: Roberts, "Control chart tests based on geometric
 * moving averages", 1959; in event time as Eckner, "Algorithms for unevenly spaced time series: moving averages and
 * other rolling operators", 2012 (the form in which a value stands for the time before it). Both equal pandas'
 * `ewm(adjust=False)`.
 */
import type { DurationMs, EpochMs } from '../../../shared/model/time'
import { numbersOf, required } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1

/** Every sample weighs the same, whatever time has passed. */
export class Ewma implements Streaming {
  private mean = NaN

  /** @param alpha weight of the newest value, in (0, 1] */
  constructor(private readonly alpha: number) {
    required(alpha > 0 && alpha <= 1, 'ewma', 'alpha must be in (0, 1]')
  }

  /** @returns the mean, in the unit of the values */
  push(_time: EpochMs, value: number): number {
    if (!Number.isFinite(value)) return NaN
    return (this.mean = moved(this.mean, value, this.alpha))
  }

  snapshot(): Float64Array {
    return Float64Array.of(VERSION, this.mean)
  }

  restore(from: Float64Array): void {
    this.mean = numbersOf('ewma', from, VERSION, 2)[0] as number
  }
}

/** What a value weighs halves in a time, not in a number of samples: for irregular samples. */
export class TimedEwma implements Streaming {
  private mean = NaN
  private time: EpochMs = NaN
  // Steps are mostly of one length; the exponential function costs more than all the rest.
  private step: DurationMs = 0
  private weight = 0

  /** @param halfLife in event time, above 0 */
  constructor(private readonly halfLife: DurationMs) {
    required(halfLife > 0, 'ewma', 'the half-life must be above 0')
  }

  /** @returns the mean, in the unit of the values */
  push(time: EpochMs, value: number): number {
    if (!Number.isFinite(value)) return NaN
    if (this.mean !== this.mean) {
      this.time = time
      return (this.mean = value)
    }
    const step = time - this.time
    if (step > 0) {
      this.time = time
      if (step !== this.step) {
        this.step = step
        this.weight = -Math.expm1((-Math.LN2 * step) / this.halfLife)
      }
      this.mean = moved(this.mean, value, this.weight)
    }
    return this.mean
  }

  snapshot(): Float64Array {
    return Float64Array.of(VERSION, this.mean, this.time)
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('ewma', from, VERSION, 3)
    this.mean = numbers[0] as number
    this.time = numbers[1] as number
  }
}

function moved(mean: number, value: number, weight: number): number {
  if (mean !== mean) return value
  const distance = value - mean
  // Between huge values of both signs the distance overflows, its parts do not.
  return Number.isFinite(distance) ? mean + weight * distance : weight * value + (1 - weight) * mean
}
