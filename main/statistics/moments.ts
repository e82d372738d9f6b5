/**
 * Sums, moments and extremes in one Float64Array, a record of numbers per slot, so that a sample costs one or two
 * cache lines. Sum: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
 * Variance: Welford 1962; merged by Chan, Golub, LeVeque 1979. Slope: the same for time and for time × value.
 */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import {
  COUNT,
  ORIGIN,
  SUM,
  COMPENSATION,
  MEAN,
  M2,
  MIN,
  MAX,
  FIRST_TIME,
  FIRST,
  LAST_TIME,
  LAST,
  TIME_MEAN,
  TIME_M2,
  CROSS,
  TIME_ORIGIN,
} from './moment-record'
import { TABLE_LENGTH, meanOf, pick, sumOf, tabulate } from './moment-results'
import type { MomentNeeds } from './moment-results'
import { foldRecords, slideRecord } from './moment-slide'

/**
 * Finite values at times in ms; results in the value's unit, its square, or per second (slope). Of an empty
 * slot only the count means something; of one value variances and deviations are NaN with ddof 1, 0 with ddof 0.
 */
export class Moments {
  private readonly stride: number
  private columns: Float64Array
  /** Gaps are rare and stand apart: before the first one nothing looks at them. */
  private gaps: Float64Array = new Float64Array(16)
  private hasGaps = false
  private readonly table = new Float64Array(TABLE_LENGTH).fill(NaN)
  readonly ends: boolean
  readonly slope: boolean

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
    const sum = c[at + SUM] as number
    const total = sum + value
    c[at + SUM] = total
    // What the addition has lost, Neumaier's term, by Knuth's TwoSum: the same number without a branch.
    const added = total - sum
    c[at + COMPENSATION] = (c[at + COMPENSATION] as number) + (sum - (total - added) + (value - added))
    if (n === 1) c[at + ORIGIN] = value
    const mean = c[at + MEAN] as number
    const difference = value - (c[at + ORIGIN] as number)
    const delta = difference - mean
    const moved = mean + delta / n
    c[at + MEAN] = moved
    c[at + M2] = (c[at + M2] as number) + delta * (difference - moved)
    // Whether a value is an extreme of few cannot be foretold, so there is no branch: one that is none goes to where the
    // count is written afterwards. Measured against branches: hopping windows with slices of ten values run 4% faster,
    // tumbling ones of a hundred, where extremes are rare, 7% slower.
    c[at + (MIN & -Number(value < (c[at + MIN] as number)))] = value
    c[at + (MAX & -Number(value > (c[at + MAX] as number)))] = value
    c[at] = n
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
    const min = Math.min(c[a + MIN] as number, c[b + MIN] as number)
    const max = Math.max(c[a + MAX] as number, c[b + MAX] as number)
    if (this.ends) this.mergeEnds(to, a, b, weight, share, delta)
    const total = sum + value
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

  /** The same as merging `slice` into `back`, and then both `front` and `back` into `into`. */
  slide(front: number, back: number, slice: number, into: number): void {
    const c = this.columns
    const { stride } = this
    if (this.isPlain && slideRecord(c, front * stride, back * stride, slice * stride, into * stride)) return
    this.mergeOf(back, back, slice)
    this.mergeOf(into, front, back)
  }

  /** The same as merging every one of the slots [from, to) into the one before it, from the last on. */
  fold(slots: Int32Array, from: number, to: number): void {
    const { stride } = this
    let plain = this.isPlain && to - from > 1
    for (let i = from; plain && i < to; i++) plain = this.columns[(slots[i] as number) * stride] !== 0
    if (plain) foldRecords(this.columns, stride, slots, from, to)
    else for (let i = to - 2; i >= from; i--) this.merge(slots[i] as number, slots[i + 1] as number)
  }

  /** A slot is its record alone, and that holds neither ends nor slope. */
  private get isPlain(): boolean {
    return !this.ends && !this.hasGaps
  }

  /** `statistics`: numbers of MOMENT, or NO_MOMENT for a NaN. */
  results(slot: number, statistics: Int32Array): number[] {
    const gaps = this.hasGaps ? (this.gaps[slot] as number) : 0
    tabulate(this.columns, slot * this.stride, gaps, this, this.table)
    return pick(this.table, statistics)
  }

  count(slot: number): number {
    return this.columns[slot * this.stride + COUNT] as number
  }

  mean(slot: number): number {
    const at = slot * this.stride
    return meanOf(this.columns, at, sumOf(this.columns, at) / this.count(slot))
  }

  first(slot: number): number {
    return this.columns[slot * this.stride + FIRST] as number
  }

  last(slot: number): number {
    return this.columns[slot * this.stride + LAST] as number
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
