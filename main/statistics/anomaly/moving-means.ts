/** Means of the last values at several lengths, from one ring. */
import type { StateBlock } from './block'

const NEXT = 0
const COUNT = 1

/** Until a length is filled its mean is that of what there is. */
export class MovingMeans {
  private readonly head: Float64Array
  private readonly sums: Float64Array
  private readonly ring: Float64Array

  /** `lengths` in samples, ascending. */
  constructor(
    block: StateBlock,
    private readonly lengths: readonly number[],
  ) {
    this.head = block.take(2)
    this.sums = block.take(lengths.length)
    this.ring = block.take(lengths[lengths.length - 1] as number)
  }

  static size(lengths: readonly number[]): number {
    return 2 + lengths.length + (lengths[lengths.length - 1] as number)
  }

  /** A finite value. */
  add(value: number): void {
    const { head, sums, ring, lengths } = this
    const next = head[NEXT] as number
    for (let i = 0; i < sums.length; i++) {
      const leaving = next - (lengths[i] as number)
      // 0 where the ring is not filled yet.
      const left = ring[leaving < 0 ? leaving + ring.length : leaving] as number
      sums[i] = (sums[i] as number) + value - left
    }
    ring[next] = value
    head[COUNT] = Math.min((head[COUNT] as number) + 1, ring.length)
    head[NEXT] = next + 1 === ring.length ? 0 : next + 1
    // What rounding left in the sums goes once in a turn.
    if (head[NEXT] === 0) this.sumAnew()
  }

  /** `age`: 0 is the last value; 0 where there is none that old. */
  back(age: number): number {
    const { ring } = this
    const at = (this.head[NEXT] as number) - 1 - age
    return ring[at < 0 ? at + ring.length : at] as number
  }

  /** Of the `index`-th length; 0 before the first value. */
  mean(index: number): number {
    const count = Math.min(this.head[COUNT] as number, this.lengths[index] as number)
    return count === 0 ? 0 : (this.sums[index] as number) / count
  }

  private sumAnew(): void {
    const { sums, lengths } = this
    for (let i = 0; i < sums.length; i++) {
      let sum = 0
      for (let age = lengths[i] as number; age-- > 0;) sum += this.back(age)
      sums[i] = sum
    }
  }
}
