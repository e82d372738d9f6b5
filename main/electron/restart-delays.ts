/** How long to wait before the engine is started again: at once, then longer and longer, until it has run for a while. */
import type { DurationMs, EpochMs } from '../../shared/model/time'

export const RESTART_DELAYS: readonly DurationMs[] = [100, 500, 1_000, 2_000, 5_000, 10_000]
export const PROVEN_AFTER: DurationMs = 60_000

export class RestartDelays {
  #failures = 0
  #runningSince: EpochMs | null = null

  running(now: EpochMs): void {
    this.#runningSince = now
  }

  /** @returns the wait after the failure at `now`. */
  failed(now: EpochMs): DurationMs {
    if (this.#runningSince !== null && now - this.#runningSince >= PROVEN_AFTER) this.#failures = 0
    this.#runningSince = null
    const delay = RESTART_DELAYS[Math.min(this.#failures, RESTART_DELAYS.length - 1)]
    this.#failures += 1
    return delay ?? 0
  }

  reset(): void {
    this.#failures = 0
    this.#runningSince = null
  }
}
