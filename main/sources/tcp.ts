/**
 * TCP, as a client of a sender or as a server of many. A sender is made to wait while the engine is full; what was
 * received and not yet committed is lost in a crash, because TCP knows no acknowledgement that a sender could see.
 */
import { connect, createServer, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import type { RecordSink, Source, SourceContext } from '../contracts'
import type { TcpConnection } from '../../shared/config/sources/tcp'
import {
  CONNECT_WITHIN_MS,
  hostAndPort,
  plainAddress,
  secureContext,
  serve,
  serverContext,
} from '../connections/connection'
import { networkReason } from '../connections/network-errors'
import { keepConnected } from '../connections/reconnect'
import type { SessionEnd } from '../connections/reconnect'
import { readStream } from './tcp-stream'

export class TcpSource implements Source {
  readonly finite = false

  constructor(
    private readonly config: TcpConnection,
    private readonly context: SourceContext,
  ) {}

  run(out: RecordSink, _resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    const session = this.config.mode === 'client' ? this.receive : this.listen
    return keepConnected(out, stop, () => session.call(this, out, stop))
  }

  private async receive(out: RecordSink, stop: AbortSignal): Promise<SessionEnd> {
    const { config } = this
    const where = hostAndPort(config.host, config.port)
    try {
      const socket = await this.connect(stop)
      out.state({ state: 'live' })
      const { reason, received } = await readStream(socket, { config, key: '', where, out, stop })
      return { reason: reason ?? `${where} closed the connection`, refused: false, wasLive: received > 0 }
    } catch (error) {
      return { reason: networkReason(error, where), refused: false, wasLive: false }
    }
  }

  private connect(stop: AbortSignal): Promise<Socket> {
    const { host, port, secure, tls } = this.config
    return new Promise((resolve, reject) => {
      const socket = secure
        ? connectTls({
            host,
            port,
            ...(isIP(host) === 0 ? { servername: host } : {}),
            rejectUnauthorized: tls.verify,
            ...secureContext(tls, this.context.secrets),
          })
        : connect({ host, port })
      const abort = () => void socket.destroy(new Error('stopped'))
      const timer = setTimeout(
        () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
        CONNECT_WITHIN_MS,
      )
      const settled = () => {
        clearTimeout(timer)
        stop.removeEventListener('abort', abort)
      }
      stop.addEventListener('abort', abort)
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        settled()
        socket.removeListener('error', reject)
        resolve(socket)
      })
      socket.once('error', reject)
      socket.once('close', settled)
      if (stop.aborted) abort()
    })
  }

  private async listen(out: RecordSink, stop: AbortSignal): Promise<SessionEnd> {
    const { config } = this
    let connections = 0
    const say = () => out.state({ state: 'live', connections })
    const accept = (socket: Socket) => {
      const key = plainAddress(socket.remoteAddress)
      connections += 1
      say()
      void readStream(socket, { config, key, where: key, out, stop }).then(() => {
        connections -= 1
        if (!stop.aborted) say()
      })
    }
    const server = config.secure
      ? createTlsServer(
          { ...serverContext(config.tls, this.context.secrets), handshakeTimeout: CONNECT_WITHIN_MS },
          accept,
        )
      : createServer(accept)
    server.maxConnections = config.maxConnections
    const reason = await serve(server, config, stop, say)
    return { reason, refused: false, wasLive: false }
  }
}
