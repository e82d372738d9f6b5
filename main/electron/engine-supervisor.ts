/** Keeps one engine process running: starts it, starts it again when it dies, and stops it cleanly. */
import type { EngineHealth } from '../../shared/ipc/desktop'
import type { ExportQuery } from '../../shared/ipc/export'
import type { Outcome } from '../../shared/ipc/rpc'
import { STOP_TIMEOUT_MS, fromEngine } from '../../shared/ipc/supervisor'
import type { FromEngine, LogLevel, ToEngine } from '../../shared/ipc/supervisor'
import { RestartDelays } from './restart-delays'

/** A started process; `P` is the kind of port it can be handed. */
export interface EngineProcess<P> {
  readonly pid: number | undefined
  post(message: ToEngine, port?: P): void
  onMessage(listener: (message: unknown) => void): void
  /** Once, with what ended it in words. */
  onExit(listener: (reason: string) => void): void
  kill(): void
}

export interface SupervisorOptions<P> {
  /** @throws where no process can be started. */
  readonly start: () => EngineProcess<P>
  readonly init: () => Extract<ToEngine, { type: 'init' }>
  /** Every change of health; after `running`, windows need new ports. */
  readonly onHealth: (health: EngineHealth) => void
  readonly log: (level: LogLevel, message: string) => void
  readonly now?: () => number
}

const DOWN: Outcome<number> = { ok: false, error: { code: 'ENGINE_DOWN', message: 'the engine is not running' } }

export class EngineSupervisor<P> {
  #health: EngineHealth = { state: 'starting' }
  #process: EngineProcess<P> | null = null
  #restarts = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  #stopping = false
  #stops = 0
  #lastRequest = 0
  readonly #delays = new RestartDelays()
  readonly #asked = new Map<number, (outcome: Outcome<number>) => void>()
  readonly #now: () => number

  constructor(private readonly options: SupervisorOptions<P>) {
    this.#now = options.now ?? Date.now
  }

  get health(): EngineHealth {
    return this.#health
  }

  start(): void {
    this.#clearTimer()
    this.#stopping = false
    let engine: EngineProcess<P>
    try {
      engine = this.options.start()
    } catch (error) {
      return this.#ended(`could not be started: ${error instanceof Error ? error.message : String(error)}`)
    }
    this.#process = engine
    engine.onMessage((message) => this.#process === engine && this.#receive(engine, message))
    engine.onExit((reason) => this.#process === engine && this.#ended(reason))
    engine.post(this.options.init())
  }

  /** @returns once the process is gone: by itself, or killed after `STOP_TIMEOUT_MS`. */
  async stop(): Promise<void> {
    this.#clearTimer()
    this.#stopping = true
    this.#stops += 1
    const engine = this.#process
    if (engine === null) return
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(() => {
        this.options.log('warn', 'the engine did not stop in time and is killed')
        engine.kill()
      }, STOP_TIMEOUT_MS)
      engine.onExit(() => {
        clearTimeout(deadline)
        resolve()
      })
      engine.post({ type: 'stop' })
    })
  }

  /** On the user's word: stops what runs and starts afresh, without a wait. */
  restart(): Promise<void> {
    return this.without(() => Promise.resolve())
  }

  /** Something else has the file for as long as the task takes. */
  async without(task: () => Promise<void>): Promise<void> {
    await this.stop()
    const stops = this.#stops
    this.#delays.reset()
    this.#set({ state: 'starting' })
    try {
      await task()
    } finally {
      // Not where the application has ended meanwhile.
      if (stops === this.#stops) this.start()
    }
  }

  /** Hands over a window's port. @returns false where the engine is not ready; the window gets one when it is. */
  connect(port: P): boolean {
    if (this.#process === null || this.#health.state !== 'running') return false
    this.#process.post({ type: 'window' }, port)
    return true
  }

  secretsChanged(sourceId: string, secrets: Readonly<Record<string, string>>): void {
    this.#process?.post({ type: 'secrets', sourceId, secrets: { ...secrets } })
  }

  /** @returns its id as soon as it has started */
  export(query: ExportQuery, path: string): Promise<Outcome<number>> {
    return this.#ask((request) => ({ type: 'export', request, path, query }))
  }

  /** @returns how many were written, once they are */
  exportRejected(sourceId: string, path: string): Promise<Outcome<number>> {
    return this.#ask((request) => ({ type: 'export-rejected', request, path, sourceId }))
  }

  /** @returns how many were written, once they are */
  exportAlerts(rule: string | null, path: string): Promise<Outcome<number>> {
    return this.#ask((request) => ({ type: 'export-alerts', request, path, rule }))
  }

  #ask(message: (request: number) => ToEngine): Promise<Outcome<number>> {
    const engine = this.#process
    if (engine === null || this.#health.state !== 'running') return Promise.resolve(DOWN)
    const request = ++this.#lastRequest
    return new Promise((resolve) => {
      this.#asked.set(request, resolve)
      engine.post(message(request))
    })
  }

  #receive(engine: EngineProcess<P>, message: unknown): void {
    const parsed = fromEngine.safeParse(message)
    if (!parsed.success) return this.options.log('error', 'the engine sent a message of an unknown form')
    this.#act(engine, parsed.data)
  }

  #act(engine: EngineProcess<P>, message: FromEngine): void {
    switch (message.type) {
      case 'ready':
        this.#delays.running(this.#now())
        this.#set({ state: 'running', restarts: this.#restarts, pid: engine.pid ?? 0 })
        return
      case 'fatal': {
        const { message: text, hint } = message.error
        this.#set({ state: 'stopped', reason: hint === undefined ? text : `${text}. ${hint}` })
        void this.stop()
        return
      }
      case 'reply':
        this.#asked.get(message.request)?.(message.outcome)
        this.#asked.delete(message.request)
    }
  }

  #ended(reason: string): void {
    this.#process = null
    for (const settle of this.#asked.values()) settle(DOWN)
    this.#asked.clear()
    if (this.#stopping) return
    const now = this.#now()
    const wait = this.#delays.failed(now)
    this.#restarts += 1
    this.options.log('error', `the engine stopped: ${reason}; it starts again in ${wait} ms`)
    this.#set({ state: 'restarting', reason, retryAt: now + wait, restarts: this.#restarts })
    this.#timer = setTimeout(() => this.start(), wait)
  }

  #set(health: EngineHealth): void {
    this.#health = health
    this.options.onHealth(health)
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
