/** Short outcomes at the corner of the window. A failure stays until it is dismissed. */
import { reasonText } from './reasons'
import type { CallError } from '../../shared/ipc/rpc'

export interface Toast {
  readonly id: number
  readonly tone: 'ok' | 'crit'
  readonly text: string
  readonly hint?: string
}

const STAY_MS = 4000

export class Toasts {
  list = $state.raw<readonly Toast[]>([])
  #last = 0

  say(text: string): void {
    const id = this.#add({ tone: 'ok', text })
    setTimeout(() => this.dismiss(id), STAY_MS)
  }

  fail(text: string, error?: CallError): void {
    this.#add({
      tone: 'crit',
      text: error ? `${text}: ${reasonText(error.message)}` : text,
      ...(error?.hint ? { hint: reasonText(error.hint) } : {}),
    })
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }

  #add(toast: Omit<Toast, 'id'>): number {
    const id = ++this.#last
    this.list = [...this.list.filter((other) => other.text !== toast.text).slice(-3), { ...toast, id }]
    return id
  }
}
