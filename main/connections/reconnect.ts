/** Waits between attempts: growing and jittered, so that a hundred clients do not return to a broker at once. */
import type { RecordSink } from '../contracts'
import type { DurationMs } from '../../shared/model/time'

const FIRST_MS = 500
const LONGEST_MS = 30_000
/** A refusal is not worth hurrying. */
const REFUSED_WAIT_ATTEMPT = 4

/** How a connection ended, in words. */
export interface SessionEnd {
  readonly reason: string
  /** The other side answered and said no. */
  readonly refused: boolean
  /** It worked for a while: the waits begin anew. */
  readonly wasLive: boolean
}

/** Connects until `stop`, and says how it stands. @param session one connection; 'again': without a wait. */
export async function keepConnected(
  out: RecordSink,
  stop: AbortSignal,
  session: () => Promise<SessionEnd | 'again'>,
): Promise<void> {
  for (let attempt = 0; !stop.aborted; attempt++) {
    out.state({ state: 'connecting' })
    const ended = await session()
    if (stop.aborted) return
    if (ended === 'again') continue
    if (ended.wasLive) attempt = 0
    if (ended.refused) attempt = Math.max(attempt, REFUSED_WAIT_ATTEMPT)
    const wait = reconnectWait(attempt, Math.random())
    out.state({ state: ended.refused ? 'refused' : 'retrying', reason: ended.reason, at: Date.now() + wait })
    await pause(wait, stop)
  }
}

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
