/** Plain means of the last values, by their number or by their time. */
import type { DurationMs, EpochMs } from '../../../shared/model/time'
import { CompensatedSum } from './compensated-sum'
import { numbersOf, required } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1
const HEAD = 5
const TIMED_HEAD = 4

/** Of the last `size` values; until there are as many, of what there is. */
export class MovingAverage implements Streaming {
  private readonly ring: Float64Array
  private readonly sum = new CompensatedSum()
  private next = 0
  private count = 0

  /** @param size in values, a whole number from 1 on */
  constructor(private readonly size: number) {
    required(Number.isSafeInteger(size) && size > 0, 'moving average', 'the size must be a whole number from 1 on')
    this.ring = new Float64Array(size)
  }

  push(_time: EpochMs, value: number): number {
    if (!Number.isFinite(value)) return NaN
    const { ring, sum, next } = this
    if (this.count === this.size) sum.add(-(ring[next] as number))
    else this.count++
    sum.add(value)
    ring[next] = value
    this.next = next + 1 === this.size ? 0 : next + 1
    // What values of very different size left in the sum goes once in a turn.
    if (this.next === 0) sumAnew(sum, ring, 0, this.size)
    return meanOf(sum.value, ring, 0, this.count)
  }

  snapshot(): Float64Array {
    const state = new Float64Array(HEAD + this.size)
    state.set([VERSION, this.next, this.count, this.sum.sum, this.sum.lost])
    state.set(this.ring, HEAD)
    return state
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('the moving average', from, VERSION, HEAD + this.size)
    this.next = numbers[0] as number
    this.count = numbers[1] as number
    this.sum.sum = numbers[2] as number
    this.sum.lost = numbers[3] as number
    this.ring.set(numbers.subarray(HEAD - 1))
  }
}

/** Of the values of the last `span`, that is in (time − span, time]. Memory grows with what lies in it. */
export class TimedMovingAverage implements Streaming {
  private times = new Float64Array(16)
  private values = new Float64Array(16)
  private readonly sum = new CompensatedSum()
  /** The samples of the span are at [from, end). */
  private from = 0
  private end = 0
  /** Values that have left since the sum was made anew. */
  private left = 0

  /** @param span above 0 */
  constructor(private readonly span: DurationMs) {
    required(span > 0, 'moving average', 'the span must be above 0')
  }

  push(time: EpochMs, value: number): number {
    if (!Number.isFinite(value)) return NaN
    const last = this.end > this.from ? (this.times[this.end - 1] as number) : time
    const now = time > last ? time : last
    this.leave(now - this.span)
    if (this.end === this.times.length) this.makeRoom()
    this.times[this.end] = now
    this.values[this.end++] = value
    this.sum.add(value)
    if (this.left >= this.end - this.from) {
      sumAnew(this.sum, this.values, this.from, this.end)
      this.left = 0
    }
    return meanOf(this.sum.value, this.values, this.from, this.end)
  }

  snapshot(): Float64Array {
    const count = this.end - this.from
    const state = new Float64Array(TIMED_HEAD + 2 * count)
    state.set([VERSION, this.sum.sum, this.sum.lost, this.left])
    state.set(this.times.subarray(this.from, this.end), TIMED_HEAD)
    state.set(this.values.subarray(this.from, this.end), TIMED_HEAD + count)
    return state
  }

  restore(from: Float64Array): void {
    const count = Math.max(0, Math.floor((from.length - TIMED_HEAD) / 2))
    const numbers = numbersOf('the moving average over time', from, VERSION, TIMED_HEAD + 2 * count)
    this.sum.sum = numbers[0] as number
    this.sum.lost = numbers[1] as number
    this.left = numbers[2] as number
    this.from = 0
    this.end = count
    this.times = new Float64Array(Math.max(16, count))
    this.values = new Float64Array(Math.max(16, count))
    this.times.set(numbers.subarray(TIMED_HEAD - 1, TIMED_HEAD - 1 + count))
    this.values.set(numbers.subarray(TIMED_HEAD - 1 + count))
  }

  private leave(until: EpochMs): void {
    const { times, values, end } = this
    let { from } = this
    while (from < end && (times[from] as number) <= until) {
      this.sum.add(-(values[from++] as number))
      this.left++
    }
    this.from = from
  }

  /** What is there moves to the beginning, of arrays twice as long where it fills more than half of them. */
  private makeRoom(): void {
    const { times, values, from, end } = this
    const count = end - from
    if (2 * count > times.length) {
      this.times = new Float64Array(2 * times.length)
      this.values = new Float64Array(2 * times.length)
    }
    this.times.set(times.subarray(from, end))
    this.values.set(values.subarray(from, end))
    this.from = 0
    this.end = count
  }
}

function sumAnew(sum: CompensatedSum, values: Float64Array, from: number, to: number): void {
  sum.clear()
  for (let i = from; i < to; i++) sum.add(values[i] as number)
}

/** Huge values may overflow their sum and not their mean. */
function meanOf(sum: number, values: Float64Array, from: number, to: number): number {
  const count = to - from
  if (Number.isFinite(sum)) return sum / count
  let mean = 0
  for (let i = from; i < to; i++) mean += (values[i] as number) / count
  return mean
}
