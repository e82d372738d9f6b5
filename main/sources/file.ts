/** A file read once, as fast as the engine takes it, from where it stopped: the cursor is a byte position. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { RawRecord, RecordSink, Source } from '../contracts'
import type { FileConnection } from '../../shared/config/sources/file'

const LINES_PER_BATCH = 2048
/** SAFETY: a record is at most 1 MiB. */
const MAX_LINE = 1 << 20

export class FileSource implements Source {
  readonly finite = true

  constructor(private readonly config: FileConnection) {}

  async run(out: RecordSink, resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    out.state({ state: 'connecting' })
    const lines = new LineReader(Number(resume.get('') ?? 0))
    const stream = createReadStream(this.config.path, { start: lines.position, highWaterMark: 1 << 18 })
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (stop.aborted) return
        out.state({ state: 'live' })
        lines.add(chunk)
        for (let records = lines.take(false); records.length > 0 && !stop.aborted; records = lines.take(false))
          await out.write({ records, partition: '', cursor: String(lines.position) })
      }
      for (let records = lines.take(true); records.length > 0 && !stop.aborted; records = lines.take(true))
        await out.write({ records, partition: '', cursor: String(lines.position) })
      if (!stop.aborted) out.state({ state: 'finished' })
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      out.state({
        state: 'failed',
        reason: missing
          ? `${basename(this.config.path)} is not there`
          : `cannot read ${this.config.path}: ${error instanceof Error ? error.message : String(error)}`,
        hint: this.config.path,
      })
    } finally {
      stream.destroy()
    }
  }
}

/** Cuts bytes into lines (LF or CRLF) and knows the position after the last line it gave. */
class LineReader {
  private rest: Buffer = Buffer.alloc(0)
  private dropping = false

  constructor(public position: number) {}

  add(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
  }

  /** Up to a batch of lines; at the end of the file also the last one without a line end. */
  take(atEnd: boolean): RawRecord[] {
    const records: RawRecord[] = []
    const arrival = Date.now()
    let from = 0
    while (records.length < LINES_PER_BATCH) {
      let end = this.rest.indexOf(0x0a, from)
      let next = end + 1
      if (end < 0) {
        if (!atEnd || from === this.rest.length) break
        end = next = this.rest.length
      }
      const line = this.rest.subarray(from, this.rest[end - 1] === 0x0d && end > from ? end - 1 : end)
      from = next
      // The tail of a line whose beginning was too long is part of that same record.
      if (this.dropping) this.dropping = false
      else if (line.length > 0) records.push({ payload: line, key: '', arrival })
    }
    this.position += from
    this.rest = this.rest.subarray(from)
    if (this.rest.length > MAX_LINE) this.cutOversized(records, arrival)
    return records
  }

  /** A line beyond the limit is handed over cut to one byte more than allowed, so that it is rejected and counted. */
  private cutOversized(records: RawRecord[], arrival: number): void {
    if (this.rest.indexOf(0x0a) >= 0) return
    if (!this.dropping) records.push({ payload: this.rest.subarray(0, MAX_LINE + 1), key: '', arrival })
    this.dropping = true
    this.position += this.rest.length
    this.rest = Buffer.alloc(0)
  }
}
