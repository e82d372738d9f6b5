/** What the sources on sockets share: addresses, TLS options, listening, and noticing that nothing comes any more. */
import { setMaxListeners } from 'node:events'
import type { Server } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { Secrets } from '../contracts'
import type { SocketTls } from '../../shared/config/sources/socket'
import type { DurationMs } from '../../shared/model/time'
import { networkReason } from './network-errors'

/** Of the TCP handshake, that of TLS, and that of WebSocket. */
export const CONNECT_WITHIN_MS = 10_000

/** How reading from one connection ended: `reason` null where the other side closed it in order. */
export interface StreamEnd {
  readonly reason: string | null
  /** Bytes or messages; of none it was not worth the name. */
  readonly received: number
}

/** An IPv4 address that a socket of both families sees as IPv6 is shown as what it is. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '')

export const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

export function secureContext(tls: SocketTls, secrets: Secrets): SecureContextOptions {
  const { key, passphrase } = secrets
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}

/** A server that is given an authority wants a certificate of it from every client. @throws Error */
export function serverContext(tls: SocketTls, secrets: Secrets) {
  if (tls.cert === undefined || secrets['key'] === undefined)
    throw new Error('a server that speaks TLS needs a certificate and its key')
  return { ...secureContext(tls, secrets), requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined }
}

/**
 * Listens until `stop`, then closes every connection. `listening` is called once it does.
 * @returns why not, or why no longer.
 */
export function serve(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  stop: AbortSignal,
  listening: () => void,
): Promise<string> {
  return new Promise((resolve) => {
    const end = (reason: string) => {
      stop.removeEventListener('abort', aborted)
      // Without a callback: it would wait for connections that are destroyed elsewhere.
      server.close()
      resolve(reason)
    }
    const aborted = () => end('stopped')
    server.on('error', (error) => end(networkReason(error, hostAndPort(host, port))))
    if (stop.aborted) return end('stopped')
    // One for each connection.
    setMaxListeners(0, stop)
    stop.addEventListener('abort', aborted)
    server.listen(port, host, listening)
  })
}

/** Calls `expired` once nothing was noted for `ms`; 0: never. */
export class IdleTimer {
  private last = performance.now()
  private timer: NodeJS.Timeout | undefined
  private held = false

  constructor(
    private readonly ms: DurationMs,
    private readonly expired: () => void,
  ) {
    if (ms > 0) this.wait(ms)
  }

  /** Something came. */
  note(): void {
    this.last = performance.now()
  }

  /** While we do not read, silence says nothing of the other side. */
  hold(held: boolean): void {
    this.held = held
    this.note()
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private wait(ms: DurationMs): void {
    this.timer = setTimeout(() => {
      const left = this.held ? this.ms : this.last + this.ms - performance.now()
      if (left > 0) this.wait(left)
      else this.expired()
    }, ms)
  }
}
