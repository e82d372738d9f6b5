/**
 * How many standard deviations a value is from the mean of the last values: moments by Welford 1962, with a value that
 * leaves for one that comes.
 */
import type { EpochMs } from '../../../shared/model/time'
import { cutValue, numbersOf, required, standardised } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1
const HEAD = 7
/**
 * Once the squares have fallen to this share of their highest, what they lost by rounding would show: they are made
 * anew. With 1,000 values they stay right to about 1e-10.
 */
const RENEWED = 1e-3

export interface RollingZScoreOptions {
  /** In values, a whole number from 2 on. */
  readonly size: number
  /** `window`: the mean and deviation of the window that ends with the value; `past`: that ends before it. Default `window`. */
  readonly against?: 'window' | 'past'
}

/** Deviations are those of a sample (n − 1). Until the window is filled it is what there is. */
export class RollingZScore implements Streaming {
  private readonly size: number
  private readonly past: boolean
  private readonly ring: Float64Array
  private next = 0
  private count = 0
  /** Moments are those of value − origin: a large mean with a small spread keeps its digits. */
  private origin = 0
  private mean = 0
  private squares = 0
  private highest = 0

  constructor({ size, against = 'window' }: RollingZScoreOptions) {
    required(Number.isSafeInteger(size) && size >= 2, 'z-score', 'the size must be a whole number from 2 on')
    this.size = size
    this.past = against === 'past'
    this.ring = new Float64Array(size)
  }

  /** @returns within ±1e6; NaN while the window has fewer than two values */
  push(_time: EpochMs, given: number): number {
    if (!Number.isFinite(given)) return NaN
    const value = cutValue(given)
    const before = this.past ? this.scoreOf(value) : 0
    this.take(value)
    return this.past ? before : this.scoreOf(value)
  }

  snapshot(): Float64Array {
    const state = new Float64Array(HEAD + this.size)
    state.set([VERSION, this.next, this.count, this.origin, this.mean, this.squares, this.highest])
    state.set(this.ring, HEAD)
    return state
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('the z-score', from, VERSION, HEAD + this.size)
    this.next = numbers[0] as number
    this.count = numbers[1] as number
    this.origin = numbers[2] as number
    this.mean = numbers[3] as number
    this.squares = numbers[4] as number
    this.highest = numbers[5] as number
    this.ring.set(numbers.subarray(HEAD - 1))
  }

  private scoreOf(value: number): number {
    if (this.count < 2) return NaN
    return standardised(value - this.origin - this.mean, Math.sqrt(this.squares / (this.count - 1)))
  }

  private take(value: number): void {
    const { ring, next, mean } = this
    if (this.count < this.size) {
      if (this.count === 0) this.origin = value
      const difference = value - this.origin
      const n = ++this.count
      const delta = difference - mean
      this.mean = mean + delta / n
      this.squares += delta * (difference - this.mean)
    } else {
      const old = ring[next] as number
      const delta = value - old
      this.mean = mean + delta / this.size
      this.squares += delta * (value - this.origin - this.mean + (old - this.origin - mean))
    }
    ring[next] = value
    this.next = next + 1 === this.size ? 0 : next + 1
    if (this.squares > this.highest) this.highest = this.squares
    if (this.next === 0 || this.squares < RENEWED * this.highest) this.renew(value)
  }

  private renew(origin: number): void {
    const { ring, count } = this
    let mean = 0
    for (let i = 0; i < count; i++) mean += (ring[i] as number) - origin
    mean /= count
    let squares = 0
    for (let i = 0; i < count; i++) {
      const deviation = (ring[i] as number) - origin - mean
      squares += deviation * deviation
    }
    this.origin = origin
    this.mean = mean
    this.squares = this.highest = squares
  }
}
