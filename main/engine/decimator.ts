/**
 * Decimation to pixel columns by time: first, minimum, maximum and last sample of each column, at their own times, so
 * that the line drawn has the same envelope as all the samples. (LTTB would bucket by index and move with the data.)
 * Columns lie on a fixed grid, so a live chart adds to its newest column instead of computing all of them anew.
 */
import type { SampleBucket } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'

/** Slots per column: time and value of first, minimum, maximum, last; time of the last gap. */
const FIRST = 0
const MIN = 2
const MAX = 4
const LAST = 6
const GAP = 8
const SLOTS = 9
/** A step this many times the usual one is an outage and not joined. */
const OUTAGE_FACTOR = 5
/** How many steps before and after one tell what is usual there. */
const STEPS_AROUND = 3

export interface RangeStatistics {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
}

export class Decimator {
  private readonly capacity: number
  /** Which column of the grid a ring slot holds. */
  private readonly owner: Float64Array
  private readonly slots: Float64Array
  private readonly counts: Float64Array
  private readonly sums: Float64Array

  /** @param columns how many columns of `columnMs` are kept; older ones make room. */
  constructor(
    private readonly columnMs: DurationMs,
    columns: number,
  ) {
    this.capacity = columns
    this.owner = new Float64Array(columns).fill(NaN)
    this.slots = new Float64Array(columns * SLOTS)
    this.counts = new Float64Array(columns)
    this.sums = new Float64Array(columns)
  }

  add(time: EpochMs, value: number): void {
    const ring = this.ringOf(time)
    if (ring < 0) return
    const { slots } = this
    const at = ring * SLOTS
    if (Number.isNaN(value)) {
      if (!(time <= (slots[at + GAP] as number))) slots[at + GAP] = time
      return
    }
    const fresh = this.counts[ring] === 0
    this.counts[ring] = (this.counts[ring] as number) + 1
    this.sums[ring] = (this.sums[ring] as number) + value
    if (fresh || time < (slots[at + FIRST] as number)) this.set(at + FIRST, time, value)
    if (fresh || value < (slots[at + MIN + 1] as number)) this.set(at + MIN, time, value)
    if (fresh || value > (slots[at + MAX + 1] as number)) this.set(at + MAX, time, value)
    if (fresh || time >= (slots[at + LAST] as number)) this.set(at + LAST, time, value)
  }

  /** Samples without gaps, no longer than a column: all in the column of their middle, where the extremes stand too. */
  addBucket(bucket: SampleBucket): void {
    const middle = (bucket.from + bucket.to) / 2
    const ring = this.ringOf(middle)
    if (ring < 0) return
    const { slots } = this
    const at = ring * SLOTS
    const fresh = this.counts[ring] === 0
    this.counts[ring] = (this.counts[ring] as number) + bucket.samples
    this.sums[ring] = (this.sums[ring] as number) + bucket.sum
    if (fresh || bucket.from < (slots[at + FIRST] as number)) this.set(at + FIRST, bucket.from, bucket.first)
    if (fresh || bucket.min < (slots[at + MIN + 1] as number)) this.set(at + MIN, middle, bucket.min)
    if (fresh || bucket.max > (slots[at + MAX + 1] as number)) this.set(at + MAX, middle, bucket.max)
    if (fresh || bucket.to >= (slots[at + LAST] as number)) this.set(at + LAST, bucket.to, bucket.last)
  }

  /** The slot of a time's column, emptied where it held an older one; -1 where it holds a newer one. */
  private ringOf(time: EpochMs): number {
    const column = Math.floor(time / this.columnMs)
    const ring = column - Math.floor(column / this.capacity) * this.capacity
    const owner = this.owner[ring] as number
    if (owner > column) return -1
    if (owner !== column) {
      this.owner[ring] = column
      this.counts[ring] = 0
      this.sums[ring] = 0
      this.slots[ring * SLOTS + GAP] = NaN
    }
    return ring
  }

  private set(at: number, time: EpochMs, value: number): void {
    this.slots[at] = time
    this.slots[at + 1] = value
  }

  /** Columns that overlap [from, to] and hold something, in the order of time. */
  private columns(from: EpochMs, to: EpochMs): number[] {
    const rings: number[] = []
    const last = Math.floor(to / this.columnMs)
    for (let column = Math.max(Math.floor(from / this.columnMs), last - this.capacity + 1); column <= last; column++) {
      const ring = column - Math.floor(column / this.capacity) * this.capacity
      if (this.owner[ring] === column) rings.push(ring)
    }
    return rings
  }

  /** time, value, time, value … with NaN values where the line must break. */
  points(from: EpochMs, to: EpochMs): Float64Array {
    const rings = this.columns(from, to)
    const longest = this.longestSteps(rings.filter((ring) => this.counts[ring] !== 0))
    let filled = 0
    const out: number[] = []
    let previous = NaN
    for (const ring of rings) {
      const at = ring * SLOTS
      const gap = this.slots[at + GAP] as number
      if (this.counts[ring] === 0) {
        out.push(gap, NaN)
        continue
      }
      const first = this.slots[at + FIRST] as number
      if (first - previous > (longest[filled++] as number)) out.push((first + previous) / 2, NaN)
      const start = out.length
      for (const point of this.columnOrder(at)) {
        const time = this.slots[point] as number
        const value = this.slots[point + 1] as number
        // Two extremes at one sample are one point; two samples of one time are two.
        if (out.length > start && out[out.length - 2] === time && out[out.length - 1] === value) continue
        if (gap < time && out.length > start && gap > (out[out.length - 2] as number)) out.push(gap, NaN)
        else if (gap < time && out.length === start) out.push(gap, NaN)
        out.push(time, value)
      }
      previous = this.slots[at + LAST] as number
      if (gap > previous) out.push(gap, NaN)
    }
    return Float64Array.from(out)
  }

  private columnOrder(at: number): readonly number[] {
    const minFirst = (this.slots[at + MIN] as number) <= (this.slots[at + MAX] as number)
    return minFirst ? [at + FIRST, at + MIN, at + MAX, at + LAST] : [at + FIRST, at + MAX, at + MIN, at + LAST]
  }

  /**
   * For each column that holds samples, the longest step to it that is still joined: a factor times the median of the
   * steps around it, so that a sensor may change its pace; never less than three columns.
   */
  private longestSteps(rings: readonly number[]): Float64Array {
    const steps = new Float64Array(rings.length)
    let previous = NaN
    rings.forEach((ring, i) => {
      steps[i] = (this.slots[ring * SLOTS + FIRST] as number) - previous
      previous = this.slots[ring * SLOTS + LAST] as number
    })
    return steps.map((_, i) => {
      const around = steps.slice(Math.max(1, i - STEPS_AROUND), i + STEPS_AROUND + 1).sort()
      return Math.max(3 * this.columnMs, OUTAGE_FACTOR * (around[around.length >> 1] ?? Infinity))
    })
  }

  statistics(from: EpochMs, to: EpochMs): RangeStatistics {
    let count = 0
    let sum = 0
    let min = Infinity
    let max = -Infinity
    for (const ring of this.columns(from, to)) {
      if (this.counts[ring] === 0) continue
      count += this.counts[ring] as number
      sum += this.sums[ring] as number
      min = Math.min(min, this.slots[ring * SLOTS + MIN + 1] as number)
      max = Math.max(max, this.slots[ring * SLOTS + MAX + 1] as number)
    }
    return count === 0 ? { count, min: NaN, max: NaN, mean: NaN } : { count, min, max, mean: sum / count }
  }
}
