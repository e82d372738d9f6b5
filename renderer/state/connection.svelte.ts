/** The window's end of the engine's message port: `call` for control, `on` for state. A new port replaces a dead one. */
import { ENGINE_PORT_MESSAGE } from '../../shared/ipc/desktop'
import type { EngineEvents, EngineMethod, EngineParams, EngineValues } from '../../shared/ipc/engine'
import type { CallError, Outcome } from '../../shared/ipc/rpc'

/** What the connection needs of a port; a MessagePort has it. */
export interface EnginePort {
  postMessage(message: unknown): void
  start(): void
  close(): void
  onmessage: ((event: MessageEvent) => void) | null
}

type Settle = (outcome: Outcome<unknown>) => void
type Listener = (data: never) => void

const DEFAULT_TIMEOUT = 15_000

export class EngineConnection {
  connected = $state(false)
  #port: EnginePort | null = null
  #lastId = 0
  readonly #pending = new Map<number, { settle: Settle; timer: ReturnType<typeof setTimeout> }>()
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #openListeners = new Set<() => void>()

  /** Takes the ports that the preload hands over as window messages. */
  listenTo(target: Window): void {
    target.addEventListener('message', (event) => {
      const port = event.ports[0]
      if (event.source === target && event.data === ENGINE_PORT_MESSAGE && port) this.attach(port)
    })
  }

  attach(port: EnginePort): void {
    this.detach()
    this.#port = port
    port.onmessage = (event) => this.#receive(event.data)
    port.start()
    this.connected = true
    for (const listener of this.#openListeners) listener()
  }

  /** Forgets the port: every call that waits fails, because its answer will not come. */
  detach(): void {
    if (this.#port) {
      this.#port.onmessage = null
      this.#port.close()
    }
    this.#port = null
    this.connected = false
    for (const id of [...this.#pending.keys()]) this.#settle(id, { ok: false, error: engineDown })
  }

  call<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    timeout = DEFAULT_TIMEOUT,
  ): Promise<Outcome<EngineValues[M]>> {
    return new Promise((resolve) => {
      const port = this.#port
      if (!port) return resolve({ ok: false, error: engineDown })
      const id = ++this.#lastId
      const late = (): void =>
        this.#settle(id, { ok: false, error: { code: 'timeout', message: `no answer to ${method}` } })
      this.#pending.set(id, { settle: resolve as Settle, timer: setTimeout(late, timeout) })
      port.postMessage({ id, method, params })
    })
  }

  /** @returns a function that stops listening. */
  on<E extends keyof EngineEvents>(event: E, listener: (data: EngineEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener as Listener)
    return () => listeners.delete(listener as Listener)
  }

  /** Called at every new port, for what must be asked again. */
  onOpen(listener: () => void): () => void {
    this.#openListeners.add(listener)
    return () => this.#openListeners.delete(listener)
  }

  #receive(message: unknown): void {
    if (typeof message !== 'object' || message === null) return
    if ('event' in message && typeof message.event === 'string' && 'data' in message) {
      for (const listener of this.#listeners.get(message.event) ?? []) listener(message.data as never)
    } else if ('id' in message && typeof message.id === 'number' && 'ok' in message) {
      this.#settle(message.id, message as unknown as Outcome<unknown>)
    }
  }

  #settle(id: number, outcome: Outcome<unknown>): void {
    const waiting = this.#pending.get(id)
    if (!waiting) return
    this.#pending.delete(id)
    clearTimeout(waiting.timer)
    waiting.settle(outcome)
  }
}

const engineDown: CallError = { code: 'engine-down', message: 'the engine is not running' }
