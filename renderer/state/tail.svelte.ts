/** The last raw records of one source, while they are looked at. Pausing freezes the list; what comes is counted. */
import type { RecordShown, TailBatch } from '../../shared/ipc/engine'
import type { EngineConnection } from './connection.svelte'

export interface TailRow {
  readonly number: number
  readonly record: RecordShown
}

const KEPT = 1000

export class Tail {
  rows = $state.raw<readonly TailRow[]>([])
  /** Records that came too fast to be shown. */
  skipped = $state(0)
  search = $state('')
  /** What is shown stands still; the number of records that came since. */
  paused = $state.raw<{ readonly rows: readonly TailRow[]; readonly from: number } | null>(null)
  #last = 0

  /** Newest first, those that hold every word that is searched. */
  readonly found = $derived.by(() => {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean)
    const all = this.paused?.rows ?? this.rows
    if (words.length === 0) return all
    return all.filter(({ record }) => {
      const text = `${record.key} ${record.payload}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
  })

  constructor(
    private readonly engine: EngineConnection,
    private readonly source: string,
  ) {}

  /** Watches until the returned function is called; also over a restart of the engine. */
  watch(): () => void {
    const open = (): void => void this.engine.call('openTail', { id: this.source })
    const stops = [this.engine.on('tail', (batch) => this.take(batch)), this.engine.onOpen(open)]
    open()
    return () => {
      for (const stop of stops) stop()
      void this.engine.call('closeTail', { id: this.source })
    }
  }

  take({ source, records, skipped }: TailBatch): void {
    if (source !== this.source) return
    const rows = records.map((record) => ({ number: ++this.#last, record })).reverse()
    this.rows = [...rows, ...this.rows].slice(0, KEPT)
    this.skipped += skipped
  }

  get newSincePause(): number {
    return this.paused ? (this.rows[0]?.number ?? 0) - this.paused.from : 0
  }

  togglePause(): void {
    this.paused = this.paused ? null : { rows: this.rows, from: this.rows[0]?.number ?? 0 }
  }
}

/** Offset, sixteen bytes in hexadecimal, and the same as characters; a line each. */
export function hexLines(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text}`)
  }
  return lines.join('\n')
}

/** Bytes that are no text: not UTF-8, or with control characters. */
export function isBinary({ payload }: RecordShown): boolean {
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(payload.slice(0, 500))
}
