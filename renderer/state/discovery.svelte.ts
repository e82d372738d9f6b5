/** Asking what a source could read: a list at once, or what is heard within some seconds, which can be ended early. */
import type { SourceInput } from '../../shared/config/workspace'
import type { Discovered } from '../../shared/ipc/engine'
import type { CallError } from '../../shared/ipc/rpc'
import type { EngineConnection } from './connection.svelte'

export const LISTEN_MS = 10_000
let lastJob = 0

export class Discovery {
  running = $state(false)
  /** Since it began, at most `LISTEN_MS`. */
  elapsed = $state(0)
  found = $state.raw<readonly Discovered[] | null>(null)
  error = $state.raw<CallError | null>(null)
  #job = 0

  constructor(private readonly engine: EngineConnection) {}

  async start(source: SourceInput, secrets: Record<string, string>): Promise<void> {
    const job = (this.#job = ++lastJob)
    this.running = true
    this.error = this.found = null
    const since = performance.now()
    const clock = setInterval(() => (this.elapsed = Math.min(LISTEN_MS, performance.now() - since)), 100)
    const params = { source, secrets, listenMs: LISTEN_MS, job }
    const outcome = await this.engine.call('discover', params, LISTEN_MS + 30_000)
    clearInterval(clock)
    if (job !== this.#job) return
    this.running = false
    this.elapsed = 0
    if (outcome.ok) this.found = outcome.value
    else this.error = outcome.error
  }

  /** What was heard so far is kept. */
  async end(): Promise<void> {
    await this.engine.call('endDiscover', { job: this.#job })
  }

  forget(): void {
    if (this.running) void this.end()
    this.#job = 0
    this.running = false
    this.found = this.error = null
  }
}
