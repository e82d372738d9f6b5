/**
 * The content of windows that overlap, one after another, in amortised constant time per slice: two stacks of
 * partial aggregates (Tangwongsan, Hirzel, Schneider: "General incremental sliding-window aggregation", VLDB 2015).
 * Front: for each of its slices the aggregate from there to the front's end. Back: one aggregate of what follows.
 */
import type { Accumulators, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Slices } from './slices'

/** The slot with what the front and the back hold together; −1: there is none. */
export function joined(accumulators: Accumulators, front: number, back: number, scratch: number): number {
  if (back < 0) return front
  if (front < 0) return back
  accumulators.join(scratch, front, back)
  return scratch
}

/**
 * The content of windows that share slices, which are kept beside the two stacks: for windows that may fire again and
 * statistics that follow the order of time.
 */
export class SlidingMerge {
  private frontStarts: number[] = []
  private frontSlots: number[] = []
  private frontHead = 0
  private back = -1
  private backFrom: EpochMs = Infinity
  private backEnd: EpochMs = -Infinity
  /** Start of the window asked for last: slices before it are in no later window. */
  private passed: EpochMs = -Infinity
  private dirty = false

  constructor(private readonly accumulators: Accumulators) {}

  /** False where samples may be added to the slice freely. */
  isMerged(slices: Slices, at: number): boolean {
    return slices.start(at) < this.backEnd
  }

  /**
   * The slot that holds [start, end), which is to be left as it is, or −1 where there is nothing; `scratch` may be
   * used for it. Windows must be asked for in the order of their ends.
   */
  window(slices: Slices, start: EpochMs, end: EpochMs, scratch: number): number {
    this.passed = start
    while (this.frontHead < this.frontStarts.length && (this.frontStarts[this.frontHead] as number) < start) this.pop()
    const exhausted = this.frontHead === this.frontStarts.length
    if (this.dirty || (exhausted && this.backFrom < start)) this.flip(slices, start, end)
    else this.extend(slices, Math.max(start, this.backEnd), end)
    return joined(this.accumulators, this.frontSlots[this.frontHead] ?? -1, this.back, scratch)
  }

  /** Fills `into`, which is empty, out of turn, leaving everything as it is. */
  peek(slices: Slices, start: EpochMs, end: EpochMs, into: number): void {
    for (let i = slices.from(start); i < slices.length && slices.start(i) < end; i++) {
      this.accumulators.append(into, slices.slot(i))
    }
  }

  /** A sample (NaN: a gap) has come into a merged slice, which is new where `made`. */
  late(slices: Slices, at: number, made: boolean, t: EpochMs, value: number, series: number): void {
    const sliceStart = slices.start(at)
    if (sliceStart < this.passed || this.dirty) return
    if (this.accumulators.needsCarry) {
      this.dirty = true
    } else if (this.back >= 0 && sliceStart >= this.backFrom) {
      this.put(this.back, t, value, series)
    } else if (this.frontHead < this.frontStarts.length && sliceStart >= (this.frontStarts[this.frontHead] as number)) {
      if (made) this.dirty = true
      else {
        for (
          let i = this.frontHead;
          i < this.frontStarts.length && (this.frontStarts[i] as number) <= sliceStart;
          i++
        ) {
          this.put(this.frontSlots[i] as number, t, value, series)
        }
      }
    } else {
      this.dirty = true
    }
  }

  /** The oldest slice is about to go. */
  dropped(slices: Slices): void {
    if (slices.size === 1) this.release()
  }

  write(to: StateWriter): void {
    to.numbers([this.passed, this.backFrom, this.backEnd, this.dirty ? 1 : 0, this.back >= 0 ? 1 : 0])
    if (this.back >= 0) this.accumulators.write(this.back, to)
    to.numbers(this.frontStarts, this.frontHead)
    for (let i = this.frontHead; i < this.frontSlots.length; i++)
      this.accumulators.write(this.frontSlots[i] as number, to)
  }

  read(from: StateReader): void {
    const [passed, backFrom, backEnd, dirty, hasBack] = from.numbers() as unknown as [
      number,
      number,
      number,
      number,
      number,
    ]
    this.passed = passed
    this.backFrom = backFrom
    this.backEnd = backEnd
    this.dirty = dirty === 1
    if (hasBack === 1) {
      this.back = this.accumulators.create()
      this.accumulators.read(this.back, from)
    }
    this.frontStarts = [...from.numbers()]
    for (let i = 0; i < this.frontStarts.length; i++) {
      const slot = this.accumulators.create()
      this.accumulators.read(slot, from)
      this.frontSlots.push(slot)
    }
  }

  private put(slot: number, t: EpochMs, value: number, series: number): void {
    if (value - value === 0) this.accumulators.add(slot, t, value, series)
    else this.accumulators.addGaps(slot, 1)
  }

  private release(): void {
    while (this.frontHead < this.frontStarts.length) this.pop()
    if (this.back >= 0) this.accumulators.release(this.back)
    this.back = -1
    this.backFrom = Infinity
    this.backEnd = -Infinity
    this.dirty = false
    this.passed = -Infinity
  }

  private pop(): void {
    this.accumulators.release(this.frontSlots[this.frontHead++] as number)
    if (this.frontHead < this.frontStarts.length) return
    this.frontStarts.length = this.frontSlots.length = this.frontHead = 0
  }

  private extend(slices: Slices, from: EpochMs, end: EpochMs): void {
    for (let i = slices.from(from); i < slices.length && slices.start(i) < end; i++) {
      if (this.back < 0) {
        this.back = this.accumulators.create()
        this.backFrom = slices.start(i)
      }
      this.accumulators.append(this.back, slices.slot(i))
    }
    this.backEnd = end
  }

  /** Every slice of the window becomes the front. */
  private flip(slices: Slices, start: EpochMs, end: EpochMs): void {
    this.release()
    this.passed = start
    const first = slices.from(start)
    const last = slices.from(end) - 1
    for (let i = last; i >= first; i--) {
      const slot = this.accumulators.create()
      this.accumulators.append(slot, slices.slot(i))
      if (i < last) this.accumulators.append(slot, this.frontSlots[last - i - 1] as number)
      this.frontSlots.push(slot)
    }
    this.frontSlots.reverse()
    for (let i = first; i <= last; i++) this.frontStarts.push(slices.start(i))
    this.backEnd = end
  }
}
