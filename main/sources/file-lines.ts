/** Cuts what was read of a file into records, one a line (LF or CRLF). */
import type { RawRecord } from '../contracts'

/** SAFETY: a record is at most 1 MiB. */
export const MAX_LINE = 1 << 20
const LINES_PER_BATCH = 8192

export interface CutLines {
  readonly records: readonly RawRecord[]
  /** Bytes of the lines that are in `records`, with their ends. */
  readonly consumed: number
  /** The last of them goes on beyond `consumed`: what follows up to a line end is no record of its own. */
  readonly midLine: boolean
}

export interface LineContext {
  /** The bytes begin in the middle of a line whose beginning was handed over. */
  readonly midLine: boolean
  /** Nothing follows these bytes: the last line needs no end. */
  readonly atEnd: boolean
  /** First line of the file, for formats whose columns it names. */
  readonly header?: string | undefined
  /** False: the record and what follows it stay for later. */
  readonly due?: ((record: RawRecord) => boolean) | undefined
}

/**
 * Up to a batch of lines; the records are views of `bytes`.
 * A line beyond the limit is handed over cut to one byte more than allowed, so that it is rejected and counted once.
 */
export function cutLines(bytes: Buffer, { midLine, atEnd, header, due }: LineContext): CutLines {
  const records: RawRecord[] = []
  const arrival = Date.now()
  const about = header === undefined ? { key: '', arrival } : { key: '', arrival, header }
  let from = 0
  let dropping = midLine
  while (records.length < LINES_PER_BATCH && from < bytes.length) {
    const end = bytes.indexOf(0x0a, from)
    if (end < 0) {
      const rest = bytes.subarray(from)
      const tooLong = rest.length > MAX_LINE
      if (!atEnd && !tooLong && !dropping) break
      const record = { payload: trimmed(rest).subarray(0, MAX_LINE + 1), ...about }
      if (!dropping && due?.(record) === false) break
      if (!dropping) records.push(record)
      return { records, consumed: bytes.length, midLine: dropping || tooLong }
    }
    const record = { payload: trimmed(bytes.subarray(from, end)), ...about }
    if (!dropping && record.payload.length > 0) {
      if (due?.(record) === false) break
      records.push(record)
    }
    dropping = false
    from = end + 1
  }
  return { records, consumed: from, midLine: dropping }
}

const trimmed = (line: Buffer): Buffer => (line.at(-1) === 0x0d ? line.subarray(0, -1) : line)
