/**
 * Sums, moments and extremes in one Float64Array, a record of numbers per slot, so that a sample costs one or two
 * cache lines. Sum: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
 * Variance: Welford 1962; merged by Chan, Golub, LeVeque 1979. Slope: the same for time and for time × value.
 */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'

const COUNT = 0
/** The first value to arrive: mean and variance are of the differences from it, so that they keep their digits. */
const ORIGIN = 1
const SUM = 2
const COMPENSATION = 3
const MEAN = 4
const M2 = 5
const MIN = 6
const MAX = 7
const FIRST_TIME = 8
const FIRST = 9
const LAST_TIME = 10
const LAST = 11
/** The same for times. */
const TIME_MEAN = 12
const TIME_M2 = 13
const CROSS = 14
const TIME_ORIGIN = 15

/** Statistics that are read from the moments alone, numbered: a firing looks no name up. */
export const MOMENT = {
  count: 0,
  missing: 1,
  sum: 2,
  mean: 3,
  min: 4,
  max: 5,
  range: 6,
  varPop: 7,
  varSamp: 8,
  stddevPop: 9,
  stddevSamp: 10,
  first: 11,
  last: 12,
  slope: 13,
} as const

export type MomentName = keyof typeof MOMENT

/** What is kept beyond count, sum, variance and extremes. */
export interface MomentNeeds {
  readonly ends: boolean
  readonly slope: boolean
}

export class Moments {
  private readonly stride: number
  private columns: Float64Array
  /** Gaps are rare and stand apart: before the first one nothing looks at them. */
  private gaps: Float64Array = new Float64Array(16)
  private hasGaps = false
  private readonly ends: boolean
  private readonly slope: boolean

  constructor(needs: MomentNeeds) {
    this.slope = needs.slope
    this.ends = needs.ends || needs.slope
    this.stride = this.slope ? 16 : this.ends ? 12 : 8
    this.columns = new Float64Array(this.stride * 16)
  }

  clear(slot: number): void {
    this.reserve(slot)
    const { columns } = this
    const at = slot * this.stride
    columns[at] = columns[at + ORIGIN] = columns[at + SUM] = columns[at + COMPENSATION] = 0
    columns[at + MEAN] = columns[at + M2] = 0
    columns[at + MIN] = Infinity
    columns[at + MAX] = -Infinity
    if (!this.ends) return
    columns.fill(0, at + FIRST_TIME, at + this.stride)
    columns[at + FIRST_TIME] = Infinity
    columns[at + LAST_TIME] = -Infinity
  }

  /** The same as `clear` and `add`: a slot is often made for its first value, and what that gives is known. */
  begin(slot: number, time: EpochMs, value: number): void {
    if (this.ends) {
      this.clear(slot)
      this.add(slot, time, value)
      return
    }
    this.reserve(slot)
    const { columns } = this
    const at = slot * this.stride
    columns[at] = 1
    // 0 + value: the sum of −0 is 0.
    columns[at + ORIGIN] = columns[at + MIN] = columns[at + MAX] = value
    columns[at + SUM] = 0 + value
    columns[at + COMPENSATION] = columns[at + MEAN] = columns[at + M2] = 0
  }

  /** Room for the slot, which has no gaps. */
  private reserve(slot: number): void {
    const at = slot * this.stride
    while (at >= this.columns.length) {
      const grown = new Float64Array(this.columns.length * 2)
      grown.set(this.columns)
      this.columns = grown
      const gaps = new Float64Array(grown.length / this.stride)
      gaps.set(this.gaps)
      this.gaps = gaps
    }
    if (this.hasGaps) this.gaps[slot] = 0
  }

  add(slot: number, time: EpochMs, value: number): void {
    const c = this.columns
    const at = slot * this.stride
    const n = (c[at] as number) + 1
    c[at] = n
    const sum = c[at + SUM] as number
    const total = sum + value
    c[at + SUM] = total
    // Neumaier: what the addition has lost of the smaller term.
    c[at + COMPENSATION] =
      (c[at + COMPENSATION] as number) + (Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum)
    if (n === 1) c[at + ORIGIN] = value
    const mean = c[at + MEAN] as number
    const difference = value - (c[at + ORIGIN] as number)
    const delta = difference - mean
    const moved = mean + delta / n
    c[at + MEAN] = moved
    c[at + M2] = (c[at + M2] as number) + delta * (difference - moved)
    if (value < (c[at + MIN] as number)) c[at + MIN] = value
    if (value > (c[at + MAX] as number)) c[at + MAX] = value
    if (this.ends) this.addEnds(at, n, time, value, difference - moved)
  }

