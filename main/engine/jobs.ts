/** Work that a window starts and may cancel: exports and imports, each with a number. */

/** So often does a job say how far it is. */
const PROGRESS_MS = 200

export interface Job {
  readonly id: number
  readonly cancelled: AbortSignal
  /** True where it is time to say how far it is. */
  due(): boolean
}

export class Jobs {
  private readonly running = new Map<number, { readonly stop: AbortController; readonly ended: Promise<void> }>()
  private lastId = 0

  /** @returns the number of the job, which begins after the caller knows it. */
  start(work: (job: Job) => Promise<void>): number {
    const id = ++this.lastId
    const stop = new AbortController()
    let shown = 0
    const due = (): boolean => {
      if (performance.now() - shown < PROGRESS_MS) return false
      shown = performance.now()
      return true
    }
    const ended = new Promise(setImmediate)
      .then(() => work({ id, cancelled: stop.signal, due }))
      .finally(() => this.running.delete(id))
    this.running.set(id, { stop, ended })
    return id
  }

  cancel(id: number): void {
    this.running.get(id)?.stop.abort()
  }

  /** Cancels all and waits until they have tidied up. */
  async stop(): Promise<void> {
    const jobs = [...this.running.values()]
    for (const { stop } of jobs) stop.abort()
    await Promise.all(jobs.map(({ ended }) => ended))
  }
}
