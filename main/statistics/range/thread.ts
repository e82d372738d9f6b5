/** Analyses in a thread of its own, so that the engine's goes on taking in what comes. */
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { AnalysisReport, AnalysisRequest } from '../../../shared/ipc/analysis'
import { analyse } from './analyse'
import { AnalysisError } from './error'
import type { Readings } from './gathered'

export interface AnalysisCall {
  readonly readings: Readings
  readonly request: AnalysisRequest
}
export type AnalysisReply =
  { readonly report: AnalysisReport } | { readonly code: AnalysisError['code'] | 'FAILED'; readonly message: string }

interface Waiting {
  resolve(report: AnalysisReport): void
  reject(error: Error): void
}

export class AnalysisThread {
  private worker: Worker | null = null
  private waiting: Waiting | null = null

  /** @param file the built thread-main.ts; undefined: there is none, and it is done in place */
  constructor(private readonly file: string | undefined) {}

  get busy(): boolean {
    return this.waiting !== null
  }

  /** One at a time. The readings are handed over and are gone. @throws AnalysisError */
  run(call: AnalysisCall): Promise<AnalysisReport> {
    if (this.file === undefined) return Promise.resolve().then(() => analyse(call.readings, call.request))
    const { times, values } = call.readings
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      try {
        this.worker ??= this.start(this.file as string)
        this.worker.postMessage(call, [times.buffer as ArrayBuffer, values.buffer as ArrayBuffer])
      } catch (error) {
        this.ended(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }

  /** What is under way fails; the next call begins anew. */
  async cancel(): Promise<void> {
    const { worker } = this
    this.ended(new AnalysisError('REPLACED', 'another analysis took its place'))
    await worker?.terminate()
  }

  private start(file: string): Worker {
    // Read here: in a package it lies in an archive, which not every version of Electron opens to threads.
    const worker = new Worker(readFileSync(file, 'utf8'), { eval: true })
    const own = (act: () => void) => () => {
      if (this.worker === worker) act()
    }
    worker.on('message', (reply: AnalysisReply) =>
      own(() => {
        const { waiting } = this
        this.waiting = null
        if ('report' in reply) waiting?.resolve(reply.report)
        else
          waiting?.reject(
            reply.code === 'FAILED' ? new Error(reply.message) : new AnalysisError(reply.code, reply.message),
          )
      })(),
    )
    worker.on('error', (error) => own(() => this.ended(error instanceof Error ? error : new Error(String(error))))())
    worker.on(
      'exit',
      own(() => this.ended(new Error('the thread that analyses has ended'))),
    )
    return worker
  }

  private ended(error: Error): void {
    const { waiting } = this
    this.worker = null
    this.waiting = null
    waiting?.reject(error)
  }
}
