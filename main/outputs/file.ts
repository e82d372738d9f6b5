/**
 * Adds lines to a file. Confirmed is what the disk has; where it is full, nothing half stays behind. A line that was
 * cut short by a crash is taken away: it comes again whole.
 */
import { open, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { OutboxItem, Sender } from '../contracts'
import type { FileOutput } from '../../shared/config/outputs/file'
import { headerOf, linesOf } from './file-rows'

const MB = 1_000_000
/** A line of ours is not longer. */
const TAIL_BYTES = 1 << 20
const NEWLINE = 10

export class FileSender implements Sender {
  private file: FileHandle | null = null
  private size = 0

  constructor(private readonly config: FileOutput) {}

  async send(items: readonly OutboxItem[]): Promise<void> {
    const { format, path, rotateAt } = this.config
    try {
      const file = (this.file ??= await this.openWhole())
      const header = this.size === 0 ? headerOf(format) : ''
      const bytes = Buffer.from(header + items.map((item) => linesOf(item, format)).join(''))
      await this.append(file, bytes)
      if (this.size >= rotateAt * MB) await this.rotate()
    } catch (error) {
      await this.close()
      throw fileFailure(error, path)
    }
  }

  /** Whether it could be written to; it is left as it was. */
  async test(): Promise<void> {
    const { path } = this.config
    try {
      const before = await stat(path).catch(() => null)
      await (await open(path, 'a')).close()
      if (before === null) await rm(path)
    } catch (error) {
      throw fileFailure(error, path)
    }
  }

  private async append(file: FileHandle, bytes: Buffer): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;)
        at += (await file.write(bytes, at, bytes.length - at, this.size + at)).bytesWritten
      await file.datasync()
      this.size += bytes.length
    } catch (error) {
      await file.truncate(this.size).catch(() => undefined)
      throw error
    }
  }

  /** Not opened for appending: Windows could not take a half line away then. */
  private async openWhole(): Promise<FileHandle> {
    const { path } = this.config
    const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return open(path, 'w+')
    })
    try {
      this.size = (await file.stat()).size
      await this.endLine(file)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** What is there ends with a line: one of ours that is cut is taken away, one of somebody else's ended. */
  private async endLine(file: FileHandle): Promise<void> {
    if (this.size === 0) return
    const length = Math.min(this.size, TAIL_BYTES)
    const tail = Buffer.alloc(length)
    await file.read(tail, 0, length, this.size - length)
    const cut = tail.lastIndexOf(NEWLINE) + 1
    if (cut === length) return
    const ours = this.config.format === 'csv' || tail.subarray(cut).toString('utf8').startsWith('{"kind":')
    if (ours && (cut > 0 || length === this.size)) {
      this.size -= length - cut
      await file.truncate(this.size)
    } else await this.append(file, Buffer.from('\n'))
  }

  private async rotate(): Promise<void> {
    const { path, keep } = this.config
    await this.close()
    await rm(`${path}.${keep}`, { force: true })
    for (let n = keep - 1; n >= 1; n--) await renameIfThere(`${path}.${n}`, `${path}.${n + 1}`)
    await renameIfThere(path, `${path}.1`)
  }

  async close(): Promise<void> {
    const { file } = this
    this.file = null
    await file?.close().catch(() => undefined)
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

const REASONS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `the folder ${dirname(path)} is not there`,
  EACCES: (path) => `this user may not write to ${path}`,
  EPERM: (path) => `this user may not write to ${path}`,
  EROFS: (path) => `this user may not write to ${path}`,
  EISDIR: (path) => `${path} is a folder`,
  ENOSPC: (path) => `the disk of ${path} is full`,
  EDQUOT: (path) => `the disk of ${path} is full`,
}

function fileFailure(error: unknown, path: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = REASONS[code]?.(path) ?? (error instanceof Error ? error.message : String(error))
  return new Error(reason, { cause: error })
}
