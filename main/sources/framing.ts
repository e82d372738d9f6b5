/**
 * Cuts a byte stream into records. A record that lies whole in a chunk is a view of it; only what is split between
 * chunks is copied, once, into memory that is bounded by the longest record allowed.
 */
import type { Framing } from '../../shared/config/sources/tcp'

/** The bytes stay as they are until the next `push`. `unreadable`: the reason why they are no record. */
export type TakeFrame = (payload: Uint8Array, unreadable?: string) => void

export interface Framer {
  /** @throws FramingLost where no later record can be found any more. */
  push(chunk: Buffer): void
  /** The stream is over. What is left is no record: a line cut short would be a wrong number. */
  end(): void
}

export class FramingLost extends Error {
  override readonly name = 'FramingLost'
}

/** Of a record that is rejected for its length, this much is kept to look at. */
const SHOWN_BYTES = 1024
const CUT_SHORT = 'the connection ended within this record'

export function createFramer(config: Framing, take: TakeFrame): Framer {
  switch (config.kind) {
    case 'line':
      return new DelimitedFramer(Buffer.from('\n'), true, config.maxFrame, take)
    case 'delimiter':
      return new DelimitedFramer(delimiterBytes(config.delimiter), false, config.maxFrame, take)
    case 'length':
      return new CountedFramer(lengthField(config), take)
    case 'fixed':
      return new CountedFramer({ bytes: 0, read: () => config.size }, take)
  }
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0, '\\': 92 }

/** `\n`, `\r`, `\t`, `\0`, `\\` and `\xNN` stand for one byte, everything else for itself in UTF-8. */
export function delimiterBytes(text: string): Buffer {
  const parts = text.match(/\\x[0-9a-f]{2}|\\[nrt0\\]|[^\\]+|\\/gi) ?? []
  return Buffer.concat(
    parts.map((part) => {
      if (/^\\x/i.test(part)) return Buffer.from([parseInt(part.slice(2), 16)])
      const escaped = part.length === 2 && part.startsWith('\\') ? ESCAPES[part[1] as string] : undefined
      return escaped === undefined ? Buffer.from(part) : Buffer.from([escaped])
    }),
  )
}

const FIRST_BYTES = 2048

/** Bytes kept from one chunk to the next; grows by doubling, and only as far as they are there. */
class Kept {
  private memory = Buffer.allocUnsafe(FIRST_BYTES)
  length = 0

  add(bytes: Uint8Array): void {
    const needed = this.length + bytes.length
    if (needed > this.memory.length) {
      const wider = Buffer.allocUnsafe(Math.max(needed, this.memory.length * 2))
      wider.set(this.view(), 0)
      this.memory = wider
    }
    this.memory.set(bytes, this.length)
    this.length = needed
  }

  /** Valid until the next `add`. */
  view(from = 0, to = this.length): Buffer {
    return this.memory.subarray(from, to)
  }

  /** What was kept, never written over: records are handed over after the whole chunk was cut. */
  release(): Buffer {
    const bytes = this.view()
    this.memory = Buffer.allocUnsafe(FIRST_BYTES)
    this.length = 0
    return bytes
  }

  clear(): void {
    this.length = 0
  }
}

/** Records that end with a delimiter. One that is too long is rejected once, and reading goes on behind its end. */
class DelimitedFramer implements Framer {
  private readonly kept = new Kept()
  /** Within a record that was rejected as too long. */
  private skipping = false

  constructor(
    private readonly delimiter: Buffer,
    private readonly lines: boolean,
    private readonly maxFrame: number,
    private readonly take: TakeFrame,
  ) {}

  push(chunk: Buffer): void {
    const { delimiter } = this
    let from = this.kept.length > 0 || this.skipping ? this.finishKept(chunk) : 0
    if (from < 0) return
    for (;;) {
      const end = chunk.indexOf(delimiter, from)
      if (end < 0) break
      this.emit(chunk, from, end)
      from = end + delimiter.length
    }
    if (from < chunk.length) this.keep(chunk.subarray(from))
  }

