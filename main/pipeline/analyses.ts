/** Analyses of stored ranges: one at a time, in a thread; of each view only the newest. */
import { AnalysisError, AnalysisThread, Gathered } from '../statistics'
import type { Readings } from '../statistics'
import type { AnalysisReport, AnalysisRequest } from '../../shared/ipc/analysis'
import { allSamples } from './all-samples'
import type { Runtime } from './runtime'

/** Kept as they are; of more the means of short stretches. */
const MOST = 1 << 20
/** Of the score, whose readings cannot be averaged: the newest, some seconds of work. */
const MOST_SCORED = 300_000
/** Batches between two looks at the event loop. */
const YIELD_MS = 8

/** A window; jobs of two windows have nothing to do with each other. */
type Client = object

export class Analyses {
  private readonly thread: AnalysisThread
  private readonly newest = new Map<Client, Map<number, symbol>>()
  private running: { readonly client: Client; readonly job: number } | null = null
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly runtime: Runtime,
    threadFile: string | undefined,
  ) {
    this.thread = new AnalysisThread(threadFile)
  }

  /** The thread is at work. */
  get busy(): boolean {
    return this.thread.busy
  }

  /** @throws AnalysisError with the reason in words */
  async run(client: Client, request: AnalysisRequest): Promise<AnalysisReport> {
    const mine = Symbol()
    const jobs = this.newest.get(client) ?? new Map<number, symbol>()
    this.newest.set(client, jobs.set(request.job, mine))
    const replaced = (): boolean => this.newest.get(client)?.get(request.job) !== mine
    if (this.running?.client === client && this.running.job === request.job) void this.thread.cancel()
    const done = this.last.then(() => this.once(client, request, replaced))
    this.last = done.catch(() => undefined)
    return done
  }

  /** The window is gone, or shows it no more. @param job absent: all of it */
  drop(client: Client, job?: number): void {
    if (job === undefined) this.newest.delete(client)
    else this.newest.get(client)?.delete(job)
    const { running } = this
    if (running?.client === client && (job === undefined || running.job === job)) void this.thread.cancel()
  }

  async stop(): Promise<void> {
    this.newest.clear()
    await this.thread.cancel()
    await this.last
  }

  private async once(client: Client, request: AnalysisRequest, replaced: () => boolean): Promise<AnalysisReport> {
    if (replaced()) throw new AnalysisError('REPLACED', 'another analysis took its place')
    this.running = { client, job: request.job }
    try {
      const readings = await this.read(request, replaced)
      if (replaced()) throw new AnalysisError('REPLACED', 'another analysis took its place')
      return await this.thread.run({ readings, request })
    } finally {
      this.running = null
    }
  }

  private async read({ series, what, from, to }: AnalysisRequest, replaced: () => boolean): Promise<Readings> {
    const { store, memoryOnly } = this.runtime
    const scored = what === 'anomalies'
    // A score learns from what was before: as long again.
    const query = { series: new Set([series]), from: scored ? from - (to - from) : from, to }
    const gathered = scored ? new Newest(MOST_SCORED) : new Gathered(MOST, { from, to })
    let since = performance.now()
    const take = ({ time, value, length }: { time: Float64Array; value: Float64Array; length: number }): void => {
      for (let i = 0; i < length; i++) gathered.add(time[i] as number, value[i] as number)
    }
    for await (const batch of allSamples(store, memoryOnly, query)) {
      take(batch)
      if (replaced()) break
      if (performance.now() - since < YIELD_MS) continue
      await new Promise(setImmediate)
      since = performance.now()
    }
    return gathered.readings()
  }
}

/** The last readings, in a ring. */
class Newest {
  private readonly times: Float64Array
  private readonly values: Float64Array
  private count = 0

  constructor(private readonly most: number) {
    this.times = new Float64Array(most)
    this.values = new Float64Array(most)
  }

  add(time: number, value: number): void {
    const at = this.count++ % this.most
    this.times[at] = time
    this.values[at] = value
  }

  readings(): Readings {
    const { times, values, count, most } = this
    const from = count > most ? count % most : 0
    const length = Math.min(count, most)
    const ordered = (column: Float64Array): Float64Array =>
      Float64Array.from({ length }, (_, i) => column[(from + i) % most] as number)
    return { times: ordered(times), values: ordered(values), count: length, averagedOver: null }
  }
}
