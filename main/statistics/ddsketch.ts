/**
 * Percentiles of any number of values within a relative error: DDSketch (Masson, Rim, Lee, VLDB 2019). A value v
 * counts in the bucket ⌈log_γ |v|⌉ of its sign; buckets are dense between the smallest and largest used.
 */
import type { StateReader, StateWriter } from '../contracts'

/** Slightly below the promised 0.5%, so that rounding cannot pass it. */
const RELATIVE_ERROR = 0.00499
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const PER_LOG = 1 / Math.log(GAMMA)

/** Counts of the buckets [first, first + counts.length). */
class Buckets {
  total = 0
  private first = 0
  private counts = new Uint32Array(0)

  add(magnitude: number): void {
    this.addTo(Math.ceil(Math.log(magnitude) * PER_LOG), 1)
  }

  addTo(index: number, count: number): void {
    let at = index - this.first
    if (at < 0 || at >= this.counts.length) {
      this.cover(index)
      at = index - this.first
    }
    this.counts[at] = (this.counts[at] as number) + count
    this.total += count
  }

  merge(from: Buckets): void {
    if (from.total === 0) return
    this.cover(from.first)
    this.cover(from.first + from.counts.length - 1)
    const shift = from.first - this.first
    for (let i = 0; i < from.counts.length; i++) {
      this.counts[i + shift] = (this.counts[i + shift] as number) + (from.counts[i] as number)
    }
    this.total += from.total
  }

  /** The magnitude of the value with this rank, counted from 0 by magnitude. */
  at(rank: number): number {
    let left = rank
    for (let i = 0; i < this.counts.length; i++) {
      left -= this.counts[i] as number
      if (left < 0) return (2 * Math.exp((this.first + i) / PER_LOG)) / (GAMMA + 1)
    }
    return NaN
  }

  write(to: StateWriter): void {
    to.number(this.first)
    to.numbers(this.counts)
  }

  read(from: StateReader): void {
    this.first = from.number()
    this.counts = Uint32Array.from(from.numbers())
    this.total = this.counts.reduce((sum, count) => sum + count, 0)
  }

  private cover(index: number): void {
    const { counts, first } = this
    if (counts.length === 0) {
      this.first = index - 16
      this.counts = new Uint32Array(32)
      return
    }
    if (index >= first && index < first + counts.length) return
    const slack = Math.max(16, counts.length >> 2)
    const from = Math.min(first, index < first ? index - slack : first)
    const to = Math.max(first + counts.length, index >= first + counts.length ? index + slack : 0)
    const grown = new Uint32Array(to - from)
    grown.set(counts, first - from)
    this.counts = grown
    this.first = from
  }
}

/**
 * Finite values of either sign; min and max are exact. Memory grows with the logarithm of largest ÷ smallest magnitude,
 * to about 146,000 buckets a sign. A quantile of no value means nothing.
 */
export class DDSketch {
  private zeros = 0
  private min = Infinity
  private max = -Infinity
  private readonly positive = new Buckets()
  private readonly negative = new Buckets()

  get count(): number {
    return this.zeros + this.positive.total + this.negative.total
  }

  add(value: number): void {
    if (value > 0) this.positive.add(value)
    else if (value < 0) this.negative.add(-value)
    else this.zeros++
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
  }

  merge(from: DDSketch): void {
    this.zeros += from.zeros
    this.min = Math.min(this.min, from.min)
    this.max = Math.max(this.max, from.max)
    this.positive.merge(from.positive)
    this.negative.merge(from.negative)
  }

  /** Linear interpolation between neighbours as R type 7, each within the relative error. @param fraction 0 … 1 */
  quantile(fraction: number): number {
    const position = (this.count - 1) * fraction
    const rank = Math.floor(position)
    const low = this.at(rank)
    const part = position - rank
    if (part === 0) return low
    return low + (this.at(rank + 1) - low) * part
  }

  write(to: StateWriter): void {
    to.numbers([this.zeros, this.min, this.max])
    this.positive.write(to)
    this.negative.write(to)
  }

  read(from: StateReader): void {
    const [zeros, min, max] = from.numbers() as unknown as [number, number, number]
    this.zeros = zeros
    this.min = min
    this.max = max
    this.positive.read(from)
    this.negative.read(from)
  }

  private at(rank: number): number {
    if (rank <= 0) return this.min
    if (rank >= this.count - 1) return this.max
    const value = this.estimate(rank)
    return Math.min(this.max, Math.max(this.min, value))
  }

  private estimate(rank: number): number {
    const negatives = this.negative.total
    if (rank < negatives) return -this.negative.at(negatives - 1 - rank)
    if (rank < negatives + this.zeros) return 0
    return this.positive.at(rank - negatives - this.zeros)
  }
}
