/** The slices of one key that hold samples, sorted by start; those at the front are dropped as time goes on. */
import type { Accumulators, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Slicing } from './slicing'

/** One record a slice: start, smallest and largest end of its windows, slot. Two of them share a cache line. */
const START = 0
const FIRST_END = 1
const LAST_END = 2
const SLOT = 3
const WIDTH = 4
const FEWEST = 4

export class Slices {
  /** Entries are [head, length); those before are gone. Their numbers change where a slice is made. */
  head = 0
  length = 0
  /** Start of the last entry. */
  private newest: EpochMs = -Infinity
  private records = new Float64Array(0)

  get size(): number {
    return this.length - this.head
  }

  start(at: number): EpochMs {
    return this.records[at * WIDTH + START] as number
  }

  firstEnd(at: number): EpochMs {
    return this.records[at * WIDTH + FIRST_END] as number
  }

  lastEnd(at: number): EpochMs {
    return this.records[at * WIDTH + LAST_END] as number
  }

  /** As an integer, so that what is indexed by it needs no arithmetic of doubles. */
  slot(at: number): number {
    return (this.records[at * WIDTH + SLOT] as number) | 0
  }

  /** The first entry with start ≥ t. */
  from(t: EpochMs): number {
    let low = this.head
    let high = this.length
    if (low === high || this.start(low) >= t) return low
    // start(low) < t ≤ start(high); in growing strides from the end, where samples and merges nearly always are.
    for (let stride = 1; high - stride > low; stride *= 2) {
      if (this.start(high - stride) < t) {
        low = high - stride
        break
      }
      high -= stride
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.start(middle) < t) low = middle
      else high = middle
    }
    return high
  }

  /** The first entry that belongs to a window with end > `end`. */
  after(end: EpochMs): number {
    let low = this.head
    let high = this.length
    if (low < high && this.lastEnd(low) > end) return low
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.lastEnd(middle) > end) high = middle
      else low = middle + 1
    }
    return low
  }

  /** True where a slice with this start would be the last entry. */
  isNewest(sliceStart: EpochMs): boolean {
    return this.length === this.head || this.newest < sliceStart
  }

  /** The slice located in `slicing` as the last entry. */
  push(slicing: Slicing, slot: number): void {
    this.reserve()
    this.put(this.length++ * WIDTH, slicing, slot)
    this.newest = slicing.sliceStart
  }

  private put(record: number, slicing: Slicing, slot: number): void {
    const { records } = this
    records[record + START] = slicing.sliceStart
    records[record + FIRST_END] = slicing.firstEnd
    records[record + LAST_END] = slicing.lastEnd
    records[record + SLOT] = slot
  }

  /** The entry of the slice located in `slicing`, made where it does not exist. */
  enter(slicing: Slicing, accumulators: Accumulators): number {
    const { sliceStart } = slicing
    // Nearly every new slice is the newest. Its start is kept at hand: with many slices its record is far away.
    if (this.isNewest(sliceStart)) {
      this.push(slicing, accumulators.create())
      return this.length - 1
    }
    this.reserve()
    const { records, length } = this
    const at = this.from(sliceStart)
    if (at < length && records[at * WIDTH + START] === sliceStart) return at
    const record = at * WIDTH
    if (at < length) records.copyWithin(record + WIDTH, record, length * WIDTH)
    this.length++
    this.put(record, slicing, accumulators.create())
    return at
  }

  /** Removes the oldest; its slot is the caller's to release. */
  shift(): number {
    const slot = this.slot(this.head++)
    if (this.head === this.length) this.head = this.length = 0
    return slot
  }

  write(to: StateWriter, accumulators: Accumulators): void {
    const starts = Array.from({ length: this.size }, (_, i) => this.start(this.head + i))
    to.numbers(starts)
    for (let i = this.head; i < this.length; i++) accumulators.write(this.slot(i), to)
  }

  read(from: StateReader, accumulators: Accumulators, slicing: Slicing): void {
    for (const start of from.numbers()) {
      slicing.locate(start)
      accumulators.read(this.slot(this.enter(slicing, accumulators)), from)
    }
  }

  /** Makes room for one more: moves all to the front where half is free, else to an array of twice the length. */
  private reserve(): void {
    const { head, length, records } = this
    if ((length + 1) * WIDTH <= records.length) return
    const live = length - head
    if (live > 0 && live * 2 * WIDTH <= records.length) records.copyWithin(0, head * WIDTH, length * WIDTH)
    else {
      this.records = new Float64Array(Math.max(FEWEST * WIDTH, records.length * 2))
      this.records.set(records.subarray(head * WIDTH, length * WIDTH))
    }
    this.head = 0
    this.length = live
  }
}
