/** Encoding in a thread of its own, so that the engine's goes on taking in what comes. */
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Damage } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import type { Row } from '../database'
import type { Cut, MadeChunk } from './chunks'
import type { Encoding, MergedSeries, UnmergedSeries } from './encoding'

/** To the thread (thread-main.ts); it answers each in turn. */
export type EncodingCall =
  | { readonly do: 'begin' }
  | { readonly do: 'gather'; readonly rows: readonly Row[] }
  | { readonly do: 'chunks'; readonly lasting: number; readonly unmerged: ReadonlySet<SeriesId> }
  | { readonly do: 'merge'; readonly all: readonly UnmergedSeries[]; readonly cut: Cut }
export type EncodingReply = { readonly value: unknown } | { readonly error: Error }

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

export class ThreadEncoding implements Encoding {
  private worker: Worker | null = null
  private readonly waiting: Waiting[] = []
  /** False once it has ended by itself: as where the system does not let it start, or it is out of memory. */
  works = true

  /** @param file the built thread-main.ts; the thread starts with the first call */
  constructor(private readonly file: string) {}

  async begin(): Promise<void> {
    await this.call({ do: 'begin' })
  }

  gather(rows: readonly Row[]): Promise<readonly Damage[]> {
    return this.call({ do: 'gather', rows }) as Promise<readonly Damage[]>
  }

  chunks(lasting: number, unmerged: ReadonlySet<SeriesId>): Promise<readonly MadeChunk[]> {
    return this.call({ do: 'chunks', lasting, unmerged }) as Promise<readonly MadeChunk[]>
  }

  merge(all: readonly UnmergedSeries[], cut: Cut): Promise<readonly MergedSeries[]> {
    return this.call({ do: 'merge', all, cut }) as Promise<readonly MergedSeries[]>
  }

  /** What was gathered is forgotten; calls under way fail. */
  async close(): Promise<void> {
    await this.worker?.terminate()
  }

  private call(call: EncodingCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      try {
        this.worker ??= this.start()
        this.worker.postMessage(call)
      } catch (error) {
        this.ended(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }

  private start(): Worker {
    // Read here: in a package it lies in an archive, which not every version of Electron opens to threads.
    const worker = new Worker(readFileSync(this.file, 'utf8'), { eval: true })
    worker.on('message', (reply: EncodingReply) => {
      const call = this.waiting.shift()
      if ('error' in reply) call?.reject(reply.error)
      else call?.resolve(reply.value)
    })
    worker.on('error', (error) => this.ended(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', () => this.ended(new Error('the thread that encodes chunks has ended')))
    return worker
  }

  private ended(error: Error): void {
    this.worker = null
    this.works = false
    for (const call of this.waiting.splice(0)) call.reject(error)
  }
}
