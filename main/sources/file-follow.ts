/** Follows a file as it grows: through renaming, copying and cutting, also while it is not there. */
import { open, stat } from 'node:fs/promises'
import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { RecordSink } from '../contracts'
import type { FileConnection } from '../../shared/config/sources/file'
import { fileFailure, isMissing } from './file-errors'
import { bytesAt, decodePosition, encodePosition, fileId, sameId } from './file-position'
import type { FileId, FilePosition } from './file-position'
import { FileReader } from './file-reader'
import { placeAfter } from './file-rotation'
import { pause, reconnectWait } from '../connections/reconnect'

/** Notifications of the system only shorten this: they are not to be relied on. */
const LOOK_EVERY_MS = 250
const LINE_END_WITHIN = 1 << 16
/** A file system's clock may be behind by this much. */
const CLOCK_TICK_MS = 20

export class FileFollower {
  private position: FilePosition | undefined
  /** The file was not there at the first look, at this time in ns: when it comes, all of it is new. */
  private freshSince: bigint | undefined

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
        if (missing) this.freshSince ??= BigInt(Date.now() - CLOCK_TICK_MS) * 1_000_000n
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
    if (this.position === undefined && this.freshSince === undefined && this.config.from === 'end')
      await this.startAtEnd()
    for (let current = false; !current && !this.stop.aborted;) {
      const place = await placeAfter(path, this.position, this.freshSince)
      current = place.current
      // Of a file that was cut before anything was read of it, nothing tells but its copy.
      const unsure = place.at.offset === 0 && (this.position !== undefined || this.freshSince !== undefined)
      const reader = await FileReader.open(place.handle, this.config.format !== 'ndjson', place.at)
      try {
        if (current) await this.tail(reader, unsure)
        else await this.drain(reader, true)
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
  private async tail(reader: FileReader, unsure: boolean): Promise<void> {
    const changes = new Changes(this.config.path)
    try {
      while (!this.stop.aborted) {
        if (!(await reader.continues())) return
        if (!(await this.drain(reader, false, unsure && reader.position.offset === 0))) return
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

  /**
   * @param unsure another file may have to be read before this one: looked for once there is something to read.
   * @returns false where that is so; nothing was read then.
   */
  private async drain(reader: FileReader, atEnd: boolean, unsure = false): Promise<boolean> {
    while (!this.stop.aborted) {
      const batch = await reader.read(atEnd)
      if (batch === null) break
      if (unsure && !(await this.isNext(reader.id))) return false
      unsure = false
      await this.out.write({ records: batch.records, partition: '', cursor: batch.cursor })
    }
    // Before there is something in it, the file before it tells where this one stands.
    if (reader.position.offset > 0) this.position = reader.position
    return true
  }

  private async isNext(id: FileId): Promise<boolean> {
    const place = await placeAfter(this.config.path, this.position, this.freshSince)
    await place.handle.close()
    return place.current && place.at.offset === 0 && (sameId(place.id, id) || id.ino === '0')
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
