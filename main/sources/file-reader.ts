/** An open file that is read line by line from a position; each batch comes with the position after it. */
import type { FileHandle } from 'node:fs/promises'
import type { RawRecord } from '../contracts'
import { cutLines, MAX_LINE } from './file-lines'
import { bytesAt, continues, encodePosition, fileId, Fingerprint } from './file-position'
import type { FileId, FilePosition } from './file-position'

const CHUNK_BYTES = 1 << 18
/** A first line longer than this names no columns. */
const HEADER_BYTES = 1 << 16

export interface LineBatch {
  readonly records: readonly RawRecord[]
  /** After it; the source's cursor. */
  readonly cursor: string
}

export interface FilePlace {
  readonly offset: number
  readonly midLine: boolean
}

export const BEGINNING: FilePlace = { offset: 0, midLine: false }

export class FileReader {
  private buffer = Buffer.alloc(CHUNK_BYTES)
  private header: string | undefined

  private constructor(
    readonly handle: FileHandle,
    readonly id: FileId,
    private readonly columns: boolean,
    private readonly print: Fingerprint,
    private offset: number,
    private midLine: boolean,
    private mtime: string,
  ) {}

  /** @param columns the first line names them. */
  static async open(handle: FileHandle, columns: boolean, at: FilePlace) {
    const stats = await handle.stat({ bigint: true })
    const print = await Fingerprint.of(handle, at.offset)
    return new FileReader(handle, fileId(stats), columns, print, at.offset, at.midLine, String(stats.mtimeNs))
  }

  get position(): FilePosition {
    const { offset, midLine, mtime, id } = this
    return { ...id, offset, midLine, mtime, print: this.print.hash }
  }

  /** False where the file was cut or written anew since the last read. */
  continues(): Promise<boolean> {
    return continues(this.handle, this.position)
  }

  /**
   * The next lines; they are valid until the next call.
   * @param atEnd the file does not grow any longer: its last line needs no end.
   * @param due false: the record and what follows it stay for the next call.
   * @returns null where there is no further line, or the file was cut meanwhile.
   */
  async read(atEnd: boolean, due?: (record: RawRecord) => boolean): Promise<LineBatch | null> {
    const bytes = await this.bytes()
    if (bytes.length === 0) return null
    this.header ??= this.columns ? await this.firstLine() : undefined
    const { size, mtimeNs } = await this.handle.stat({ bigint: true })
    if (size < BigInt(this.offset + bytes.length)) return null
    const last = atEnd && size === BigInt(this.offset + bytes.length)
    const cut = cutLines(bytes, { midLine: this.midLine, atEnd: last, header: this.header, due })
    if (cut.consumed === 0) return null
    this.print.advance(bytes.subarray(0, cut.consumed))
    this.offset += cut.consumed
    this.midLine = cut.midLine
    this.mtime = String(mtimeNs)
    return { records: cut.records, cursor: encodePosition(this.position) }
  }

  /** More than a chunk where that holds no whole line. */
  private async bytes(): Promise<Buffer> {
    const chunk = await this.fill(CHUNK_BYTES)
    if (chunk.length < CHUNK_BYTES || this.midLine || chunk.includes(0x0a)) return chunk
    return this.fill(MAX_LINE + 2)
  }

  private async fill(length: number): Promise<Buffer> {
    if (this.buffer.length < length) this.buffer = Buffer.alloc(length)
    const { bytesRead } = await this.handle.read(this.buffer, 0, length, this.offset)
    return this.buffer.subarray(0, bytesRead)
  }

  private async firstLine(): Promise<string | undefined> {
    const bytes = await bytesAt(this.handle, 0, HEADER_BYTES)
    const end = bytes.indexOf(0x0a)
    return end < 0
      ? undefined
      : bytes
          .toString('utf8', 0, end)
          .replace(/^\uFEFF/, '')
          .replace(/\r$/, '')
  }

  close(): Promise<void> {
    return this.handle.close()
  }
}
