/** What a value usually is at this time of the day or week, in UTC, and how far values usually are from it. */
import type { EpochMs } from '../../../shared/model/time'
import type { StateBlock } from './block'

/** Weight of the newest value once a bin has many: it forgets the season of long ago. */
const FORGET = 0.02

/** Bins of equal length over a period; means are exponentially weighted, plain while a bin is young. */
export class Season {
  private readonly counts: Float64Array
  private readonly means: Float64Array
  private readonly deviations: Float64Array
  private bin = 0

  /** `length` of a bin in ms. */
  constructor(
    block: StateBlock,
    private readonly bins: number,
    private readonly length: number,
  ) {
    this.counts = block.take(bins)
    this.means = block.take(bins)
    this.deviations = block.take(bins)
  }

  static size(bins: number): number {
    return 3 * bins
  }

  seek(time: EpochMs): void {
    const index = Math.floor(time / this.length) % this.bins
    this.bin = index < 0 ? index + this.bins : index
  }

  /** Of the bin sought; `unknown` where it has no value yet. */
  expected(unknown: number): number {
    return this.counts[this.bin] === 0 ? unknown : (this.means[this.bin] as number)
  }

  /** Mean absolute distance from the expected, 0 where the bin has no value yet. */
  get deviation(): number {
    return this.deviations[this.bin] as number
  }

  /** Into the bin sought; `residual`: what the value was off the expected. */
  learn(value: number, residual: number): void {
    const { bin, counts, means, deviations } = this
    const count = (counts[bin] as number) + 1
    const weight = Math.max(FORGET, 1 / count)
    means[bin] = (means[bin] as number) + weight * (value - (means[bin] as number))
    deviations[bin] =
      (deviations[bin] as number) + Math.max(0.05, 1 / count) * (Math.abs(residual) - (deviations[bin] as number))
    counts[bin] = count
  }
}
