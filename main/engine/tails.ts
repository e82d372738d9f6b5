/**
 * Live tails: raw records of the sources that somebody looks at. Records are only copied while a window watches, at
 * most so many between two sends; the rest is counted, not kept.
 */
import type { RawRecord } from '../contracts'
import type { RecordShown, TailBatch } from '../../shared/ipc/engine'
import { recordShown } from '../pipeline/record-shown'
import type { Runtime } from '../pipeline/runtime'

const SEND_EVERY_MS = 250
/** Of one source between two sends; 4 KiB of each at most. */
const MAX_KEPT = 250

export interface TailClient {
  tail(batch: TailBatch): void
}

interface Tail {
  readonly clients: Set<TailClient>
  kept: RecordShown[]
  skipped: number
}

export class Tails {
  private readonly bySource = new Map<string, Tail>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly runtime: Pick<Runtime, 'watchers'>) {}

  open(client: TailClient, source: string): void {
    const tail = this.bySource.get(source)
    if (tail !== undefined) return void tail.clients.add(client)
    const fresh: Tail = { clients: new Set([client]), kept: [], skipped: 0 }
    this.bySource.set(source, fresh)
    this.runtime.watchers.set(source, (records) => keep(fresh, records))
    this.timer ??= setInterval(() => this.send(), SEND_EVERY_MS)
  }

  close(client: TailClient, source: string): void {
    const tail = this.bySource.get(source)
    tail?.clients.delete(client)
    if (tail?.clients.size !== 0) return
    this.bySource.delete(source)
    this.runtime.watchers.delete(source)
    if (this.bySource.size === 0) this.stop()
  }

  /** A window is gone. */
  drop(client: TailClient): void {
    for (const source of [...this.bySource.keys()]) this.close(client, source)
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  private send(): void {
    for (const [source, tail] of this.bySource) {
      if (tail.kept.length === 0) continue
      const batch: TailBatch = { source, records: tail.kept, skipped: tail.skipped }
      tail.kept = []
      tail.skipped = 0
      for (const client of tail.clients) client.tail(batch)
    }
  }
}

/** The first ones of each interval: what comes after them in a burst is only counted. */
function keep(tail: Tail, records: readonly RawRecord[]): void {
  const room = MAX_KEPT - tail.kept.length
  for (const record of records.slice(0, Math.max(0, room))) tail.kept.push(recordShown(record))
  tail.skipped += Math.max(0, records.length - Math.max(0, room))
}
