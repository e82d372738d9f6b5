/**
 * What is due when, by monotonic time: buckets of a quarter of a second (Varghese and Lauck, "Hashed and hierarchical
 * timing wheels", 1987). Putting and taking cost the same however many wait.
 */
import type { DurationMs } from '../../shared/model/time'

const BUCKET: DurationMs = 250

export interface Waiting<T> {
  readonly at: number
  readonly what: T
}

export class TimingWheel<T> {
  private readonly buckets = new Map<number, Waiting<T>[]>()
  /** Earlier buckets are empty, and stay so. */
  private first = -Infinity

  put(at: number, what: T): void {
    const bucket = Math.max(this.first, Math.floor(at / BUCKET))
    const waiting = this.buckets.get(bucket)
    if (waiting === undefined) this.buckets.set(bucket, [{ at, what }])
    else waiting.push({ at, what })
  }

  /** Everything due at or before `now`, in the order of its time, then in that in which it was put. */
  take(now: number): Waiting<T>[] {
    const last = Math.floor(now / BUCKET)
    const due: Waiting<T>[] = []
    for (const bucket of this.passed(last)) {
      const waiting = this.buckets.get(bucket) ?? []
      const later = waiting.filter(({ at }) => at > now)
      for (const each of waiting) if (each.at <= now) due.push(each)
      if (later.length === 0) this.buckets.delete(bucket)
      else this.buckets.set(bucket, later)
    }
    this.first = Math.max(this.first, last)
    return due.sort((a, b) => a.at - b.at)
  }

  /** The buckets up to `last`: after a long time, and at first, those that there are. */
  private passed(last: number): number[] {
    if (last - this.first < this.buckets.size)
      return Array.from({ length: Math.max(0, last - this.first + 1) }, (_, i) => this.first + i)
    return [...this.buckets.keys()].filter((bucket) => bucket <= last).sort((a, b) => a - b)
  }
}
