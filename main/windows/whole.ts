/** The whole input of a key as one window, fired at its end. */
import type { Accumulators, OpenWindow, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import { widenDoubles } from './columns'
import type { PaneContext, Panes } from './panes'
import { carriesNothing } from './session'

/** Later than every time and watermark but that of the end. */
const AT_THE_END = Number.MAX_VALUE

interface KeyState {
  slot: number
  start: EpochMs
  end: EpochMs
}

/** One window of a key: bounds are its smallest and largest time (ms since the epoch). A key with gaps alone has none. */
export class WholePanes implements Panes {
  due: Float64Array = new Float64Array(0)
  private readonly keys: KeyState[] = []

  constructor(
    private readonly accumulators: Accumulators,
    private readonly context: PaneContext,
  ) {}

  addKey(key: number): void {
    this.due = widenDoubles(this.due, key + 1, Infinity)
    this.keys[key] = { slot: this.accumulators.create(), start: Infinity, end: -Infinity }
  }

  add(key: number, series: number, t: EpochMs, value: number): void {
    const state = this.keys[key] as KeyState
    if (value - value !== 0) {
      this.accumulators.addGaps(state.slot, 1)
      return
    }
    this.accumulators.add(state.slot, t, value, series)
    if (t < state.start) state.start = t
    if (t > state.end) state.end = t
    this.due[key] = AT_THE_END
  }

  order(key: number): number {
    return (this.keys[key] as KeyState).end
  }

  fire(key: number): void {
    this.due[key] = Infinity
    const open = this.open(key)
    if (open === null) return
    const { pipeline, out } = this.context
    const result = { pipeline, key: this.context.keyId(key), ...open, revision: 0 }
    out.fire(result)
    out.settled?.(result)
    const state = this.keys[key] as KeyState
    this.accumulators.clear(state.slot)
    state.start = Infinity
    state.end = -Infinity
  }

  open(key: number): OpenWindow | null {
    const state = this.keys[key]
    if (state === undefined || this.accumulators.count(state.slot) === 0) return null
    const { slot, start, end } = state
    return { start, end, values: this.accumulators.result(slot, { start, end, carry: carriesNothing }) }
  }

  write(key: number, to: StateWriter): void {
    const { slot, start, end } = this.keys[key] as KeyState
    to.numbers([start, end, this.due[key] as number])
    this.accumulators.write(slot, to)
  }

  read(key: number, from: StateReader): void {
    const state = this.keys[key] as KeyState
    const [start, end, due] = from.numbers() as unknown as [number, number, number]
    state.start = start
    state.end = end
    this.due[key] = due
    this.accumulators.read(state.slot, from)
  }
}
