/** Means of the last values at several lengths, from one ring. */
import type { StateLayout } from './state-layout'

const NEXT = 0
const COUNT = 1
const SUMS = 2

/** Until a length is filled its mean is that of what there is. `state` is all zeros at first. */
export class MovingMeans {
  private readonly at: number
  private readonly ring: number
  private readonly size: number

  /** `lengths` in samples, ascending. */
  constructor(
    layout: StateLayout,
    private readonly lengths: readonly number[],
  ) {
    this.size = lengths[lengths.length - 1] as number
    this.at = layout.take(SUMS + lengths.length)
    this.ring = layout.take(this.size)
  }

  /** A finite value. */
  add(state: Float64Array, value: number): void {
    const { at, ring, size, lengths } = this
    const next = state[at + NEXT] as number
    for (let i = 0; i < lengths.length; i++) {
      const leaving = next - (lengths[i] as number)
      // 0 where the ring is not filled yet.
      const left = state[ring + (leaving < 0 ? leaving + size : leaving)] as number
      state[at + SUMS + i] = (state[at + SUMS + i] as number) + value - left
    }
    state[ring + next] = value
    if ((state[at + COUNT] as number) < size) state[at + COUNT] = (state[at + COUNT] as number) + 1
    state[at + NEXT] = next + 1 === size ? 0 : next + 1
    // What rounding left in the sums goes once in a turn.
    if (next + 1 === size) this.sumAnew(state)
  }

  /** `age`: 0 is the last value; 0 where there is none that old. */
  back(state: Float64Array, age: number): number {
    const at = (state[this.at + NEXT] as number) - 1 - age
    return state[this.ring + (at < 0 ? at + this.size : at)] as number
  }

  /** Of the `index`-th length; 0 before the first value. */
  mean(state: Float64Array, index: number): number {
    const count = Math.min(state[this.at + COUNT] as number, this.lengths[index] as number)
    return count === 0 ? 0 : (state[this.at + SUMS + index] as number) / count
  }

  private sumAnew(state: Float64Array): void {
    for (let i = 0; i < this.lengths.length; i++) {
      let sum = 0
      for (let age = this.lengths[i] as number; age-- > 0;) sum += this.back(state, age)
      state[this.at + SUMS + i] = sum
    }
  }
}
