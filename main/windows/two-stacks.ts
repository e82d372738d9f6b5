/**
 * The content of windows that overlap, one after another, in amortised constant time per slice: two stacks in place
 * ("Two-Stacks Lite", Tangwongsan, Hirzel, Schneider, DEBS 2017). The slices of the front are turned into the
 * aggregates from them to the front's end, the back is one aggregate of what follows, so nothing is kept twice. For
 * statistics to which a sample can be added in any order, and windows that fire once: the oldest slice is then always
 * the first of the window that is due.
 */
import type { Accumulators, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import { BACK, END, FRONT, HEAD, MERGED } from './slice-runs'
import type { SliceRuns } from './slice-runs'
import { joined } from './sliding'

/** `row` is a key's number times ROW; times are ms since the epoch. */
export class TwoStacks {
  constructor(
    private readonly runs: SliceRuns,
    private readonly accumulators: Accumulators,
  ) {}

  /**
   * The slot that holds the window due, to be left as it is, or −1 where there is nothing; `scratch` may be used for
   * it. Windows must be asked for in the order of their ends.
   */
  window(row: number, end: EpochMs, scratch: number): number {
    const { rows, starts, slots } = this.runs
    const head = rows[row + HEAD] as number
    const back = rows[row + BACK] as number
    const next = rows[row + MERGED] as number
    const last = rows[row + END] as number
    if ((rows[row + FRONT] as number) > head) {
      const one =
        next < last && (starts[next] as number) < end && !(next + 1 < last && (starts[next + 1] as number) < end)
      if (back >= 0 && one) {
        this.accumulators.slide(slots[head] as number, back, slots[next] as number, scratch)
        rows[row + MERGED] = next + 1
        return scratch
      }
      this.extend(row, end)
    } else this.flip(row, end)
    const front = (rows[row + FRONT] as number) > head ? (slots[head] as number) : -1
    return joined(this.accumulators, front, rows[row + BACK] as number, scratch)
  }

  /** Fills `into`, which is empty, out of turn, leaving everything as it is. */
  peek(row: number, start: EpochMs, end: EpochMs, into: number): void {
    const { rows, starts, slots } = this.runs
    let at = this.runs.from(row, start)
    const front = rows[row + FRONT] as number
    if (at < front) {
      this.accumulators.append(into, slots[at] as number)
      at = front
    }
    for (; at < (rows[row + END] as number) && (starts[at] as number) < end; at++)
      this.accumulators.append(into, slots[at] as number)
  }

  /** A sample (NaN: a gap) has come into a merged slice, which is new where `made`. */
  late(row: number, at: number, made: boolean, t: EpochMs, value: number, series: number): void {
    const { rows, slots } = this.runs
    if (made) rows[row + MERGED] = (rows[row + MERGED] as number) + 1
    if (at >= (rows[row + FRONT] as number)) {
      this.put(rows[row + BACK] as number, t, value, series)
      return
    }
    if (made) {
      rows[row + FRONT] = (rows[row + FRONT] as number) + 1
      this.accumulators.append(slots[at] as number, slots[at + 1] as number)
    }
    for (let i = rows[row + HEAD] as number; i < at; i++) this.put(slots[i] as number, t, value, series)
  }

  /** The slices that start before `neededFrom` go. Returns the start of the oldest that stays, or +∞. */
  drop(row: number, neededFrom: EpochMs): EpochMs {
    const { rows, starts, slots } = this.runs
    const end = rows[row + END] as number
    let head = rows[row + HEAD] as number
    while (head < end && (starts[head] as number) < neededFrom) this.accumulators.release(slots[head++] as number)
    rows[row + HEAD] = head
    if ((rows[row + MERGED] as number) <= head) {
      rows[row + FRONT] = rows[row + MERGED] = head
      this.closeBack(row)
    }
    return head < end ? (starts[head] as number) : Infinity
  }

  write(row: number, to: StateWriter): void {
    const { rows } = this.runs
    const head = rows[row + HEAD] as number
    const back = rows[row + BACK] as number
    const front = Math.max(0, (rows[row + FRONT] as number) - head)
    to.numbers([front, (rows[row + MERGED] as number) - head, back >= 0 ? 1 : 0])
    if (back >= 0) this.accumulators.write(back, to)
  }

  read(row: number, from: StateReader): void {
    const { rows } = this.runs
    const [front, merged, hasBack] = from.numbers() as unknown as [number, number, number]
    rows[row + FRONT] = (rows[row + HEAD] as number) + front
    rows[row + MERGED] = (rows[row + HEAD] as number) + merged
    if (hasBack === 0) return
    const back = this.accumulators.create()
    this.accumulators.read(back, from)
    rows[row + BACK] = back
  }

  private put(slot: number, t: EpochMs, value: number, series: number): void {
    if (value - value === 0) this.accumulators.add(slot, t, value, series)
    else this.accumulators.addGaps(slot, 1)
  }

  private closeBack(row: number): void {
    const { rows } = this.runs
    const back = rows[row + BACK] as number
    if (back < 0) return
    this.accumulators.release(back)
    rows[row + BACK] = -1
  }

  /** Brings the slices before `end` into the back. */
  private extend(row: number, end: EpochMs): void {
    const { accumulators } = this
    const { rows, starts, slots } = this.runs
    const last = rows[row + END] as number
    let at = rows[row + MERGED] as number
    for (; at < last && (starts[at] as number) < end; at++) {
      if ((rows[row + BACK] as number) < 0) rows[row + BACK] = accumulators.create()
      accumulators.append(rows[row + BACK] as number, slots[at] as number)
    }
    rows[row + MERGED] = at
  }

  /** Makes all slices before `end` the front. */
  private flip(row: number, end: EpochMs): void {
    this.closeBack(row)
    const { rows, starts, slots } = this.runs
    const head = rows[row + HEAD] as number
    const last = rows[row + END] as number
    let at = rows[row + MERGED] as number
    while (at < last && (starts[at] as number) < end) at++
    rows[row + FRONT] = rows[row + MERGED] = at
    this.accumulators.fold(slots, head, at)
  }
}
