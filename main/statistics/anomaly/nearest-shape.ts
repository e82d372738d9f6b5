/**
 * How far the last stretch of a series is from the nearest earlier one: a matrix profile (Yeh et al., ICDM 2016) of
 * stretches summed up in four means each, against a bounded choice of the past.
 */
import type { StateBlock } from './block'
import type { MovingMeans } from './moving-means'

const PARTS = 4
const SHAPES = 64
/** The newest shapes stay apart: a stretch is not to be compared with itself. */
const WAITING = 16

const TICK = 0
const KEPT = 1
const RING = 2

export class NearestShape {
  private readonly head: Float64Array
  private readonly shapes: Float64Array
  private readonly waiting: Float64Array
  private readonly current: Float64Array

  /** `part`: samples in each of the four parts of a stretch. */
  constructor(
    block: StateBlock,
    private readonly part: number,
  ) {
    this.head = block.take(3)
    this.shapes = block.take(SHAPES * PARTS)
    this.waiting = block.take(WAITING * PARTS)
    this.current = block.take(PARTS)
  }

  static readonly size = 3 + (SHAPES + WAITING + 1) * PARTS

  /** Sum of the four distances to the nearest earlier shape, in the unit of the values; 0 where there is none. */
  distance(values: MovingMeans): number {
    const { head, current, part } = this
    for (let p = 0; p < PARTS; p++) {
      let sum = 0
      for (let i = 0; i < part; i++) sum += values.back(p * part + i)
      current[p] = sum / part
    }
    const nearest = this.nearest()
    const tick = (head[TICK] as number) + 1
    head[TICK] = tick
    if (tick >= PARTS * part && tick % part === 0) this.keep(tick / part - PARTS)
    return nearest
  }

  private nearest(): number {
    const { shapes, current } = this
    const [a, b, c, d] = [current[0] as number, current[1] as number, current[2] as number, current[3] as number]
    const end = (this.head[KEPT] as number) * PARTS
    let nearest = Infinity
    for (let at = 0; at < end; at += PARTS) {
      const distance =
        Math.abs((shapes[at] as number) - a) +
        Math.abs((shapes[at + 1] as number) - b) +
        Math.abs((shapes[at + 2] as number) - c) +
        Math.abs((shapes[at + 3] as number) - d)
      if (distance < nearest) nearest = distance
    }
    return end === 0 ? 0 : nearest
  }

  /** The oldest waiting shape moves to the others, when all are taken in place of one that a fixed sequence picks. */
  private keep(turn: number): void {
    const { head, shapes, waiting, current } = this
    const at = (head[RING] as number) * PARTS
    if (turn >= WAITING) {
      const kept = head[KEPT] as number
      const into = PARTS * (kept < SHAPES ? kept : (turn * 7919) % SHAPES)
      for (let p = 0; p < PARTS; p++) shapes[into + p] = waiting[at + p] as number
      if (kept < SHAPES) head[KEPT] = kept + 1
    }
    for (let p = 0; p < PARTS; p++) waiting[at + p] = current[p] as number
    head[RING] = ((head[RING] as number) + 1) % WAITING
  }
}
