/**
 * The state of windows with fixed bounds that fire once: no lateness is allowed, and no statistic asks what was before
 * the window. What ends is dropped then, and nothing else is ever due. This is the usual case, and the hot one.
 */
import type { Accumulators, OpenWindow, StateReader, StateWriter, WindowFrame } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import { widenDoubles, widenInts } from './columns'
import type { PaneContext, Panes } from './panes'
import { END, HEAD, MERGED, ROW, SliceRuns } from './slice-runs'
import type { Slicing } from './slicing'
import { TwoStacks } from './two-stacks'

/**
 * Times are ms since the epoch, bounds [start, end). A sample whose every window is over is late, one that belongs to
 * none is unassigned. Source: Flink's window operator over slices.
 */
export class OncePanes implements Panes {
  due: Float64Array = new Float64Array(0)
  /** The newest slice there was of the key; with an end while adding to it needs no further thought. */
  private paneStart: Float64Array = new Float64Array(0)
  private paneEnd: Float64Array = new Float64Array(0)
  private paneSlot: Int32Array = new Int32Array(0)
  private readonly runs = new SliceRuns()
  private readonly stacks: TwoStacks
  private readonly scratch: number

  constructor(
    private readonly slicing: Slicing,
    private readonly accumulators: Accumulators,
    private readonly context: PaneContext,
  ) {
    this.stacks = new TwoStacks(this.runs, accumulators)
    this.scratch = accumulators.create()
  }

  addKey(key: number): void {
    this.due = widenDoubles(this.due, key + 1, Infinity)
    this.paneStart = widenDoubles(this.paneStart, key + 1, -Infinity)
    this.paneEnd = widenDoubles(this.paneEnd, key + 1, -Infinity)
    this.paneSlot = widenInts(this.paneSlot, key + 1, -1)
    this.runs.addKey(key)
  }

  add(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    if (t >= (this.paneStart[key] as number) && t < (this.paneEnd[key] as number) && value - value === 0) {
      this.accumulators.add(this.paneSlot[key] as number, t, value, series)
    } else this.assign(key, series, t, value, watermark)
  }

  fire(key: number): void {
    const { accumulators, context, slicing, stacks } = this
    const row = key * ROW
    const due = this.due[key] as number
    if ((this.paneStart[key] as number) < due) this.paneEnd[key] = -Infinity
    const start = slicing.startOf(due)
    const slot = slicing.disjoint ? this.only(row, start) : stacks.window(row, due, this.scratch)
    const values = slot >= 0 && accumulators.count(slot) > 0 ? accumulators.result(slot, FRAME) : null
    // The oldest slice that stays says what is next.
    const oldest = stacks.drop(row, slicing.neededFrom(due))
    const next = oldest < Infinity ? slicing.firstEndOf(oldest) : Infinity
    this.due[key] = next > due ? next : slicing.following(due)
    if (values === null) return
    const result = { pipeline: context.pipeline, key: context.keyId(key), start, end: due, revision: 0, values }
    context.out.fire(result)
    context.out.settled?.(result)
  }

  open(key: number): OpenWindow | null {
    const { slicing, accumulators, scratch, runs } = this
    const row = key * ROW
    const last = (runs.rows[row + END] as number) - 1
    if (last < (runs.rows[row + HEAD] as number)) return null
    const newest = runs.starts[last] as number
    const end = Math.max(slicing.firstEndOf(newest), this.due[key] as number)
    if (!Number.isFinite(end) || end > slicing.lastEndOf(newest)) return null
    const start = slicing.startOf(end)
    accumulators.clear(scratch)
    this.stacks.peek(row, start, end, scratch)
    return accumulators.count(scratch) > 0 ? { start, end, values: accumulators.result(scratch, FRAME) } : null
  }

  write(key: number, to: StateWriter): void {
    const { rows, starts, slots } = this.runs
    const row = key * ROW
    const head = rows[row + HEAD] as number
    const end = rows[row + END] as number
    const due = this.due[key] as number
    to.numbers([due, due])
    to.numbers(starts, head, end)
    for (let at = head; at < end; at++) this.accumulators.write(slots[at] as number, to)
    if (!this.slicing.disjoint) this.stacks.write(row, to)
  }

  read(key: number, from: StateReader): void {
    const row = key * ROW
    this.due[key] = from.numbers()[0] as number
    for (const start of from.numbers()) {
      const slot = this.accumulators.create()
      this.accumulators.read(slot, from)
      this.runs.push(row, start, slot)
      this.paneStart[key] = start
    }
    if (!this.slicing.disjoint) this.stacks.read(row, from)
  }

  private only(row: number, start: EpochMs): number {
    const { rows, starts, slots } = this.runs
    const head = rows[row + HEAD] as number
    return starts[head] === start ? (slots[head] as number) : -1
  }

  private assign(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    const { slicing, context } = this
    slicing.locate(t)
    const { sliceStart, firstEnd, lastEnd } = slicing
    if (firstEnd > lastEnd) {
      context.out.unassigned(context.seriesId(series), t)
      return
    }
    if (firstEnd <= watermark) {
      if (lastEnd <= watermark) context.out.late(context.seriesId(series), t, value)
      context.out.missed?.(context.keyId(key), t, watermark)
      if (lastEnd <= watermark) return
    }
    const row = key * ROW
    const { rows } = this.runs
    if (rows[row + END] === rows[row + HEAD] || (this.paneStart[key] as number) < sliceStart) {
      // Nearly every slice begins so: with a value newer than all of the key.
      const slot = value - value === 0 ? this.accumulators.begin(t, value, series) : this.createWithGap()
      this.runs.push(row, sliceStart, slot)
      this.paneStart[key] = sliceStart
      if (firstEnd > watermark) this.setPane(key, slot)
      else this.paneEnd[key] = -Infinity
    } else this.assignDisplaced(key, row, series, t, value, watermark)
    const next = firstEnd > watermark ? firstEnd : slicing.endAfter(watermark)
    if (next <= lastEnd && next < (this.due[key] as number)) this.due[key] = next
  }

  /** A value that is not in a new slice behind all others; the slicing has located it. */
  private assignDisplaced(key: number, row: number, series: number, t: EpochMs, value: number, watermark: EpochMs) {
    const { accumulators, runs } = this
    const { sliceStart, firstEnd } = this.slicing
    let at = runs.from(row, sliceStart)
    const made = runs.starts[at] !== sliceStart
    if (made) at = runs.insert(row, at, sliceStart, accumulators.create())
    const slot = runs.slots[at] as number
    if (value - value === 0) accumulators.add(slot, t, value, series)
    else accumulators.addGaps(slot, 1)
    if (at < (runs.rows[row + MERGED] as number)) this.stacks.late(row, at, made, t, value, series)
    else if (at === (runs.rows[row + END] as number) - 1 && firstEnd > watermark) this.setPane(key, slot)
  }

  private createWithGap(): number {
    const slot = this.accumulators.create()
    this.accumulators.addGaps(slot, 1)
    return slot
  }

  /** The slice located is the newest of the key and not merged: what comes into it next is just added. */
  private setPane(key: number, slot: number): void {
    this.paneStart[key] = this.slicing.sliceStart
    this.paneEnd[key] = this.slicing.sliceEnd
    this.paneSlot[key] = slot
  }
}

/** Nothing before a window is asked for. */
const FRAME: WindowFrame = { start: 0, end: 0, carry: () => false }
