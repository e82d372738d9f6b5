/**
 * Where a file was read to, in a form that tells after a restart whether the file at the path is still the same:
 * its id, and a hash of its first bytes and of those before the offset. Stored as the source's cursor.
 */
import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

const PRINT_BYTES = 1024

export interface FileId {
  /** Inode, or the file index on Windows; "0" where the file system has none. */
  readonly ino: string
  /** Nanoseconds of its creation; "" where the file system does not tell. An inode may be used again at once. */
  readonly birth: string
}

export interface FilePosition extends FileId {
  readonly offset: number
  /** The offset is within a line whose beginning was handed over. */
  readonly midLine: boolean
  /** Hash of the first and the last bytes before the offset; "" in cursors of before it was kept. */
  readonly print: string
  /** Nanoseconds; the file's last change when it was read. */
  readonly mtime: string
}

export function fileId({ ino, birthtimeNs, ctimeNs }: BigIntStats): FileId {
  // Where there is no time of creation, systems give that of the last change or 1970.
  const known = birthtimeNs > 0n && birthtimeNs !== ctimeNs
  return { ino: String(ino), birth: known ? String(birthtimeNs) : '' }
}

export const sameId = (a: FileId, b: FileId): boolean =>
  a.ino === b.ino && a.ino !== '0' && (a.birth === '' || b.birth === '' || a.birth === b.birth)

export const encodePosition = (position: FilePosition): string => JSON.stringify(position)

/** Undefined where there is none. A number alone is an offset. */
export function decodePosition(cursor: string | undefined): FilePosition | undefined {
  if (cursor === undefined) return undefined
  const offset = Number(cursor)
  if (Number.isFinite(offset)) return { ino: '0', birth: '', offset, midLine: false, print: '', mtime: '0' }
  return JSON.parse(cursor) as FilePosition
}

/** The bytes by which a file is known again, kept up to date while it is read on. */
export class Fingerprint {
  private constructor(
    private head: Buffer,
    private tail: Buffer,
  ) {}

  static empty(): Fingerprint {
    return new Fingerprint(Buffer.alloc(0), Buffer.alloc(0))
  }

  /** Of what stands in the file before the offset. */
  static async of(handle: FileHandle, offset: number): Promise<Fingerprint> {
    const length = Math.min(PRINT_BYTES, offset)
    return new Fingerprint(await bytesAt(handle, 0, length), await bytesAt(handle, offset - length, length))
  }

  /** The offset moves on over these bytes. */
  advance(bytes: Buffer): void {
    if (this.head.length < PRINT_BYTES)
      this.head = Buffer.concat([this.head, bytes.subarray(0, PRINT_BYTES - this.head.length)])
    const joined = bytes.length >= PRINT_BYTES ? bytes : Buffer.concat([this.tail, bytes])
    // A copy: the bytes are part of a buffer that is read into again.
    this.tail = Buffer.from(joined.subarray(Math.max(0, joined.length - PRINT_BYTES)))
  }

  get hash(): string {
    return createHash('sha256').update(this.head).update(this.tail).digest('base64url').slice(0, 22)
  }
}

/** The file begins as the one that was read, and reaches at least as far. */
export async function continues(handle: FileHandle, { offset, print }: FilePosition): Promise<boolean> {
  const { size } = await handle.stat()
  if (size < offset) return false
  return print === '' || (await Fingerprint.of(handle, offset)).hash === print
}

export async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position, length })
  return buffer.subarray(0, bytesRead)
}