  addGaps(slot: number, gaps: number): void {
    this.gaps[slot] = (this.gaps[slot] as number) + gaps
    this.hasGaps = true
  }

  merge(into: number, from: number): void {
    this.mergeOf(into, into, from)
  }

  /** `into` becomes what `a` and `b` hold together; what it held before does not matter, unless it is one of them. */
  mergeOf(into: number, first: number, second: number): void {
    const c = this.columns
    const { stride } = this
    const a = first * stride
    const b = second * stride
    const to = into * stride
    if (this.hasGaps) this.gaps[into] = (this.gaps[first] as number) + (this.gaps[second] as number)
    const na = c[a] as number
    const nb = c[b] as number
    if (na === 0 || nb === 0) {
      const only = nb === 0 ? a : b
      if (to !== only) for (let i = 0; i < stride; i++) c[to + i] = c[only + i] as number
      return
    }
    const n = na + nb
    const share = nb / n
    const originA = c[a + ORIGIN] as number
    const originB = c[b + ORIGIN] as number
    const sum = c[a + SUM] as number
    const value = c[b + SUM] as number
    const lostBefore = (c[a + COMPENSATION] as number) + (c[b + COMPENSATION] as number)
    const mean = c[a + MEAN] as number
    const delta = (c[b + MEAN] as number) - mean + (originB - originA)
    const weight = na * share
    const m2 = (c[a + M2] as number) + (c[b + M2] as number)
    const min = c[((c[b + MIN] as number) < (c[a + MIN] as number) ? b : a) + MIN] as number
    const max = c[((c[b + MAX] as number) > (c[a + MAX] as number) ? b : a) + MAX] as number
    if (this.ends) this.mergeEnds(to, a, b, weight, share, delta)
    const total = sum + value
    // Knuth's TwoSum: the same as Neumaier's term without a branch that cannot be foretold here.
    const added = total - sum
    const lost = sum - (total - added) + (value - added)
    c[to] = n
    c[to + ORIGIN] = originA
    c[to + SUM] = total
    c[to + COMPENSATION] = lostBefore + lost
    c[to + MEAN] = mean + delta * share
    c[to + M2] = m2 + delta * delta * weight
    c[to + MIN] = min
    c[to + MAX] = max
  }

  /**
   * Fills in the statistics of one slot, each one of MOMENT (negative: left alone); NaN where the slot is too empty.
   * All in one call, since every double that a call returns may be a new object.
   */
  fill(slot: number, statistics: readonly number[], into: number[]): void {
    const c = this.columns
    const at = slot * this.stride
    const n = c[at] as number
    const m2 = Math.max(0, c[at + M2] as number)
    const sum = this.sum(slot)
    for (let i = 0; i < statistics.length; i++) {
      // The usual ones first: they are compared one after the other.
      switch (statistics[i]) {
        case MOMENT.count:
          into[i] = n
          break
        case MOMENT.sum:
          into[i] = sum
          break
        case MOMENT.mean:
          into[i] = this.meanOf(at, sum / n)
          break
        case MOMENT.min:
          into[i] = c[at + MIN] as number
          break
        case MOMENT.max:
          into[i] = c[at + MAX] as number
          break
        case MOMENT.stddevSamp:
          into[i] = n > 1 ? Math.sqrt(m2 / (n - 1)) : NaN
          break
        case MOMENT.missing:
          into[i] = this.gaps[slot] as number
          break
        case MOMENT.range:
          into[i] = (c[at + MAX] as number) - (c[at + MIN] as number)
          break
        case MOMENT.varPop:
          into[i] = n > 0 ? m2 / n : NaN
          break
        case MOMENT.varSamp:
          into[i] = n > 1 ? m2 / (n - 1) : NaN
          break
        case MOMENT.stddevPop:
          into[i] = n > 0 ? Math.sqrt(m2 / n) : NaN
          break
        case MOMENT.first:
          into[i] = c[at + FIRST] as number
          break
        case MOMENT.last:
          into[i] = c[at + LAST] as number
          break
        case MOMENT.slope:
          into[i] = this.slopePerSecond(slot)
      }
    }
  }

