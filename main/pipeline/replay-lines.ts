/** Cuts a stream of bytes into lines; what a line begins in one chunk and ends in the next is put together. */

const NEWLINE = 0x0a
/** A longer line is not an event. */
const LONGEST = 1 << 20

/** Lines are [from, to) of `bytes` without their end; `oversized` stands for a line that is too long to keep. */
export interface LineSink {
  line(bytes: Uint8Array, from: number, to: number): void
  oversized(): void
}

/** Lines end at LF or CRLF; empty ones are passed over, the last one needs no end. */
export class Lines {
  private rest: Uint8Array[] = []
  private restLength = 0
  private skipping = false

  constructor(private readonly sink: LineSink) {}

  push(chunk: Uint8Array): void {
    let from = 0
    if (this.restLength > 0 || this.skipping) {
      const end = chunk.indexOf(NEWLINE)
      this.keep(chunk.subarray(0, end < 0 ? chunk.length : end))
      if (end < 0) return
      this.endRest()
      from = end + 1
    }
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from)
      if (end < 0) break
      this.emit(chunk, from, end)
      from = end + 1
    }
    if (from < chunk.length) this.keep(chunk.slice(from))
  }

  end(): void {
    if (this.restLength > 0 || this.skipping) this.endRest()
  }

  private keep(part: Uint8Array): void {
    if (this.skipping) return
    this.rest.push(part.slice())
    this.restLength += part.length
    if (this.restLength <= LONGEST) return
    this.skipping = true
    this.rest = []
    this.restLength = 0
  }

  private endRest(): void {
    const { rest } = this
    this.rest = []
    this.restLength = 0
    if (this.skipping) {
      this.skipping = false
      this.sink.oversized()
      return
    }
    const line = rest.length === 1 ? (rest[0] as Uint8Array) : Buffer.concat(rest)
    this.emit(line, 0, line.length)
  }

  private emit(bytes: Uint8Array, from: number, to: number): void {
    const end = to > from && bytes[to - 1] === 0x0d ? to - 1 : to
    if (end > from) this.sink.line(bytes, from, end)
  }
}
