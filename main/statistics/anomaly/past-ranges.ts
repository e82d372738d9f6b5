/** How far measures have left their own past range, in widths of it, over several memories. */
import type { StateBlock } from './block'

/** Samples after which half of a range is forgotten; short memories alarm at what is usual. */
const MEMORIES: readonly number[] = [Infinity, 20_000, 10_000]

export class PastRanges {
  private readonly known: Float64Array
  private readonly lowest: Float64Array
  private readonly highest: Float64Array

  constructor(block: StateBlock, measures: number) {
    this.known = block.take(measures)
    this.lowest = block.take(measures * MEMORIES.length)
    this.highest = block.take(measures * MEMORIES.length)
  }

  static size(measures: number): number {
    return measures * (1 + 2 * MEMORIES.length)
  }

  /**
   * In [0,1]: 0 within all ranges, 1 beyond by the width of each or more. `floor`: the least width.
   * The first value of a measure is its range.
   */
  evidence(measure: number, value: number, floor: number): number {
    if (this.known[measure] === 0) return 0
    let sum = 0
    for (let m = 0; m < MEMORIES.length; m++) {
      const at = measure * MEMORIES.length + m
      const low = this.lowest[at] as number
      const high = this.highest[at] as number
      const beyond = value > high ? value - high : low - value
      if (beyond > 0) sum += Math.min(1, Math.sqrt(beyond / Math.max(high - low, floor)))
    }
    return sum / MEMORIES.length
  }

  learn(measure: number, value: number): void {
    const { known, lowest, highest } = this
    for (let m = 0; m < MEMORIES.length; m++) {
      const at = measure * MEMORIES.length + m
      const low = known[measure] === 0 ? value : Math.min(value, lowest[at] as number)
      const high = known[measure] === 0 ? value : Math.max(value, highest[at] as number)
      const forgotten = ((high - low) * 0.5) / (MEMORIES[m] as number)
      lowest[at] = Math.min(value, low + forgotten)
      highest[at] = Math.max(value, high - forgotten)
    }
    known[measure] = 1
  }
}
