/** The values of every slot for its percentiles: all of them up to 1,024, a sketch beyond. */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Component } from './component'
import { DDSketch } from './ddsketch'

const EXACT = 1024
const SMALLEST = 8

/** Finite values, in their own unit. Beyond the limit within 0.5% (see DDSketch), and no way back to exact. */
export class Percentiles implements Component {
  private readonly lists: (Float64Array | undefined)[] = []
  private readonly lengths: number[] = []
  private readonly sketches: (DDSketch | undefined)[] = []
  /** Lists to be used again, by the logarithm of their capacity. */
  private readonly pool: Float64Array[][] = []
  private readonly sorted = new Float64Array(EXACT)

  clear(slot: number): void {
    const list = this.lists[slot]
    if (list !== undefined) this.recycle(list)
    this.lists[slot] = undefined
    this.lengths[slot] = 0
    this.sketches[slot] = undefined
  }

  add(slot: number, _time: EpochMs, value: number): void {
    const length = this.lengths[slot] as number
    let list = this.lists[slot]
    if (list === undefined || length === list.length) {
      const sketch = this.sketches[slot] ?? (length === EXACT ? this.toSketch(slot) : undefined)
      if (sketch !== undefined) {
        sketch.add(value)
        return
      }
      list = this.widen(slot, length + 1)
    }
    list[length] = value
    this.lengths[slot] = length + 1
  }

  merge(into: number, from: number): void {
    const sketch = this.sketches[from]
    if (sketch !== undefined) {
      this.toSketch(into).merge(sketch)
      return
    }
    const length = this.lengths[from] as number
    if (length === 0) return
    const values = this.lists[from] as Float64Array
    const before = this.lengths[into] as number
    if (this.sketches[into] !== undefined || before + length > EXACT) {
      const target = this.toSketch(into)
      for (let i = 0; i < length; i++) target.add(values[i] as number)
      return
    }
    const list = this.widen(into, before + length)
    for (let i = 0; i < length; i++) list[before + i] = values[i] as number
    this.lengths[into] = before + length
  }

  /** Fills in the quantiles of one slot; fractions of 0 … 1. */
  quantiles(slot: number, fractions: readonly number[], into: Float64Array): void {
    const sketch = this.sketches[slot]
    if (sketch !== undefined) {
      for (let i = 0; i < fractions.length; i++) into[i] = sketch.quantile(fractions[i] as number)
      return
    }
    const length = this.lengths[slot] as number
    const values = this.sorted.subarray(0, length)
    const list = this.lists[slot]
    if (list !== undefined) values.set(list.subarray(0, length))
    values.sort()
    for (let i = 0; i < fractions.length; i++) into[i] = quantileOfSorted(values, fractions[i] as number)
  }

  write(slot: number, to: StateWriter): void {
    const sketch = this.sketches[slot]
    to.number(sketch === undefined ? 0 : 1)
    if (sketch !== undefined) sketch.write(to)
    else to.numbers(this.lists[slot] ?? [], 0, this.lengths[slot])
  }

  read(slot: number, from: StateReader): void {
    if (from.number() === 1) {
      this.toSketch(slot).read(from)
      return
    }
    const values = from.numbers()
    if (values.length === 0) return
    this.widen(slot, values.length).set(values)
    this.lengths[slot] = values.length
  }

  private toSketch(slot: number): DDSketch {
    const existing = this.sketches[slot]
    if (existing !== undefined) return existing
    const sketch = new DDSketch()
    const list = this.lists[slot]
    for (let i = 0; i < (this.lengths[slot] as number); i++) sketch.add((list as Float64Array)[i] as number)
    if (list !== undefined) this.recycle(list)
    this.lists[slot] = undefined
    this.lengths[slot] = 0
    this.sketches[slot] = sketch
    return sketch
  }

  /** The slot's list with room for `atLeast` values. */
  private widen(slot: number, atLeast: number): Float64Array {
    const list = this.lists[slot]
    if (list !== undefined && list.length >= atLeast) return list
    const level = Math.ceil(Math.log2(Math.max(atLeast, SMALLEST)))
    const grown = this.pool[level]?.pop() ?? new Float64Array(2 ** level)
    if (list !== undefined) {
      grown.set(list)
      this.recycle(list)
    }
    this.lists[slot] = grown
    return grown
  }

  private recycle(list: Float64Array): void {
    const level = Math.log2(list.length)
    ;(this.pool[level] ??= []).push(list)
  }
}

/**
 * Linear between order statistics: type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996.
 * @param sorted ascending, not empty @param fraction 0 … 1
 */
export function quantileOfSorted(sorted: ArrayLike<number>, fraction: number): number {
  const position = (sorted.length - 1) * fraction
  const rank = Math.floor(position)
  const low = sorted[rank] as number
  const part = position - rank
  return part === 0 ? low : low + ((sorted[rank + 1] as number) - low) * part
}
