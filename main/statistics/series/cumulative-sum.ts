/** Running sum of a series. */
import type { EpochMs } from '../../../shared/model/time'
import { CompensatedSum } from './compensated-sum'
import { numbersOf } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1

/** Compensated; ±Infinity for good once it passed 1.8e308. */
export class CumulativeSum implements Streaming {
  private readonly sum = new CompensatedSum()

  /** @returns the sum with this value */
  push(_time: EpochMs, value: number): number {
    if (!Number.isFinite(value)) return NaN
    this.sum.add(value)
    return this.sum.value
  }

  snapshot(): Float64Array {
    return Float64Array.of(VERSION, this.sum.sum, this.sum.lost)
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('the cumulative sum', from, VERSION, 3)
    this.sum.sum = numbers[0] as number
    this.sum.lost = numbers[1] as number
  }
}
