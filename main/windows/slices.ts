/** The slices of one key that hold samples, sorted by start; those at the front are dropped as time goes on. */
import type { Accumulators, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Slicing } from './slicing'

export class Slices {
  /** Entries before `head` are gone. */
  head = 0
  readonly starts: number[] = []
  readonly firstEnds: number[] = []
  readonly lastEnds: number[] = []
  readonly slots: number[] = []

  get length(): number {
    return this.starts.length
  }

  /** The first entry with start ≥ t. */
  from(t: EpochMs): number {
    return lowerBound(this.starts, this.head, t)
  }

  /** The first entry that belongs to a window with end > `end`. */
  after(end: EpochMs): number {
    let low = this.head
    let high = this.lastEnds.length
    if (low < high && (this.lastEnds[low] as number) > end) return low
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.lastEnds[middle] as number) > end) high = middle
      else low = middle + 1
    }
    return low
  }

  /** The slot of the slice located in `slicing`, made where it does not exist. */
  slot(slicing: Slicing, accumulators: Accumulators): number {
    const at = this.from(slicing.sliceStart)
    if (at < this.starts.length && this.starts[at] === slicing.sliceStart) return this.slots[at] as number
    const slot = accumulators.create()
    insert(this.starts, at, slicing.sliceStart)
    insert(this.firstEnds, at, slicing.firstEnd)
    insert(this.lastEnds, at, slicing.lastEnd)
    insert(this.slots, at, slot)
    return slot
  }

  /** Removes the oldest; its slot is the caller's to release. */
  shift(): number {
    const slot = this.slots[this.head++] as number
    if (this.head === this.starts.length) this.cutTo(this.head)
    else if (this.head >= 32 && this.head * 2 >= this.starts.length) this.cutTo(this.head)
    return slot
  }

  write(to: StateWriter, accumulators: Accumulators): void {
    to.numbers(this.starts, this.head)
    for (let i = this.head; i < this.slots.length; i++) accumulators.write(this.slots[i] as number, to)
  }

  read(from: StateReader, accumulators: Accumulators, slicing: Slicing): void {
    for (const start of from.numbers()) {
      slicing.locate(start)
      accumulators.read(this.slot(slicing, accumulators), from)
    }
  }

  private cutTo(head: number): void {
    for (const column of [this.starts, this.firstEnds, this.lastEnds, this.slots]) column.splice(0, head)
    this.head = 0
  }
}

/** The first index in [low, length) of a sorted column whose entry is ≥ t. */
export function lowerBound(column: readonly number[], low: number, t: number): number {
  let high = column.length
  if (high > low && (column[high - 1] as number) < t) return high
  if (high > low && (column[low] as number) >= t) return low
  while (low < high) {
    const middle = (low + high) >> 1
    if ((column[middle] as number) < t) low = middle + 1
    else high = middle
  }
  return low
}

function insert(column: number[], at: number, value: number): void {
  if (at === column.length) column.push(value)
  else column.splice(at, 0, value)
}