  count(slot: number): number {
    return this.columns[slot * this.stride + COUNT] as number
  }

  private sum(slot: number): number {
    const sum = this.field(slot, SUM)
    const exact = sum + this.field(slot, COMPENSATION)
    // Beyond the largest double the compensation is not a number.
    return exact - exact === 0 ? exact : sum
  }

  mean(slot: number): number {
    return this.meanOf(slot * this.stride, this.sum(slot) / this.count(slot))
  }

  /** The quotient, or where the sum is beyond the largest double the mean that was kept beside it. */
  private meanOf(at: number, quotient: number): number {
    if (quotient - quotient === 0) return quotient
    return (this.columns[at + ORIGIN] as number) + (this.columns[at + MEAN] as number)
  }

  first(slot: number): number {
    return this.field(slot, FIRST)
  }

  last(slot: number): number {
    return this.field(slot, LAST)
  }

  /** Least squares, per second; NaN where all times are equal. */
  private slopePerSecond(slot: number): number {
    const spread = this.field(slot, TIME_M2)
    return spread > 0 ? (this.field(slot, CROSS) / spread) * 1000 : NaN
  }

  write(slot: number, to: StateWriter): void {
    to.number(this.gaps[slot] as number)
    to.numbers(this.columns, slot * this.stride, (slot + 1) * this.stride)
  }

  /** Into a slot that has been cleared. */
  read(slot: number, from: StateReader): void {
    this.addGaps(slot, from.number())
    this.columns.set(from.numbers(), slot * this.stride)
  }

  private field(slot: number, index: number): number {
    return this.columns[slot * this.stride + index] as number
  }

  /** `deviation`: of the value from the mean with it. Ties of time: first keeps the earlier arrival, last the later. */
  private addEnds(at: number, n: number, time: EpochMs, value: number, deviation: number): void {
    const c = this.columns
    if (time < (c[at + FIRST_TIME] as number)) {
      c[at + FIRST_TIME] = time
      c[at + FIRST] = value
    }
    if (time >= (c[at + LAST_TIME] as number)) {
      c[at + LAST_TIME] = time
      c[at + LAST] = value
    }
    if (!this.slope) return
    if (n === 1) c[at + TIME_ORIGIN] = time
    const difference = time - (c[at + TIME_ORIGIN] as number)
    const mean = c[at + TIME_MEAN] as number
    const delta = difference - mean
    const moved = mean + delta / n
    c[at + TIME_MEAN] = moved
    c[at + TIME_M2] = (c[at + TIME_M2] as number) + delta * (difference - moved)
    c[at + CROSS] = (c[at + CROSS] as number) + delta * deviation
  }

  private mergeEnds(to: number, a: number, b: number, weight: number, share: number, value: number): void {
    const c = this.columns
    const first = (c[b + FIRST_TIME] as number) < (c[a + FIRST_TIME] as number) ? b : a
    const last = (c[b + LAST_TIME] as number) >= (c[a + LAST_TIME] as number) ? b : a
    c[to + FIRST] = c[first + FIRST] as number
    c[to + FIRST_TIME] = c[first + FIRST_TIME] as number
    c[to + LAST] = c[last + LAST] as number
    c[to + LAST_TIME] = c[last + LAST_TIME] as number
    if (!this.slope) return
    const origins = (c[b + TIME_ORIGIN] as number) - (c[a + TIME_ORIGIN] as number)
    const mean = c[a + TIME_MEAN] as number
    const time = (c[b + TIME_MEAN] as number) - mean + origins
    c[to + TIME_M2] = (c[a + TIME_M2] as number) + (c[b + TIME_M2] as number) + time * time * weight
    c[to + CROSS] = (c[a + CROSS] as number) + (c[b + CROSS] as number) + time * value * weight
    c[to + TIME_MEAN] = mean + time * share
    c[to + TIME_ORIGIN] = c[a + TIME_ORIGIN] as number
  }
}
