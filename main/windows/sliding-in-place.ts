/**
 * Two stacks in place ("Two-Stacks Lite", Tangwongsan, Hirzel, Schneider, DEBS 2017): the slices of the front are
 * turned into the aggregates from them to the front's end, so that nothing is kept twice. For statistics to which
 * a sample can be added in any order, and windows that fire once: the oldest slice is then always the first of the
 * window that is due. Slices are counted from the oldest; compared with times this halves the cost of a firing.
 */
import type { Accumulators, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Slices } from './slices'
import { joined } from './sliding'
import type { Sliding } from './sliding'

export class SlidingInPlace implements Sliding {
  /** So many slices, the oldest, hold aggregates up to the front's end. */
  private front = 0
  /** So many are in front or back; the rest are as they were filled. */
  private merged = 0
  /** The aggregate of the slices [front, merged), or −1 where there are none. */
  private back = -1

  constructor(private readonly accumulators: Accumulators) {}

  isMerged(slices: Slices, at: number): boolean {
    return at - slices.head < this.merged
  }

  window(slices: Slices, _start: EpochMs, end: EpochMs, scratch: number): number {
    if (this.front === 0) this.flip(slices, end)
    else this.extend(slices, end)
    return joined(this.accumulators, this.front > 0 ? slices.slot(slices.head) : -1, this.back, scratch)
  }

  peek(slices: Slices, start: EpochMs, end: EpochMs, into: number): void {
    const first = slices.from(start)
    const frontEnd = slices.head + this.front
    if (first < frontEnd) this.accumulators.append(into, slices.slot(first))
    for (let i = Math.max(first, frontEnd); i < slices.length && slices.start(i) < end; i++) {
      this.accumulators.append(into, slices.slot(i))
    }
  }

  late(slices: Slices, at: number, made: boolean, t: EpochMs, value: number, series: number): void {
    const nth = at - slices.head
    if (made) this.merged++
    if (nth >= this.front) {
      this.put(this.back, t, value, series)
      return
    }
    if (made) {
      this.front++
      this.accumulators.append(slices.slot(at), slices.slot(at + 1))
    }
    for (let i = slices.head; i < at; i++) this.put(slices.slot(i), t, value, series)
  }

  dropped(): void {
    if (this.merged > 0) this.merged--
    if (this.front > 0) this.front--
    if (this.merged === 0) this.closeBack()
  }

  write(to: StateWriter): void {
    to.numbers([this.front, this.merged, this.back >= 0 ? 1 : 0])
    if (this.back >= 0) this.accumulators.write(this.back, to)
  }

  read(from: StateReader): void {
    const [front, merged, hasBack] = from.numbers() as unknown as [number, number, number]
    this.front = front
    this.merged = merged
    if (hasBack === 0) return
    this.back = this.accumulators.create()
    this.accumulators.read(this.back, from)
  }

  private put(slot: number, t: EpochMs, value: number, series: number): void {
    if (value - value === 0) this.accumulators.add(slot, t, value, series)
    else this.accumulators.addGaps(slot, 1)
  }

  private closeBack(): void {
    if (this.back >= 0) this.accumulators.release(this.back)
    this.back = -1
  }

  /** Brings the slices before `end` into the back. */
  private extend(slices: Slices, end: EpochMs): void {
    const { accumulators } = this
    let at = slices.head + this.merged
    for (; at < slices.length && slices.start(at) < end; at++) {
      if (this.back < 0) this.back = accumulators.create()
      accumulators.append(this.back, slices.slot(at))
    }
    this.merged = at - slices.head
  }

  /** Makes all slices before `end` the front. */
  private flip(slices: Slices, end: EpochMs): void {
    this.closeBack()
    const first = slices.head
    let at = first + this.merged
    while (at < slices.length && slices.start(at) < end) at++
    this.front = this.merged = at - first
    for (let i = at - 2; i >= first; i--) this.accumulators.append(slices.slot(i), slices.slot(i + 1))
  }
}
