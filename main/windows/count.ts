/** Count windows: per key in arrival order, after every `slide` elements the last up to `size` elements. */
import type { Accumulators, OpenWindow, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import { widenDoubles } from './columns'
import type { PaneContext, Panes } from './panes'
import { carriesNothing } from './session'

/** A ring of the last elements of one key, growing to `size`. */
interface KeyState {
  times: Float64Array
  values: Float64Array
  /** Series of each element, and the gaps that arrived before it. */
  series: Float64Array
  gaps: Float64Array
  /** Elements seen, firings made, gaps since the last element. */
  seen: number
  fired: number
  pendingGaps: number
}

/**
 * `size` and `slide` count finite values; gaps fall to the element that follows them. A slide beyond the size leaves
 * elements out. Nothing is ever late, and what is open at the end does not fire. Source: Flink's countWindow.
 */
export class CountPanes implements Panes {
  due: Float64Array = new Float64Array(0)
  private readonly keys: KeyState[] = []
  private readonly scratch: number

  constructor(
    private readonly size: number,
    private readonly slide: number,
    private readonly accumulators: Accumulators,
    private readonly context: PaneContext,
  ) {
    this.scratch = accumulators.create()
  }

  addKey(key: number): void {
    this.due = widenDoubles(this.due, key + 1, Infinity)
    const [times, values, series, gaps] = [0, 0, 0, 0].map(() => new Float64Array(0)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    this.keys[key] = { times, values, series, gaps, seen: 0, fired: 0, pendingGaps: 0 }
  }

  add(key: number, series: number, t: EpochMs, value: number): void {
    const state = this.keys[key] as KeyState
    if (value - value !== 0) {
      state.pendingGaps++
      return
    }
    const at = state.seen % this.size
    if (at >= state.times.length) this.widen(state, at + 1)
    state.times[at] = t
    state.values[at] = value
    state.series[at] = series
    state.gaps[at] = state.pendingGaps
    state.pendingGaps = 0
    state.seen++
    if (state.seen % this.slide === 0) this.emit(key, state)
  }

  fire(): void {}

  open(key: number): OpenWindow | null {
    const state = this.keys[key]
    return state === undefined || state.seen % this.slide === 0 ? null : this.content(state)
  }

  write(key: number, to: StateWriter): void {
    const { times, values, series, gaps, seen, fired, pendingGaps } = this.keys[key] as KeyState
    to.numbers([seen, fired, pendingGaps])
    for (const column of [times, values, series, gaps]) to.numbers(column)
  }

  read(key: number, from: StateReader): void {
    const [seen, fired, pendingGaps] = from.numbers() as unknown as [number, number, number]
    const [times, values, series, gaps] = [from.numbers(), from.numbers(), from.numbers(), from.numbers()]
    this.keys[key] = { times, values, series, gaps, seen, fired, pendingGaps }
  }

  private emit(key: number, state: KeyState): void {
    const { pipeline, out } = this.context
    const { start, end, values } = this.content(state)
    const result = { pipeline, key: this.context.keyId(key), start, end, index: state.fired++, revision: 0, values }
    out.fire(result)
    out.settled?.(result)
  }

  private content(state: KeyState): OpenWindow {
    const { accumulators, scratch, size } = this
    accumulators.clear(scratch)
    let start = Infinity
    let end = -Infinity
    for (let element = Math.max(0, state.seen - size); element < state.seen; element++) {
      const at = element % size
      const t = state.times[at] as number
      accumulators.add(scratch, t, state.values[at] as number, state.series[at] as number)
      accumulators.addGaps(scratch, state.gaps[at] as number)
      if (t < start) start = t
      if (t > end) end = t
    }
    return { start, end, values: accumulators.result(scratch, { start, end, carry: carriesNothing }) }
  }

  private widen(state: KeyState, atLeast: number): void {
    const length = Math.min(this.size, Math.max(atLeast, state.times.length * 2, 8))
    for (const name of ['times', 'values', 'series', 'gaps'] as const) {
      const grown = new Float64Array(length)
      grown.set(state[name])
      state[name] = grown
    }
  }
}
