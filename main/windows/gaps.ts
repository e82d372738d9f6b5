/** Times of gaps of one key that lie in no session, sorted: each is kept as long as a session of its own would be. */
import type { EpochMs } from '../../shared/model/time'
import { lowerBound } from './columns'

/** Times in ms since the epoch; several gaps may have the same. */
export class LooseGaps {
  readonly times: EpochMs[] = []

  get isEmpty(): boolean {
    return this.times.length === 0
  }

  add(t: EpochMs): void {
    this.times.splice(lowerBound(this.times, 0, t), 0, t)
  }

  /** Takes out those in [start, end); how many there were. */
  take(start: EpochMs, end: EpochMs): number {
    if (this.times.length === 0) return 0
    const from = lowerBound(this.times, 0, start)
    return this.times.splice(from, lowerBound(this.times, from, end) - from).length
  }

  /** Drops those at or before t. */
  dropUntil(t: EpochMs): void {
    let count = 0
    while (count < this.times.length && (this.times[count] as number) <= t) count++
    if (count > 0) this.times.splice(0, count)
  }
}
