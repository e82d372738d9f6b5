/** Follows a file as it grows: through renaming, copying and cutting, also while it is not there. */
import { open, stat } from 'node:fs/promises'
import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { RecordSink } from '../contracts'
import type { FileConnection } from '../../shared/config/sources/file'
import { fileFailure, isMissing } from './file-errors'
import { bytesAt, decodePosition, encodePosition, fileId, sameId } from './file-position'
import type { FilePosition } from './file-position'
import { FileReader } from './file-reader'
import { segmentsFrom } from './file-rotation'
import { pause, reconnectWait } from './reconnect'

/** Notifications of the system only shorten this: they are not to be relied on. */
const LOOK_EVERY_MS = 250
const LINE_END_WITHIN = 1 << 16

export class FileFollower {
  private position: FilePosition | undefined
  /** The file was not there at the first look: when it comes, all of it is new. */
  private fresh = false

  constructor(
    private readonly config: FileConnection,
    private readonly out: RecordSink,
    private readonly stop: AbortSignal,
    cursor: string | undefined,
  ) {
    this.position = decodePosition(cursor)
  }

  /** Until it is stopped. */
  async run(): Promise<void> {
    this.out.state({ state: 'connecting' })
    for (let attempt = 0; !this.stop.aborted; attempt++) {
      try {
        if (await this.readOn()) attempt = -1
      } catch (error) {
        const missing = isMissing(error)
        if (missing) this.fresh = true
        const wait = missing ? LOOK_EVERY_MS : reconnectWait(attempt, Math.random())
        this.out.state({ state: 'retrying', reason: fileFailure(error, this.config.path), at: Date.now() + wait })
        await pause(wait, this.stop)
      }
    }
  }

  /** Reads what is left of rotated files, then the file itself until another takes its place. @returns true */
  private async readOn(): Promise<true> {
    const { path } = this.config
    await stat(path)
    this.out.state({ state: 'catching-up' })
    if (this.position === undefined && !this.fresh && this.config.from === 'end') await this.startAtEnd()
    const segments = await segmentsFrom(path, this.position)
    for (const [i, segment] of segments.entries()) {
      const handle = await open(segment.path, 'r')
      const reader = await FileReader.open(handle, this.config.format !== 'ndjson', segment.at)
      try {
        if (i < segments.length - 1) await this.drain(reader, true)
        else await this.tail(reader)
      } finally {
        await reader.close()
      }
    }
    return true
  }

  /** Behind the last line end; what is written of the line after it will be read with its rest. */
  private async startAtEnd(): Promise<void> {
    const handle = await open(this.config.path, 'r')
    try {
      const { size } = await handle.stat()
      const from = Math.max(0, size - LINE_END_WITHIN)
      const lineEnd = (await bytesAt(handle, from, size - from)).lastIndexOf(0x0a)
      const offset = lineEnd >= 0 || from === 0 ? from + lineEnd + 1 : size
      const reader = await FileReader.open(handle, false, { offset, midLine: lineEnd < 0 && from > 0 })
      this.position = reader.position
      await this.out.write({ records: [], partition: '', cursor: encodePosition(this.position) })
    } finally {
      await handle.close()
    }
  }

  /** Follows one file until it is cut, or another stands in its place. */
  private async tail(reader: FileReader): Promise<void> {
    const changes = new Changes(this.config.path)
    try {
      while (!this.stop.aborted) {
        if (!(await reader.continues())) return
        await this.drain(reader, false)
        if (this.stop.aborted) return
        const state = await this.placeOf(reader)
        if (state === 'replaced') return void (await this.drain(reader, true))
        if (state === 'missing')
          this.out.state({ state: 'retrying', reason: this.missing(), at: Date.now() + LOOK_EVERY_MS })
        else this.out.state({ state: 'live' })
        await changes.wait(this.stop)
      }
    } finally {
      changes.close()
    }
  }

  /** A file that took its place counts once there is something in it: until then the old one may still be written to. */
  private async placeOf(reader: FileReader): Promise<'its own' | 'replaced' | 'missing'> {
    try {
      const stats = await stat(this.config.path, { bigint: true })
      return sameId(fileId(stats), reader.id) || reader.id.ino === '0' || stats.size === 0n ? 'its own' : 'replaced'
    } catch (error) {
      if (!isMissing(error)) throw error
      return 'missing'
    }
  }

  private missing(): string {
    return `${basename(this.config.path)} is not there`
  }

  private async drain(reader: FileReader, atEnd: boolean): Promise<void> {
    while (!this.stop.aborted) {
      const batch = await reader.read(atEnd)
      if (batch === null) break
      await this.out.write({ records: batch.records, partition: '', cursor: batch.cursor })
    }
    this.position = reader.position
  }
}

/** Wakes on changes in the file's folder, and in any case after a while. */
class Changes {
  private readonly watcher
  private wake: (() => void) | undefined

  constructor(path: string) {
    try {
      this.watcher = watch(dirname(path), { persistent: false }, () => this.wake?.())
      this.watcher.on('error', () => undefined)
    } catch {
      // Too many watches, or a file system without them: looking now and then does.
      this.watcher = undefined
    }
  }

  async wait(stop: AbortSignal): Promise<void> {
    const woken = new AbortController()
    this.wake = () => woken.abort()
    const onStop = () => woken.abort()
    stop.addEventListener('abort', onStop, { once: true })
    if (!stop.aborted) await pause(LOOK_EVERY_MS, woken.signal)
    stop.removeEventListener('abort', onStop)
  }

  close(): void {
    this.watcher?.close()
  }
}
