/**
 * The slices of all keys that hold samples: of each key a run, sorted by start, in columns that the keys share. With a
 * thousand keys nothing of a key is in a cache when its next window is due, so what a firing touches decides its cost:
 * here a row of 32 bytes and 12 bytes a slice, where an object a key would be a dozen places.
 */
import type { EpochMs } from '../../shared/model/time'
import { widenDoubles, widenInts } from './columns'

/** Numbers of a key's row. Its run may fill the entries [FIRST, ROOM); its slices are those of [HEAD, END). */
const FIRST = 0
const ROOM = 1
export const HEAD = 2
export const END = 3
/** Of two stacks: the slices [HEAD, FRONT) are the front, [FRONT, MERGED) are in the back, whose slot is BACK or −1. */
export const FRONT = 4
export const MERGED = 5
export const BACK = 6
export const ROW = 8

const FEWEST = 4

/** `row` is a key's number times ROW; times are ms since the epoch. A key without slices has HEAD = END. */
export class SliceRuns {
  /**
   * Per key ROW numbers, from key × ROW on. Entries are places in `starts` and `slots`; a slice that is made may move
   * those of its key.
   */
  rows: Int32Array = new Int32Array(0)
  starts: Float64Array = new Float64Array(0)
  slots: Int32Array = new Int32Array(0)
  /** Entries handed out. */
  private length = 0
  /** Runs given back, by the binary logarithm of their room. */
  private readonly free: number[][] = []

  addKey(key: number): void {
    this.rows = widenInts(this.rows, (key + 1) * ROW, 0)
    this.rows.fill(0, key * ROW, (key + 1) * ROW)
    this.rows[key * ROW + BACK] = -1
  }

  /** A slice behind all others of the key. */
  push(row: number, sliceStart: EpochMs, slot: number): void {
    const { rows } = this
    if (rows[row + END] === rows[row + ROOM]) this.makeRoom(row)
    const at = rows[row + END] as number
    this.starts[at] = sliceStart
    this.slots[at] = slot
    rows[row + END] = at + 1
  }

  /** A slice before the entry `at`; those from there on move up. Returns where it is. */
  insert(row: number, at: number, sliceStart: EpochMs, slot: number): number {
    const { rows } = this
    const nth = at - (rows[row + HEAD] as number)
    this.push(row, sliceStart, slot)
    const { starts, slots } = this
    const place = (rows[row + HEAD] as number) + nth
    const last = (rows[row + END] as number) - 1
    starts.copyWithin(place + 1, place, last)
    slots.copyWithin(place + 1, place, last)
    starts[place] = sliceStart
    slots[place] = slot
    return place
  }

  /** The first entry of the key with start ≥ t. */
  from(row: number, t: EpochMs): number {
    const { rows, starts } = this
    let low = rows[row + HEAD] as number
    let high = rows[row + END] as number
    if (low === high || (starts[low] as number) >= t) return low
    // start(low) < t ≤ start(high); in growing strides from the end, where samples nearly always are.
    for (let stride = 1; high - stride > low; stride *= 2) {
      if ((starts[high - stride] as number) < t) {
        low = high - stride
        break
      }
      high -= stride
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) < t) low = middle
      else high = middle
    }
    return high
  }

  /** Room for one more: to the front of the run where half of it is free, else to one of twice the room. */
  private makeRoom(row: number): void {
    const { rows } = this
    const head = rows[row + HEAD] as number
    const live = (rows[row + END] as number) - head
    const first = rows[row + FIRST] as number
    const room = (rows[row + ROOM] as number) - first
    let to = first
    if (room === 0 || live * 2 > room) {
      const larger = Math.max(FEWEST, room * 2)
      to = this.take(larger)
      if (room > 0) this.freeRuns(room).push(first)
      rows[row + FIRST] = to
      rows[row + ROOM] = to + larger
    }
    this.starts.copyWithin(to, head, head + live)
    this.slots.copyWithin(to, head, head + live)
    for (const place of [HEAD, END, FRONT, MERGED]) rows[row + place] = (rows[row + place] as number) + to - head
  }

  private take(room: number): number {
    const free = this.freeRuns(room).pop()
    if (free !== undefined) return free
    const first = this.length
    this.length += room
    this.starts = widenDoubles(this.starts, this.length, 0)
    this.slots = widenInts(this.slots, this.length, -1)
    return first
  }

  private freeRuns(room: number): number[] {
    return (this.free[31 - Math.clz32(room)] ??= [])
  }
}
