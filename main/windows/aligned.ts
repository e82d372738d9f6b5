/**
 * The state of windows with fixed bounds (tumbling, hopping, cumulative, calendar) that may fire again, or whose
 * statistics ask what was before them.
 */
import type { Accumulators, OpenWindow, Reading, StateReader, StateWriter, WindowFrame } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import { Carried } from './carry'
import { widenDoubles, widenInts } from './columns'
import type { PaneContext, Panes } from './panes'
import { Slices } from './slices'
import type { Slicing } from './slicing'
import { SlidingMerge } from './sliding'
import { StandingWindows } from './standing'

interface KeyState {
  readonly slices: Slices
  /** Only where windows overlap. */
  readonly sliding: SlidingMerge | null
  /** Only with an allowed lateness. */
  readonly standing: StandingWindows | null
  /** The newest samples that are no longer in a slice. */
  readonly floor: Carried | null
  nextFire: EpochMs
}

/** Times are ms since the epoch, bounds [start, end). Source: Flink's window operator over slices. */
export class AlignedPanes implements Panes {
  due: Float64Array = new Float64Array(0)
  /** The slice that the key's last sample went to, while adding to it needs no further thought. */
  private paneStart: Float64Array = new Float64Array(0)
  private paneEnd: Float64Array = new Float64Array(0)
  private paneSlot: Int32Array = new Int32Array(0)
  private readonly keys: KeyState[] = []
  private readonly scratch: number
  private readonly frame: CarryFrame

  constructor(
    private readonly slicing: Slicing,
    private readonly accumulators: Accumulators,
    private readonly context: PaneContext,
  ) {
    this.scratch = accumulators.create()
    this.frame = new CarryFrame(accumulators)
  }

  addKey(key: number): void {
    this.due = widenDoubles(this.due, key + 1, Infinity)
    this.paneStart = widenDoubles(this.paneStart, key + 1, Infinity)
    this.paneEnd = widenDoubles(this.paneEnd, key + 1, -Infinity)
    this.paneSlot = widenInts(this.paneSlot, key + 1, -1)
    this.keys[key] = {
      slices: new Slices(this.slicing),
      sliding: this.slicing.disjoint ? null : new SlidingMerge(this.accumulators),
      standing: this.context.allowedLateness > 0 ? new StandingWindows() : null,
      floor: this.accumulators.needsCarry ? new Carried() : null,
      nextFire: Infinity,
    }
  }

  add(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    if (t >= (this.paneStart[key] as number) && t < (this.paneEnd[key] as number) && value - value === 0) {
      this.accumulators.add(this.paneSlot[key] as number, t, value, series)
    } else this.assign(key, series, t, value, watermark)
  }

  fire(key: number, watermark: EpochMs): void {
    const state = this.keys[key] as KeyState
    const due = this.due[key] as number
    if ((this.paneStart[key] as number) < due) this.paneEnd[key] = -Infinity
    const fires = state.nextFire === due
    if (fires) this.fireWindow(key, state, due)
    if (due <= watermark) this.drop(state, due - this.context.allowedLateness)
    if (fires) state.nextFire = this.fireAfter(state, due)
    this.due[key] = Math.min(state.nextFire, this.dropTime(state))
  }

  open(key: number): OpenWindow | null {
    const state = this.keys[key]
    if (state === undefined) return null
    const last = state.slices.length - 1
    if (last < state.slices.head) return null
    const end = Math.max(state.slices.firstEnd(last), state.nextFire)
    if (!Number.isFinite(end) || end > state.slices.lastEnd(last)) return null
    const start = this.slicing.startOf(end)
    const values = this.content(state, start, end, null, false)
    return values === null ? null : { start, end, values }
  }

  write(key: number, to: StateWriter): void {
    const state = this.keys[key] as KeyState
    to.numbers([this.due[key] as number, state.nextFire])
    state.slices.write(to, this.accumulators)
    state.sliding?.write(to)
    state.standing?.write(to)
    state.floor?.write(to)
  }

  read(key: number, from: StateReader): void {
    const [due, nextFire] = from.numbers() as unknown as [number, number]
    const empty = this.keys[key] as KeyState
    empty.slices.read(from, this.accumulators)
    empty.sliding?.read(from)
    empty.standing?.read(from, this.context.pipeline, this.context.keyId(key), Carried.read)
    this.keys[key] = { ...empty, floor: empty.floor === null ? null : Carried.read(from), nextFire }
    this.due[key] = due
  }

  private assign(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    const { slicing, context } = this
    const { allowedLateness, out } = context
    const state = this.keys[key] as KeyState
    const finite = value - value === 0
    slicing.locate(t)
    const { sliceStart, sliceEnd, firstEnd, lastEnd } = slicing
    const unassigned = firstEnd > lastEnd
    if (unassigned) out.unassigned(context.seriesId(series), t)
    else if (lastEnd + allowedLateness <= watermark) out.late(context.seriesId(series), t, value)
    if (!unassigned && firstEnd + allowedLateness <= watermark) out.missed?.(context.keyId(key), t, watermark)
    if (lastEnd + allowedLateness <= watermark) {
      if (finite) state.floor?.offer(this.accumulators.needsSeries ? series : 0, t, value)
      return
    }
    if (unassigned && (state.floor === null || !finite)) return
    const { slices, sliding } = state
    const before = slices.size
    const at = slices.enter(sliceStart, this.accumulators)
    const slot = slices.slot(at)
    if (finite) this.accumulators.add(slot, t, value, series)
    else this.accumulators.addGaps(slot, 1)
    const merged = sliding !== null && sliding.isMerged(slices, at)
    if (merged) sliding.late(slices, at, slices.size > before, t, value, series)
    if (unassigned) {
      this.due[key] = Math.min(state.nextFire, this.dropTime(state))
      return
    }
    if (firstEnd <= watermark) this.fireAgain(key, state, firstEnd, Math.min(lastEnd, watermark), watermark)
    else if (!merged && (sliceStart >= (this.paneStart[key] as number) || this.paneEnd[key] === -Infinity)) {
      // The newest slice only: a displaced sample must not push it out.
      this.paneStart[key] = sliceStart
      this.paneEnd[key] = sliceEnd
      this.paneSlot[key] = slot
    }
    const next = firstEnd > watermark ? firstEnd : slicing.endAfter(watermark)
    if (next <= lastEnd && next < state.nextFire) state.nextFire = next
    // A younger slice is dropped after the oldest, whose time is in `due` already.
    const oldest = at === slices.head || state.standing !== null
    this.due[key] = Math.min(state.nextFire, oldest ? this.dropTime(state) : (this.due[key] as number))
  }

