/**
 * Two stacks in place ("Two-Stacks Lite", Tangwongsan, Hirzel, Schneider, DEBS 2017): the slices of the front are
 * turned into the aggregates from them to the front's end, so that nothing is kept twice. For statistics to which
 * a sample can be added in any order, and windows that fire once.
 */
import type { Accumulators, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Slices } from './slices'
import type { Sliding } from './sliding'

export class SlidingInPlace implements Sliding {
  /** Slices before it hold aggregates up to it. */
  private frontEnd: EpochMs = -Infinity
  private back = -1
  private backFrom: EpochMs = Infinity
  private backEnd: EpochMs = -Infinity
  private passed: EpochMs = -Infinity

  constructor(private readonly accumulators: Accumulators) {}

  get mergedUntil(): EpochMs {
    return this.backEnd
  }

  window(slices: Slices, start: EpochMs, end: EpochMs, into: number): void {
    this.passed = start
    const first = slices.from(start)
    const exhausted = first === slices.length || (slices.starts[first] as number) >= this.frontEnd
    if (exhausted && this.backFrom < start) {
      this.flip(slices, first, end)
      if (first < slices.length && (slices.starts[first] as number) < end)
        this.accumulators.append(into, slices.slots[first] as number)
      return
    }
    this.extend(slices, Math.max(start, this.backEnd), end)
    if (!exhausted) this.accumulators.append(into, slices.slots[first] as number)
    if (this.back >= 0) this.accumulators.append(into, this.back)
  }

  peek(slices: Slices, start: EpochMs, end: EpochMs, into: number): void {
    const first = slices.from(start)
    let rest = first
    if (first < slices.length && (slices.starts[first] as number) < this.frontEnd) {
      this.accumulators.append(into, slices.slots[first] as number)
      rest = slices.from(this.frontEnd)
    }
    for (let i = rest; i < slices.length && (slices.starts[i] as number) < end; i++) {
      this.accumulators.append(into, slices.slots[i] as number)
    }
  }

  late(slices: Slices, sliceStart: EpochMs, made: boolean, t: EpochMs, value: number, series: number): void {
    if (sliceStart >= this.backEnd || sliceStart < this.passed) return
    if (sliceStart >= this.frontEnd) {
      this.openBack(Math.min(this.backFrom, sliceStart))
      this.put(this.back, t, value, series)
      return
    }
    const at = slices.from(sliceStart)
    const next = at + 1
    if (made && next < slices.length && (slices.starts[next] as number) < this.frontEnd) {
      this.accumulators.append(slices.slots[at] as number, slices.slots[next] as number)
    }
    for (let i = slices.from(this.passed); i < at; i++) this.put(slices.slots[i] as number, t, value, series)
  }

  release(): void {
    this.closeBack()
    this.frontEnd = this.backEnd = this.passed = -Infinity
  }

  write(to: StateWriter): void {
    to.numbers([this.frontEnd, this.passed, this.backFrom, this.backEnd, this.back >= 0 ? 1 : 0])
    if (this.back >= 0) this.accumulators.write(this.back, to)
  }

  read(from: StateReader): void {
    const [frontEnd, passed, backFrom, backEnd, hasBack] = from.numbers() as unknown as [
      number,
      number,
      number,
      number,
      number,
    ]
    this.frontEnd = frontEnd
    this.passed = passed
    if (hasBack === 1) {
      this.openBack(backFrom)
      this.accumulators.read(this.back, from)
    }
    this.backEnd = backEnd
  }

  private put(slot: number, t: EpochMs, value: number, series: number): void {
    if (value - value === 0) this.accumulators.add(slot, t, value, series)
    else this.accumulators.addGaps(slot, 1)
  }

  private openBack(from: EpochMs): void {
    if (this.back < 0) this.back = this.accumulators.create()
    this.backFrom = from
  }

  private closeBack(): void {
    if (this.back >= 0) this.accumulators.release(this.back)
    this.back = -1
    this.backFrom = Infinity
  }

  private extend(slices: Slices, from: EpochMs, end: EpochMs): void {
    for (let i = slices.from(from); i < slices.length && (slices.starts[i] as number) < end; i++) {
      if (this.back < 0) this.openBack(slices.starts[i] as number)
      this.accumulators.append(this.back, slices.slots[i] as number)
    }
    this.backEnd = end
  }

  private flip(slices: Slices, first: number, end: EpochMs): void {
    this.closeBack()
    for (let i = slices.from(end) - 2; i >= first; i--) {
      this.accumulators.append(slices.slots[i] as number, slices.slots[i + 1] as number)
    }
    this.frontEnd = this.backEnd = end
  }
}
