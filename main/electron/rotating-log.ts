/** The log file that a user can open and send: one line an event, at most three files of 5 MB. */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { LogLevel } from '../../shared/ipc/supervisor'

export const LOG_BYTES = 5 * 1024 * 1024
export const LOG_FILES = 3

/** Written synchronously, so that the last words before a crash are in it. A full disk costs lines, not the program. */
export class RotatingLog {
  #file: number | null = null
  #bytes = 0

  constructor(
    readonly path: string,
    private readonly maxBytes = LOG_BYTES,
    private readonly files = LOG_FILES,
    private readonly now: () => Date = () => new Date(),
  ) {}

  write(level: LogLevel, scope: string, message: string): void {
    const line = Buffer.from(`${this.now().toISOString()} ${level} ${scope}: ${message.trimEnd()}\n`)
    try {
      const file = this.#open()
      writeSync(file, line)
      this.#bytes += line.length
      if (this.#bytes >= this.maxBytes) this.#rotate(file)
    } catch {
      this.close()
    }
  }

  close(): void {
    if (this.#file === null) return
    const file = this.#file
    this.#file = null
    try {
      closeSync(file)
    } catch {
      // Nothing is lost that could be kept.
    }
  }

  #open(): number {
    if (this.#file !== null) return this.#file
    mkdirSync(dirname(this.path), { recursive: true })
    this.#file = openSync(this.path, 'a')
    this.#bytes = fstatSync(this.#file).size
    return this.#file
  }

  /** weir.log → weir.1.log → weir.2.log, which is overwritten. */
  #rotate(file: number): void {
    closeSync(file)
    this.#file = null
    for (let index = this.files - 1; index > 0; index--) {
      const from = this.#name(index - 1)
      if (existsSync(from)) renameSync(from, this.#name(index))
    }
  }

  #name(index: number): string {
    return index === 0 ? this.path : this.path.replace(/(\.log)?$/, `.${index}$1`)
  }
}
