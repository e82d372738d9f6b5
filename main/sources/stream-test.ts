/** "Test" of a source on a socket: the source itself, run until five records came, it failed, or the time is up. */
import type { RawRecord, RecordSink, Source } from '../contracts'
import type { SourceState } from '../../shared/ipc/engine'
import type { DurationMs } from '../../shared/model/time'
import { pause } from '../connections/reconnect'

const TEST_RECORDS = 5

/**
 * @param listens where senders connect to us: without a record the error says who came.
 * @throws Error with the reason in words.
 */
export async function testStream(source: Source, listens: boolean, listenMs: DurationMs): Promise<RawRecord[]> {
  const records: RawRecord[] = []
  const enough = new AbortController()
  let connected = 0
  let failure: string | null = null
  const fail = (reason: string) => {
    failure ??= reason
    enough.abort()
  }
  const out: RecordSink = {
    write(batch) {
      for (const record of batch.records) {
        if (record.unreadable !== undefined) failure ??= record.unreadable
        // The payload may be a view of a buffer that is used again.
        else if (records.length < TEST_RECORDS) records.push({ ...record, payload: Uint8Array.from(record.payload) })
      }
      if (records.length === TEST_RECORDS) enough.abort()
      return undefined
    },
    state(state: SourceState) {
      if (state.state === 'live') connected = Math.max(connected, state.connections ?? 0)
      else if ('reason' in state) fail(state.reason)
    },
  }
  const running = source
    .run(out, new Map(), enough.signal)
    .catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
  await pause(listenMs, enough.signal)
  enough.abort()
  await running
  if (records.length > 0) return records
  if (failure !== null) throw new Error(failure)
  if (!listens) return []
  const seconds = Math.round(listenMs / 1000)
  throw new Error(
    connected === 0
      ? `listened for ${seconds} s, and nothing connected`
      : `listened for ${seconds} s: ${connected} connected, and none sent a whole record`,
  )
}
