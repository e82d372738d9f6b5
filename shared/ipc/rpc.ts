/**
 * Calls and events over a message port: `call` for control, `listen` for state.
 * Errors cross as `{ok:false, error}`; both ends validate what they receive.
 */

/** What a call failed with: an operation's message, its cause and what the user can do. */
export interface CallError {
  readonly code: string
  readonly message: string
  readonly hint?: string
}
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CallError }

/** The part of a MessagePort that both a DOM port and an engine port have. */
export interface Port {
  postMessage(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  start(): void
  close(): void
}

export type Reply = { readonly id: number } & Outcome<unknown>
