/** Samples of one input in two columns, sorted by time, ties in the order of arrival; dropped from the front. */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'

/** Times in ms since the epoch; NaN values are gaps. Room doubles as it is needed. */
export class TimeColumns {
  private times: Float64Array = new Float64Array(16)
  private values: Float64Array = new Float64Array(16)
  private head = 0
  private end = 0

  get length(): number {
    return this.end - this.head
  }

  /** Of the earliest sample; there must be one. */
  get firstTime(): EpochMs {
    return this.times[this.head] as number
  }

  get firstValue(): number {
    return this.values[this.head] as number
  }

  shift(): void {
    this.head += 1
  }

  /** After those with the same time. Mostly at the end: disorder is mild. */
  insert(time: EpochMs, value: number): void {
    if (this.end === this.times.length) this.makeRoom()
    const { times, values } = this
    let at = this.end
    if (at > this.head && (times[at - 1] as number) > time) {
      at = this.upperBound(time)
      times.copyWithin(at + 1, at, this.end)
      values.copyWithin(at + 1, at, this.end)
    }
    times[at] = time
    values[at] = value
    this.end += 1
  }

  /** Position of the newest sample at or before a time; −1 where there is none. */
  newestAt(time: EpochMs): number {
    const at = this.upperBound(time) - 1
    return at < this.head ? -1 : at
  }

  timeAt(at: number): EpochMs {
    return this.times[at] as number
  }

  valueAt(at: number): number {
    return this.values[at] as number
  }

  dropBefore(time: EpochMs): void {
    while (this.head < this.end && (this.times[this.head] as number) < time) this.head += 1
  }

  write(to: StateWriter): void {
    to.numbers(this.times, this.head, this.end)
    to.numbers(this.values, this.head, this.end)
  }

  read(from: StateReader): void {
    this.times = from.numbers()
    this.values = from.numbers()
    this.head = 0
    this.end = this.times.length
  }

  /** The first position whose time is greater. */
  private upperBound(time: EpochMs): number {
    let low = this.head
    let high = this.end
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.times[middle] as number) <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Moves to the front where half is free, else grows. */
  private makeRoom(): void {
    const { length, head, end } = this
    if (head >= 16 && head >= end >> 1) {
      this.times.copyWithin(0, head, end)
      this.values.copyWithin(0, head, end)
    } else {
      const capacity = Math.max(16, this.times.length * 2)
      const times = new Float64Array(capacity)
      const values = new Float64Array(capacity)
      times.set(this.times.subarray(head, end))
      values.set(this.values.subarray(head, end))
      this.times = times
      this.values = values
    }
    this.head = 0
    this.end = length
  }
}
