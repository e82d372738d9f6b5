/** The main process as one more window of the engine: for the figures in the tray and for the smoke run. */
import type { EngineEvents, EngineMethod, EngineParams, EngineValues } from '../../shared/ipc/engine'
import type { Outcome } from '../../shared/ipc/rpc'

/** What is needed of a port; Electron's MessagePortMain has it. */
export interface ClientPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  start(): void
  close(): void
}

export class EngineClient {
  #port: ClientPort | null = null
  #lastId = 0
  readonly #pending = new Map<number, (outcome: Outcome<unknown>) => void>()
  readonly #listeners = new Map<string, ((data: never) => void)[]>()

  /** A new port replaces the one of an engine that is gone; its calls fail. */
  attach(port: ClientPort): void {
    this.detach()
    this.#port = port
    port.on('message', (event) => this.#port === port && this.#receive(event.data))
    port.start()
  }

  detach(): void {
    this.#port?.close()
    this.#port = null
    for (const settle of this.#pending.values()) settle(DOWN)
    this.#pending.clear()
  }

  call<M extends EngineMethod>(method: M, params: EngineParams<M>): Promise<Outcome<EngineValues[M]>> {
    const port = this.#port
    if (port === null) return Promise.resolve(DOWN)
    const id = ++this.#lastId
    return new Promise((resolve) => {
      this.#pending.set(id, resolve as (outcome: Outcome<unknown>) => void)
      port.postMessage({ id, method, params })
    })
  }

  on<E extends keyof EngineEvents>(event: E, listener: (data: EngineEvents[E]) => void): void {
    const listeners = this.#listeners.get(event) ?? []
    this.#listeners.set(event, [...listeners, listener as (data: never) => void])
  }

  #receive(message: unknown): void {
    if (typeof message !== 'object' || message === null) return
    if ('event' in message && typeof message.event === 'string' && 'data' in message)
      for (const listener of this.#listeners.get(message.event) ?? []) listener(message.data as never)
    else if ('id' in message && typeof message.id === 'number' && 'ok' in message) {
      this.#pending.get(message.id)?.(message as unknown as Outcome<unknown>)
      this.#pending.delete(message.id)
    }
  }
}

const DOWN: Outcome<never> = { ok: false, error: { code: 'ENGINE_DOWN', message: 'the engine is not running' } }