  /** @returns where the next record begins in the chunk; −1: the kept one goes on beyond it. */
  private finishKept(chunk: Buffer): number {
    const { kept, delimiter } = this
    const tail = Math.min(kept.length, delimiter.length - 1)
    const split = Buffer.concat([kept.view(kept.length - tail), chunk.subarray(0, delimiter.length - 1)])
    const across = tail === 0 ? -1 : split.indexOf(delimiter)
    const end = across >= 0 ? across - tail : chunk.indexOf(delimiter)
    if (end < 0 && across < 0) {
      this.keep(chunk)
      return -1
    }
    if (end > 0 && !this.skipping) kept.add(chunk.subarray(0, end))
    const bytes = kept.release()
    if (!this.skipping) this.emit(bytes, 0, bytes.length + Math.min(end, 0))
    this.skipping = false
    return end + delimiter.length
  }

  private emit(bytes: Buffer, from: number, to: number): void {
    const end = this.lines && to > from && bytes[to - 1] === 0x0d ? to - 1 : to
    if (end === from) return
    if (end - from > this.maxFrame) this.tooLong(bytes.subarray(from, end))
    else this.take(bytes.subarray(from, end))
  }

  private keep(bytes: Buffer): void {
    const { kept, delimiter } = this
    // Its own end does not make a record too long.
    if (!this.skipping && kept.length + bytes.length >= this.maxFrame + delimiter.length + 1) {
      kept.add(bytes.subarray(0, SHOWN_BYTES))
      this.tooLong(kept.release())
      this.skipping = true
    }
    if (!this.skipping) return kept.add(bytes)
    // The delimiter may be split between this chunk and the next.
    const tail = delimiter.length - 1
    const last = Buffer.concat([kept.view(), bytes.subarray(Math.max(0, bytes.length - tail))])
    kept.clear()
    kept.add(last.subarray(Math.max(0, last.length - tail)))
  }

  private tooLong(bytes: Buffer): void {
    this.take(bytes.subarray(0, SHOWN_BYTES), `larger than the limit of ${this.maxFrame} bytes`)
  }

  end(): void {
    if (this.kept.length > 0 && !this.skipping) this.take(this.kept.release(), CUT_SHORT)
    this.kept.clear()
  }
}

interface LengthField {
  readonly bytes: number
  /** Of the whole frame without the field. @throws FramingLost */
  read(bytes: Buffer, at: number): number
}

function lengthField({ length, includesLength, maxFrame }: Framing): LengthField {
  const bytes = length === 'u8' ? 1 : length.startsWith('u16') ? 2 : 4
  const little = length.endsWith('le')
  return {
    bytes,
    read(buffer, at) {
      const told = little ? buffer.readUIntLE(at, bytes) : buffer.readUIntBE(at, bytes)
      const own = includesLength ? told - bytes : told
      if (own < 0) throw new FramingLost(`a record says that it is ${told} bytes long, less than its length field`)
      if (own > maxFrame)
        throw new FramingLost(`a record says that it is ${told} bytes long, more than the limit of ${maxFrame} bytes`)
      return own
    },
  }
}

/** Records of a length that is known when they begin. */
class CountedFramer implements Framer {
  private readonly kept = new Kept()

  constructor(
    private readonly field: LengthField,
    private readonly take: TakeFrame,
  ) {}

  push(chunk: Buffer): void {
    let from = 0
    while (this.kept.length > 0) {
      const missing = this.missing()
      if (missing > chunk.length - from) return this.kept.add(chunk.subarray(from))
      this.kept.add(chunk.subarray(from, from + missing))
      from += missing
      if (this.missing() === 0) this.finish()
    }
    const { bytes } = this.field
    while (chunk.length - from >= Math.max(1, bytes)) {
      const length = this.lengthAt(chunk, from)
      const end = from + bytes + length
      if (end > chunk.length) break
      if (length > 0) this.take(chunk.subarray(from + bytes, end))
      from = end
    }
    if (from < chunk.length) this.kept.add(chunk.subarray(from))
  }

  /** Of the kept record; first of its length field. */
  private missing(): number {
    const { bytes } = this.field
    const { length } = this.kept
    return length < bytes ? bytes - length : bytes + this.lengthAt(this.kept.view(), 0) - length
  }

  private finish(): void {
    const { bytes } = this.field
    const record = this.kept.release()
    if (record.length > bytes) this.take(record.subarray(bytes))
  }

  private lengthAt(bytes: Buffer, at: number): number {
    try {
      return this.field.read(bytes, at)
    } catch (error) {
      if (error instanceof FramingLost) this.take(bytes.subarray(at, at + SHOWN_BYTES), error.message)
      this.kept.clear()
      throw error
    }
  }

  end(): void {
    if (this.kept.length > 0) this.take(this.kept.release(), CUT_SHORT)
  }
}
