/** The slices of one key that hold samples, sorted by start; those at the front are dropped as time goes on. */
import type { Accumulators, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Slicing } from './slicing'

const FEWEST = 4

/** Times are ms since the epoch; no two slices start together. Searches cost O(log n), and O(1) near both ends. */
export class Slices {
  /** Entries are [head, length); those before are gone. Their numbers change where a slice is made. */
  head = 0
  length = 0
  private starts = new Float64Array(0)
  private slots = new Int32Array(0)

  constructor(private readonly slicing: Slicing) {}

  get size(): number {
    return this.length - this.head
  }

  start(at: number): EpochMs {
    return this.starts[at] as number
  }

  /** The smallest end of a window that contains the slice. */
  firstEnd(at: number): EpochMs {
    return this.slicing.firstEndOf(this.starts[at] as number)
  }

  lastEnd(at: number): EpochMs {
    return this.slicing.lastEndOf(this.starts[at] as number)
  }

  slot(at: number): number {
    return this.slots[at] as number
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

  /** The entry of the slice with this start, made where it does not exist. */
  enter(sliceStart: EpochMs, accumulators: Accumulators): number {
    if (this.length === this.starts.length) this.makeRoom()
    const { starts, length } = this
    const at = this.from(sliceStart)
    if (at < length && starts[at] === sliceStart) return at
    if (at < length) {
      starts.copyWithin(at + 1, at, length)
      this.slots.copyWithin(at + 1, at, length)
    }
    this.length++
    this.put(at, sliceStart, accumulators.create())
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

  read(from: StateReader, accumulators: Accumulators): void {
    for (const start of from.numbers()) accumulators.read(this.slot(this.enter(start, accumulators)), from)
  }

  private put(at: number, sliceStart: EpochMs, slot: number): void {
    this.starts[at] = sliceStart
    this.slots[at] = slot
  }

  /** Room for one more: moves all to the front where half is free, else to columns of twice the length. */
  private makeRoom(): void {
    const { head, length, starts, slots } = this
    const live = length - head
    if (live > 0 && live * 2 <= starts.length) {
      starts.copyWithin(0, head, length)
      slots.copyWithin(0, head, length)
    } else {
      const room = Math.max(FEWEST, starts.length * 2)
      this.starts = new Float64Array(room)
      this.starts.set(starts.subarray(head, length))
      this.slots = new Int32Array(room)
      this.slots.set(slots.subarray(head, length))
    }
    this.head = 0
    this.length = live
  }
}