  /** A late sample within the allowed lateness: its windows that are over fire at once, in the order of their ends. */
  private fireAgain(key: number, state: KeyState, from: EpochMs, to: EpochMs, watermark: EpochMs): void {
    const { allowedLateness } = this.context
    if (allowedLateness === 0) return
    const notLate = from + allowedLateness > watermark ? from : this.slicing.endAfter(watermark - allowedLateness)
    for (let end = notLate; end <= to; end = this.slicing.following(end)) this.fireWindow(key, state, end)
  }

  private fireWindow(key: number, state: KeyState, end: EpochMs): void {
    const { context } = this
    const standing = state.standing?.find(end)
    const start = this.slicing.startOf(end)
    const values = this.content(state, start, end, standing?.carried ?? null, state.nextFire === end)
    if (values === null) return
    const result = {
      pipeline: context.pipeline,
      key: context.keyId(key),
      start,
      end,
      revision: standing === undefined ? 0 : standing.result.revision + 1,
      values,
    }
    context.out.fire(result)
    if (standing !== undefined) standing.result = result
    else if (state.standing !== null) state.standing.insert({ end, result, carried: this.frame.freeze(state) })
    else context.out.settled?.(result)
  }

  /** The statistics of a window, or null where it holds no value; `next`: it fires in its turn. */
  private content(
    state: KeyState,
    start: EpochMs,
    end: EpochMs,
    carried: Carried | null,
    next: boolean,
  ): number[] | null {
    const { accumulators } = this
    const { slices } = state
    let slot = this.scratch
    if (state.sliding === null) {
      const first = slices.from(start)
      if (first === slices.length || slices.start(first) !== start) return null
      slot = slices.slot(first)
    } else if (next) {
      slot = state.sliding.window(slices, start, end, slot)
    } else {
      accumulators.clear(slot)
      state.sliding.peek(slices, start, end, slot)
    }
    if (slot < 0 || accumulators.count(slot) === 0) return null
    return accumulators.result(slot, accumulators.needsCarry ? this.frame.set(state, start, end, carried) : this.frame)
  }

  /** The smallest end after this one of a window with content. */
  private fireAfter(state: KeyState, end: EpochMs): EpochMs {
    const { slices } = state
    for (let i = slices.after(end); i < slices.length; i++) {
      const firstEnd = slices.firstEnd(i)
      if (firstEnd === Infinity) continue
      return firstEnd > end ? firstEnd : this.slicing.following(end)
    }
    return Infinity
  }

  private dropTime({ slices, standing }: KeyState): EpochMs {
    const slice = slices.head < slices.length ? slices.lastEnd(slices.head) : Infinity
    return Math.min(slice, standing === null ? Infinity : standing.earliest) + this.context.allowedLateness
  }

  /** Drops what belongs to no window with a later end. */
  private drop(state: KeyState, end: EpochMs): void {
    const { slices, standing, floor } = state
    if (standing !== null) for (const { result } of standing.takeUntil(end)) this.context.out.settled?.(result)
    while (slices.head < slices.length && slices.lastEnd(slices.head) <= end) {
      state.sliding?.dropped(slices)
      const slot = slices.shift()
      if (floor !== null) this.accumulators.lasts(slot, floor)
      this.accumulators.release(slot)
    }
  }
}

/** Finds the samples that precede a window: in the key's older slices, else among those dropped. */
class CarryFrame implements WindowFrame {
  start = 0
  end = 0
  private slices: Slices | null = null
  private floor: Carried | null = null
  private carried: Carried | null = null

  constructor(private readonly accumulators: Accumulators) {}

  set(state: KeyState, start: EpochMs, end: EpochMs, carried: Carried | null): this {
    this.start = start
    this.end = end
    this.slices = state.slices
    this.floor = state.floor
    this.carried = carried
    return this
  }

  carry(series: number, into: Reading): boolean {
    if (this.carried !== null) return this.carried.get(series, into)
    if (this.slices === null || this.floor === null) return false
    for (let i = this.slices.from(this.start) - 1; i >= this.slices.head; i--) {
      if (this.accumulators.last(this.slices.slot(i), series, into)) return true
    }
    return this.floor.get(series, into)
  }

  /** What `carry` finds for every series, to be kept for later firings of the window set last. */
  freeze(state: KeyState): Carried | null {
    if (state.floor === null || this.slices === null) return null
    const frozen = new Carried()
    state.floor.copyInto(frozen)
    const first = this.slices.from(this.start)
    for (let i = this.slices.head; i < first; i++) this.accumulators.lasts(this.slices.slot(i), frozen)
    return frozen
  }
}
