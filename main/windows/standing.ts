/** Windows of one key that have fired and may still change, sorted by end. */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import type { WindowResult } from '../../shared/model/results'
import type { Carried } from './carry'

export interface Standing {
  readonly end: EpochMs
  result: WindowResult
  /** The carried samples as they were at the first firing, by series. */
  readonly carried: Carried | null
}

/** At most one per end (ms since the epoch): windows of one kind that end together are the same. */
export class StandingWindows {
  private readonly list: Standing[] = []

  get length(): number {
    return this.list.length
  }

  get earliest(): EpochMs {
    const first = this.list[0]
    return first === undefined ? Infinity : first.end
  }

  find(end: EpochMs): Standing | undefined {
    const at = this.position(end)
    const found = this.list[at]
    return found !== undefined && found.end === end ? found : undefined
  }

  insert(standing: Standing): void {
    this.list.splice(this.position(standing.end), 0, standing)
  }

  /** Takes out all that end at or before `end`, the earliest first. */
  takeUntil(end: EpochMs): Standing[] {
    let count = 0
    while (count < this.list.length && (this.list[count] as Standing).end <= end) count++
    return this.list.splice(0, count)
  }

  write(to: StateWriter): void {
    to.number(this.list.length)
    for (const { end, result, carried } of this.list) {
      to.number(end)
      to.number(result.start)
      to.number(result.revision)
      to.numbers(result.values)
      to.number(carried === null ? 0 : 1)
      if (carried !== null) carried.write(to)
    }
  }

  read(from: StateReader, pipeline: string, key: number, carriedFrom: (from: StateReader) => Carried): void {
    for (let left = from.number(); left > 0; left--) {
      const end = from.number()
      const start = from.number()
      const revision = from.number()
      const values = from.numbers()
      const carried = from.number() === 1 ? carriedFrom(from) : null
      this.list.push({ end, result: { pipeline, key, start, end, revision, values }, carried })
    }
  }

  private position(end: EpochMs): number {
    let low = 0
    let high = this.list.length
    if (high > 0 && (this.list[high - 1] as Standing).end < end) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.list[middle] as Standing).end < end) low = middle + 1
      else high = middle
    }
    return low
  }
}
