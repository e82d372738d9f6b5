/** What the outputs share that other programs on this machine subscribe to. */
import type { Server } from 'node:net'
import { hostAndPort } from '../connections/connection'
import { networkReason } from '../connections/network-errors'

/** A program that has not read so much is disconnected: it must not hold up the others. */
export const UNREAD_BYTES = 16 << 20
/** How long one may take for what it was sent. */
export const READ_WITHIN_MS = 30_000

/** @throws Error where the port is taken */
export function listenAt(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(new Error(networkReason(error, hostAndPort(host, port))))
    server.once('error', failed)
    server.listen(port, host, () => {
      server.removeListener('error', failed)
      resolve()
    })
  })
}

/** Those who wait for somebody to connect. */
export class Arrivals {
  private waiting: (() => void)[] = []

  arrived(): void {
    for (const resume of this.waiting.splice(0)) resume()
  }

  /** @throws Error where `signal` is aborted first */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new Error('stopped'))
      const abort = (): void => reject(new Error('stopped'))
      signal.addEventListener('abort', abort, { once: true })
      this.waiting.push(() => {
        signal.removeEventListener('abort', abort)
        resolve()
      })
    })
  }
}

/** Resolves with how many of the writes succeeded. */
export async function succeeded(writes: readonly Promise<void>[]): Promise<number> {
  const settled = await Promise.allSettled(writes)
  return settled.filter(({ status }) => status === 'fulfilled').length
}
