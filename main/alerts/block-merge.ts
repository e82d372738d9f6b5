/**
 * What the blocks of a window hold together, in amortised constant time per block: two stacks of aggregates
 * (Tangwongsan, Hirzel, Schneider: "General incremental sliding-window aggregation", VLDB 2015). Front: for each of its
 * blocks the aggregate from there to the front's end. Back: one aggregate of what follows. The first block, which loses
 * readings, and the last two, into which readings come, stand by themselves.
 */
import type { Accumulators, StateReader, StateWriter } from '../contracts'

export interface Block {
  readonly time: Float64Array
  readonly value: Float64Array
  length: number
  /** The aggregate of its readings. */
  readonly slot: number
  /** In the front: the aggregate from here to the front's end; −1: there is none. */
  suffix: number
}

/** Blocks at the end that are in neither stack. */
const TAIL = 2

export class BlockMerge {
  /** Blocks in [1, front) are in the front, those in [front, end) in the back. */
  private front = 1
  private end = 1
  private back = -1
  private stale = false

  constructor(
    private readonly accumulators: Accumulators,
    private readonly blocks: readonly Block[],
  ) {}

  /** A new slot with everything, to be released by the caller. */
  all(): number {
    const { accumulators, blocks } = this
    const sealed = Math.max(1, blocks.length - TAIL)
    if (this.stale || this.end > sealed) this.flip(sealed)
    else this.extend(sealed)
    const into = accumulators.create()
    const [head, second] = blocks
    if (head !== undefined) accumulators.append(into, head.slot)
    if (this.front > 1 && second !== undefined) accumulators.append(into, second.suffix)
    if (this.back >= 0) accumulators.append(into, this.back)
    for (let i = sealed; i < blocks.length; i++) accumulators.append(into, (blocks[i] as Block).slot)
    return into
  }

  /** The block at this place has other readings than before. */
  changed(at: number): void {
    if (at >= 1 && at < this.end) this.stale = true
  }

  /** Blocks have other places than before. */
  moved(): void {
    this.stale = true
  }

  /** The first block is gone from the blocks. */
  dropped(block: Block): void {
    this.releaseSuffix(block)
    this.front--
    this.end--
    // The one that is first now stands by itself, and the back must not hold it.
    if (this.front < 1) this.stale = true
  }

  releaseSuffix(block: Block): void {
    if (block.suffix >= 0) this.accumulators.release(block.suffix)
    block.suffix = -1
  }

  release(): void {
    this.clear()
  }

  write(to: StateWriter): void {
    to.numbers([this.front, this.end, this.stale ? 1 : 0])
  }

  /** Once the blocks are there again. @throws RangeError where the state ends too early */
  read(from: StateReader): void {
    const [front, end, stale] = from.numbers() as unknown as [number, number, number]
    if (stale === 0) {
      this.flip(front)
      this.extend(end)
    } else {
      this.front = front
      this.end = end
      this.stale = true
    }
  }

  /** Makes the blocks before `sealed` the front. */
  private flip(sealed: number): void {
    const { accumulators, blocks } = this
    this.clear()
    for (let i = sealed - 1; i >= 1; i--) {
      const block = blocks[i] as Block
      block.suffix = accumulators.create()
      accumulators.append(block.suffix, block.slot)
      const next = blocks[i + 1]
      if (next !== undefined && next.suffix >= 0) accumulators.append(block.suffix, next.suffix)
    }
    this.front = this.end = sealed
    this.stale = false
  }

  /** Brings the blocks before `sealed` into the back. */
  private extend(sealed: number): void {
    for (; this.end < sealed; this.end++) {
      if (this.back < 0) this.back = this.accumulators.create()
      this.accumulators.append(this.back, (this.blocks[this.end] as Block).slot)
    }
  }

  private clear(): void {
    for (const block of this.blocks) this.releaseSuffix(block)
    if (this.back >= 0) this.accumulators.release(this.back)
    this.back = -1
  }
}
