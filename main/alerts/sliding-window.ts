/**
 * One statistic over the readings in (t − window, t] of a key, t being the newest. The readings lie in short blocks in
 * the order of time, each with its aggregate, so that a reading costs one block at each end and what is between is
 * merged once; one that is later than two blocks costs a merge per block.
 */
import type { Accumulators, Reading, StateReader, StateWriter, WindowFrame } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { BlockMerge } from './block-merge'
import type { Block } from './block-merge'

/** Readings of a key that are kept; what has more within its window cannot be computed (1 MiB). */
export const MOST_READINGS = 65_536

const BLOCK = 64
/** A block with this many is cut in two. */
const FULL = 2 * BLOCK

export class SlidingWindow {
  newest: EpochMs = -Infinity
  private readonly blocks: Block[] = []
  private readonly merge: BlockMerge
  private length = 0
  /** The last reading that fell out: the first step begins at it. */
  private readonly before: Reading = { time: NaN, value: NaN }
  /** Readings before this had to be let go. */
  private wholeFrom: EpochMs = -Infinity

  constructor(
    private readonly window: DurationMs,
    private readonly accumulators: Accumulators,
  ) {
    this.merge = new BlockMerge(accumulators, this.blocks)
  }

  /**
   * A finite value.
   * @param replaces takes the place of one of the same time
   * @returns false where it is too old to matter
   */
  add(time: EpochMs, value: number, replaces: boolean): boolean {
    if (time <= this.newest - this.window) return false
    const at = this.blockOf(time)
    const block = this.blocks[at]
    if (block === undefined) this.append(this.newBlock(), time, value)
    else if (time > this.newest && block.length >= BLOCK) this.append(this.newBlock(), time, value)
    else if (time > this.newest) this.append(block, time, value)
    else this.insert(at, block, time, value, replaces)
    this.newest = Math.max(this.newest, time)
    this.dropUntil(this.newest - this.window)
    if (this.length > MOST_READINGS) this.dropOldest()
    return true
  }

  /** The reading of exactly this time, where there is one. */
  remove(time: EpochMs): void {
    const at = this.blockOf(time)
    const block = this.blocks[at]
    const place = block === undefined ? -1 : block.time.subarray(0, block.length).indexOf(time)
    if (block === undefined || place < 0) return
    block.time.copyWithin(place, place + 1, block.length)
    block.value.copyWithin(place, place + 1, block.length)
    block.length--
    this.length--
    this.fold(block)
    this.merge.changed(at)
    if (block.length > 0) return
    this.merge.releaseSuffix(block)
    this.accumulators.release(block.slot)
    this.blocks.splice(at, 1)
    this.merge.moved()
  }

  /** Whether all readings of the window are there. */
  get isWhole(): boolean {
    return this.wholeFrom <= this.newest - this.window
  }

  /** NaN where the statistic is null. */
  result(): number {
    const { accumulators, newest } = this
    const whole = this.merge.all()
    const frame: WindowFrame = { start: newest - this.window, end: newest, carry: (_series, into) => this.carry(into) }
    const [value = NaN] = accumulators.result(whole, frame)
    accumulators.release(whole)
    return value
  }

  release(): void {
    this.merge.release()
    for (const { slot } of this.blocks) this.accumulators.release(slot)
    this.blocks.length = 0
  }

  write(to: StateWriter): void {
    to.numbers([this.newest, this.before.time, this.before.value, this.wholeFrom])
    to.numbers(this.blocks.map(({ length }) => length))
    for (const { time, value, length } of this.blocks) {
      to.numbers(time, 0, length)
      to.numbers(value, 0, length)
    }
    this.merge.write(to)
  }

  /** Into a new one. @throws RangeError where the state ends too early. */
  read(from: StateReader): void {
    const [newest, time, value, wholeFrom] = from.numbers() as unknown as [number, number, number, number]
    const lengths = from.numbers()
    for (const length of lengths) {
      const block = this.newBlock()
      block.time.set(from.numbers())
      block.value.set(from.numbers())
      block.length = length
      this.length += length
      this.fold(block)
    }
    this.merge.read(from)
    this.newest = newest
    this.before.time = time
    this.before.value = value
    this.wholeFrom = wholeFrom
  }

  private newBlock(): Block {
    const block = {
      time: new Float64Array(FULL),
      value: new Float64Array(FULL),
      length: 0,
      slot: this.accumulators.create(),
      suffix: -1,
    }
    this.blocks.push(block)
    return block
  }

  /** The block that a reading of this time comes into: the last that begins at or before it. */
  private blockOf(time: EpochMs): number {
    let at = this.blocks.length - 1
    while (at > 0 && (this.blocks[at]?.time[0] as number) > time) at--
    return at
  }

  private append(block: Block, time: EpochMs, value: number): void {
    block.time[block.length] = time
    block.value[block.length] = value
    block.length++
    this.length++
    this.accumulators.add(block.slot, time, value, 0)
  }

  private insert(at: number, block: Block, time: EpochMs, value: number, replaces: boolean): void {
    let place = block.length
    while (place > 0 && (block.time[place - 1] as number) > time) place--
    if (replaces && block.time[place - 1] === time) block.value[place - 1] = value
    else {
      block.time.copyWithin(place + 1, place, block.length)
      block.value.copyWithin(place + 1, place, block.length)
      block.time[place] = time
      block.value[place] = value
      block.length++
      this.length++
    }
    if (block.length === FULL) this.split(at, block)
    this.fold(block)
    this.merge.changed(at)
  }

  private split(at: number, block: Block): void {
    const second = this.newBlock()
    this.blocks.pop()
    this.blocks.splice(at + 1, 0, second)
    second.time.set(block.time.subarray(BLOCK))
    second.value.set(block.value.subarray(BLOCK))
    block.length = second.length = BLOCK
    this.fold(second)
    this.merge.moved()
  }

  private fold({ slot, time, value, length }: Block): void {
    this.accumulators.clear(slot)
    for (let i = 0; i < length; i++) this.accumulators.add(slot, time[i] as number, value[i] as number, 0)
  }

  private dropOldest(): void {
    const first = this.blocks[0] as Block
    const last = first.time[first.length - 1] as number
    this.wholeFrom = last
    this.dropUntil(last)
  }

  /** Lets go of the readings up to this time. */
  private dropUntil(time: EpochMs): void {
    let first = this.blocks[0]
    while (first !== undefined && (first.time[first.length - 1] as number) <= time) {
      this.passed(first, first.length)
      this.accumulators.release(first.slot)
      this.blocks.shift()
      this.merge.dropped(first)
      first = this.blocks[0]
    }
    if (first === undefined || (first.time[0] as number) > time) return
    let gone = 0
    while ((first.time[gone] as number) <= time) gone++
    this.passed(first, gone)
    first.time.copyWithin(0, gone, first.length)
    first.value.copyWithin(0, gone, first.length)
    first.length -= gone
    this.fold(first)
  }

  private passed({ time, value }: Block, gone: number): void {
    this.before.time = time[gone - 1] as number
    this.before.value = value[gone - 1] as number
    this.length -= gone
  }

  private carry(into: Reading): boolean {
    if (Number.isNaN(this.before.time)) return false
    into.time = this.before.time
    into.value = this.before.value
    return true
  }
}
