/** Tells a crash from a page that cannot live: three within a minute are enough. */
import type { DurationMs, EpochMs } from '../../shared/model/time'

const LIMIT = 3
const WITHIN: DurationMs = 60_000

export class CrashCount {
  #times: EpochMs[] = []

  /** @returns true where trying again would not help. */
  add(now: EpochMs): boolean {
    this.#times = [...this.#times.filter((time) => now - time < WITHIN), now]
    return this.#times.length >= LIMIT
  }

  clear(): void {
    this.#times = []
  }
}
