/** How far measures have left their own past range, in widths of it, over several memories. */
import type { StateBlock } from './block'

/** Samples after which half of a range is forgotten; short memories alarm at what is usual. */
const MEMORIES: readonly number[] = [Infinity, 20_000, 10_000]
/** Share of the width by which both ends of a range move in at a sample. */
const FORGOTTEN = Float64Array.from(MEMORIES, (memory) => 0.5 / memory)
const RANGES = MEMORIES.length

export class PastRanges {
  private readonly lowest: Float64Array
  private readonly highest: Float64Array

  constructor(block: StateBlock, measures: number) {
    this.lowest = block.take(measures * RANGES)
    this.highest = block.take(measures * RANGES)
    // No value is beyond a range that is not known.
    this.lowest.fill(NaN)
    this.highest.fill(NaN)
  }

  static size(measures: number): number {
    return 2 * measures * RANGES
  }

  /**
   * In [0,1]: 0 within all ranges and where there is none yet, 1 beyond by the width of each or more. `floor`: the
   * least width.
   */
  evidence(measure: number, value: number, floor: number): number {
    const { lowest, highest } = this
    let sum = 0
    for (let at = measure * RANGES; at < (measure + 1) * RANGES; at++) {
      const low = lowest[at] as number
      const high = highest[at] as number
      if (value > high || value < low) {
        const beyond = value > high ? value - high : low - value
        sum += Math.min(1, Math.sqrt(beyond / Math.max(high - low, floor)))
      }
    }
    return sum / RANGES
  }

  /** Each range takes the value in, and forgets a little. */
  learn(measure: number, value: number): void {
    const { lowest, highest } = this
    for (let m = 0; m < RANGES; m++) {
      const at = measure * RANGES + m
      const low = lowest[at] as number
      const high = highest[at] as number
      if (value < high && value > low) {
        const forgotten = (high - low) * (FORGOTTEN[m] as number)
        const raised = low + forgotten
        const lowered = high - forgotten
        lowest[at] = raised < value ? raised : value
        highest[at] = lowered > value ? lowered : value
      } else {
        if (!(value > low)) lowest[at] = value
        if (!(value < high)) highest[at] = value
      }
    }
  }
}
