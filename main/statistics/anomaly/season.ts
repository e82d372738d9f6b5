/** What a value usually is at this time of the day or week, in UTC, and how far values usually are from it. */
import type { EpochMs } from '../../../shared/model/time'
import type { StateLayout } from './state-layout'

/** Least weights of the newest value in the mean and in the deviation: they forget the season of long ago. */
const FORGET = 0.02
const FORGET_DEVIATION = 0.05

/** A bin is its count, mean and mean deviation. */
const COUNT = 0
const MEAN = 1
const DEVIATION = 2
const BIN = 3

/** Bins of equal length over a period; means are exponentially weighted, plain while a bin is young. */
export class Season {
  private readonly from: number

  /** `length` of a bin in ms. */
  constructor(
    layout: StateLayout,
    private readonly bins: number,
    private readonly length: number,
  ) {
    this.from = layout.take(BIN * bins)
  }

  /** Where the bin of a time lies in the state. */
  bin(time: EpochMs): number {
    const index = Math.floor(time / this.length) % this.bins
    return this.from + BIN * (index < 0 ? index + this.bins : index)
  }

  /** `unknown` where the bin has no value yet. */
  expected(state: Float64Array, bin: number, unknown: number): number {
    return state[bin + COUNT] === 0 ? unknown : (state[bin + MEAN] as number)
  }

  /** Mean absolute distance from the expected, 0 where the bin has no value yet. */
  deviation(state: Float64Array, bin: number): number {
    return state[bin + DEVIATION] as number
  }

  /** `residual`: what the value was off the expected. */
  learn(state: Float64Array, bin: number, value: number, residual: number): void {
    const count = (state[bin + COUNT] as number) + 1
    const mean = state[bin + MEAN] as number
    const deviation = state[bin + DEVIATION] as number
    state[bin + COUNT] = count
    state[bin + MEAN] = mean + Math.max(FORGET, 1 / count) * (value - mean)
    state[bin + DEVIATION] = deviation + Math.max(FORGET_DEVIATION, 1 / count) * (Math.abs(residual) - deviation)
  }
}
