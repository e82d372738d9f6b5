/** Number of different values of every slot: exact up to 1,024 of them, HyperLogLog beyond. 0 and −0 are the same. */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { Component } from './component'
import { HyperLogLog } from './hyperloglog'

const EXACT = 1024

/** Finite values; 0 for an empty slot. Beyond the limit within 2%, and no way back to exact. */
export class Distinct implements Component {
  private readonly sets: (Set<number> | HyperLogLog | undefined)[] = []

  clear(slot: number): void {
    this.sets[slot] = undefined
  }

  add(slot: number, _time: EpochMs, value: number): void {
    const known = (this.sets[slot] ??= new Set<number>())
    known.add(value)
    if (known instanceof Set && known.size > EXACT) this.toSketch(slot, known)
  }

  merge(into: number, from: number): void {
    const values = this.sets[from]
    if (values === undefined) return
    if (values instanceof Set) for (const value of values) this.add(into, 0, value)
    else this.toSketch(into, this.sets[into]).merge(values)
  }

  count(slot: number): number {
    const known = this.sets[slot]
    if (known === undefined) return 0
    return known instanceof Set ? known.size : Math.round(known.estimate())
  }

  write(slot: number, to: StateWriter): void {
    const known = this.sets[slot]
    to.number(known instanceof HyperLogLog ? 1 : 0)
    to.numbers(known instanceof HyperLogLog ? known.registers : [...(known ?? [])])
  }

  read(slot: number, from: StateReader): void {
    const sketch = from.number() === 1
    const numbers = from.numbers()
    if (sketch) this.sets[slot] = new HyperLogLog(Uint8Array.from(numbers))
    else if (numbers.length > 0) this.sets[slot] = new Set(numbers)
  }

  private toSketch(slot: number, known: Set<number> | HyperLogLog | undefined): HyperLogLog {
    if (known instanceof HyperLogLog) return known
    const sketch = new HyperLogLog()
    for (const value of known ?? []) sketch.add(value)
    this.sets[slot] = sketch
    return sketch
  }
}
