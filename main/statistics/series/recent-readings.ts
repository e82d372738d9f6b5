/** Any statistic of the last readings of a series, kept up along it. */
import type { EpochMs } from '../../../shared/model/time'
import { numbersOf, required } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1
const HEAD = 5
/** Computed anew each time that a twentieth of the readings is new: a statistic of a range costs as much as its range. */
const RENEWED = 20

/** Times in ms and values, both in the order of time; finite. */
export type RangeStatistic = (times: Float64Array, values: Float64Array) => number

export class RecentReadings implements Streaming {
  private next = 0
  private count = 0
  /** Readings since it was computed. */
  private since = 0
  private figure = NaN
  private readonly times: Float64Array
  private readonly values: Float64Array
  private readonly orderedTimes: Float64Array
  private readonly orderedValues: Float64Array
  private readonly every: number

  /** @param size whole number from 2 on */
  constructor(
    private readonly size: number,
    private readonly statistic: RangeStatistic,
  ) {
    required(Number.isSafeInteger(size) && size >= 2, 'recent readings', 'the size must be a whole number from 2 on')
    this.times = new Float64Array(size)
    this.values = new Float64Array(size)
    this.orderedTimes = new Float64Array(size)
    this.orderedValues = new Float64Array(size)
    this.every = Math.ceil(size / RENEWED)
  }

  /** @returns the statistic, at most a twentieth of the readings old; NaN until there are so many, and at a gap */
  push(time: EpochMs, value: number): number {
    if (!Number.isFinite(value)) return NaN
    const { size, next } = this
    this.times[next] = time
    this.values[next] = value
    this.next = next + 1 === size ? 0 : next + 1
    if (this.count < size) this.count += 1
    this.since += 1
    if (this.count === size && (this.since >= this.every || this.figure !== this.figure)) this.compute()
    return this.figure
  }

  snapshot(): Float64Array {
    const { size } = this
    const state = new Float64Array(HEAD + 2 * size)
    state.set([VERSION, this.next, this.count, this.since, this.figure])
    state.set(this.times, HEAD)
    state.set(this.values, HEAD + size)
    return state
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('the recent readings', from, VERSION, HEAD + 2 * this.size)
    this.next = numbers[0] as number
    this.count = numbers[1] as number
    this.since = numbers[2] as number
    this.figure = numbers[3] as number
    this.times.set(numbers.subarray(HEAD - 1, HEAD - 1 + this.size))
    this.values.set(numbers.subarray(HEAD - 1 + this.size))
  }

  private compute(): void {
    const { times, values, orderedTimes, orderedValues, next } = this
    orderedTimes.set(times.subarray(next))
    orderedTimes.set(times.subarray(0, next), times.length - next)
    orderedValues.set(values.subarray(next))
    orderedValues.set(values.subarray(0, next), values.length - next)
    this.figure = this.statistic(orderedTimes, orderedValues)
    this.since = 0
  }
}
