/** Waits between attempts: growing and jittered, so that a hundred clients do not return to a broker at once. */
import type { DurationMs } from '../../shared/model/time'

const FIRST_MS = 500
const LONGEST_MS = 30_000

/** @param attempt 0 for the first wait; @param random in [0, 1). */
export function reconnectWait(attempt: number, random: number): DurationMs {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return Math.round(ceiling * (0.5 + random / 2))
}

/** Resolves after the wait or as soon as `stop` is aborted. */
export function pause(ms: DurationMs, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop.addEventListener('abort', done)
  })
}
