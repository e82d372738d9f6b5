/**
 * How far the last stretch of a series is from the nearest earlier one: a matrix profile (Yeh et al., ICDM 2016) of
 * stretches summed up in four means each, against a bounded choice of the past.
 */
import type { MovingMeans } from './moving-means'
import type { StateLayout } from './state-layout'

const PARTS = 4
const SHAPES = 64
/** The newest shapes stay apart: a stretch is not to be compared with itself. */
const WAITING = 16

const TICK = 0
const KEPT = 1
const RING = 2

/** Serves any number of series: `state` is that of one, all zeros at first. Distances are in the values' unit. */
export class NearestShape {
  private readonly head: number
  private readonly current: number
  private readonly shapes: number
  private readonly waiting: number

  /** `part`: samples in each of the four parts of a stretch. */
  constructor(
    layout: StateLayout,
    private readonly part: number,
  ) {
    this.head = layout.take(3)
    this.current = layout.take(PARTS)
    this.shapes = layout.take(SHAPES * PARTS)
    this.waiting = layout.take(WAITING * PARTS)
  }

  /** Sum of the four distances to the nearest earlier shape, in the unit of the values; 0 where there is none. */
  distance(state: Float64Array, values: MovingMeans): number {
    const { head, current, part } = this
    for (let p = 0; p < PARTS; p++) {
      let sum = 0
      for (let i = 0; i < part; i++) sum += values.back(state, p * part + i)
      state[current + p] = sum / part
    }
    const nearest = this.nearest(state)
    const tick = (state[head + TICK] as number) + 1
    state[head + TICK] = tick
    if (tick >= PARTS * part && tick % part === 0) this.keep(state, tick / part - PARTS)
    return nearest
  }

  private nearest(state: Float64Array): number {
    const { shapes, current } = this
    const a = state[current] as number
    const b = state[current + 1] as number
    const c = state[current + 2] as number
    const d = state[current + 3] as number
    const end = shapes + (state[this.head + KEPT] as number) * PARTS
    let nearest = Infinity
    for (let at = shapes; at < end; at += PARTS) {
      const distance =
        Math.abs((state[at] as number) - a) +
        Math.abs((state[at + 1] as number) - b) +
        Math.abs((state[at + 2] as number) - c) +
        Math.abs((state[at + 3] as number) - d)
      if (distance < nearest) nearest = distance
    }
    return end === shapes ? 0 : nearest
  }

  /** The oldest waiting shape moves to the others, when all are taken in place of one that a fixed sequence picks. */
  private keep(state: Float64Array, turn: number): void {
    const { head, shapes, waiting, current } = this
    const slot = state[head + RING] as number
    const at = waiting + slot * PARTS
    if (turn >= WAITING) {
      const kept = state[head + KEPT] as number
      const into = shapes + PARTS * (kept < SHAPES ? kept : (turn * 7919) % SHAPES)
      for (let p = 0; p < PARTS; p++) state[into + p] = state[at + p] as number
      if (kept < SHAPES) state[head + KEPT] = kept + 1
    }
    for (let p = 0; p < PARTS; p++) state[at + p] = state[current + p] as number
    state[head + RING] = (slot + 1) % WAITING
  }
}
