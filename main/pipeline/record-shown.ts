/** A raw record as people look at it: bounded, as text and as bytes of its own. */
import type { RawRecord } from '../contracts'
import type { RecordShown } from '../../shared/ipc/engine'

const SHOWN_BYTES = 4096
const SHOWN_CHARACTERS = 1000

export function recordShown({ key, arrival, brokerTime, labels, payload }: RawRecord): RecordShown {
  const bytes = Uint8Array.from(payload.subarray(0, SHOWN_BYTES))
  return {
    key,
    arrival,
    ...(brokerTime === undefined ? {} : { brokerTime }),
    ...(labels === undefined ? {} : { labels }),
    payload: textOf(bytes).slice(0, SHOWN_CHARACTERS),
    bytes,
    size: payload.length,
  }
}

/** A character cut in two at the end, or bytes that are no text, show as �. */
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
