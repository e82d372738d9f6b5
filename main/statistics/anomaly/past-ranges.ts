/** How far measures have left their own past range, in widths of it, over several memories. */
import type { StateLayout } from './state-layout'

/** Samples after which half of a range is forgotten; short memories alarm at what is usual. */
const MEMORIES: readonly number[] = [Infinity, 20_000, 10_000]
/** Share of the width by which both ends of a range move in at a sample. */
const FORGOTTEN = Float64Array.from(MEMORIES, (memory) => 0.5 / memory)
const RANGES = MEMORIES.length

/** Ranges lie one after the other, each its lowest and highest. */
const HIGH = 1
const RANGE = 2

/** Serves any number of series: `state` is that of one, begun with `begin`. Values are in the unit of their measure. */
export class PastRanges {
  private readonly from: number

  constructor(
    layout: StateLayout,
    private readonly measures: number,
  ) {
    this.from = layout.take(RANGE * RANGES * measures)
  }

  /** To be called once for a new state: no value is beyond a range that is not known. */
  begin(state: Float64Array): void {
    state.fill(NaN, this.from, this.from + RANGE * RANGES * this.measures)
  }

  /**
   * In [0,1]: 0 within all ranges and where there is none yet, 1 beyond by the width of each or more. `floor`: the
   * least width.
   */
  evidence(state: Float64Array, measure: number, value: number, floor: number): number {
    let at = this.from + measure * RANGE * RANGES
    let sum = 0
    for (let m = 0; m < RANGES; m++, at += RANGE) {
      const low = state[at] as number
      const high = state[at + HIGH] as number
      if (value > high || value < low) {
        const beyond = value > high ? value - high : low - value
        sum += Math.min(1, Math.sqrt(beyond / Math.max(high - low, floor)))
      }
    }
    return sum / RANGES
  }

  /** Each range takes the value in, and forgets a little. */
  learn(state: Float64Array, measure: number, value: number): void {
    let at = this.from + measure * RANGE * RANGES
    for (let m = 0; m < RANGES; m++, at += RANGE) {
      const low = state[at] as number
      const high = state[at + HIGH] as number
      if (value < high && value > low) {
        const forgotten = (high - low) * (FORGOTTEN[m] as number)
        const raised = low + forgotten
        const lowered = high - forgotten
        state[at] = raised < value ? raised : value
        state[at + HIGH] = lowered > value ? lowered : value
      } else {
        if (!(value > low)) state[at] = value
        if (!(value < high)) state[at + HIGH] = value
      }
    }
  }
}
