/**
 * WebSocket, as a client of a stream or as a server that devices push to. A message is a record. The sender is made to
 * wait while the engine is full; what was received and not yet committed is lost in a crash.
 */
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { RecordSink, Source, SourceContext } from '../contracts'
import type { WebSocketConnection } from '../../shared/config/sources/websocket'
import { CONNECT_WITHIN_MS, plainAddress, secureContext, serve, serverContext } from '../connections/connection'
import { networkReason } from '../connections/network-errors'
import { keepConnected } from '../connections/reconnect'
import type { SessionEnd } from '../connections/reconnect'
import { refusal, topicOf, turnAway } from '../connections/websocket-server'
import { readMessages } from './websocket-stream'

class Refused extends Error {
  override readonly name = 'Refused'
}

export class WebSocketSource implements Source {
  readonly finite = false

  constructor(
    private readonly config: WebSocketConnection,
    private readonly context: SourceContext,
  ) {}

  run(out: RecordSink, _resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    const session = this.config.mode === 'client' ? this.receive : this.listen
    return keepConnected(out, stop, () => session.call(this, out, stop))
  }

  private async receive(out: RecordSink, stop: AbortSignal): Promise<SessionEnd> {
    const { config } = this
    const where = new URL(config.url ?? '').host
    try {
      const socket = this.connect(config.url ?? '')
      // Before it is open: messages may follow the answer in the same packet.
      const end = readMessages(socket, { config, key: '', where, out, stop })
      await opened(socket, where)
      out.state({ state: 'live' })
      if (config.greeting !== undefined) socket.send(config.greeting)
      const { reason, received } = await end
      return { reason: reason ?? `${where} closed the connection`, refused: false, wasLive: received > 0 }
    } catch (error) {
      return { reason: networkReason(error, where), refused: error instanceof Refused, wasLive: false }
    }
  }

  private connect(url: string): WebSocket {
    const { maxFrame, tls } = this.config
    const { token } = this.context.secrets
    return new WebSocket(url, {
      maxPayload: maxFrame,
      // A message of a few bytes gains nothing, and a small one could unfold to a large one.
      perMessageDeflate: false,
      handshakeTimeout: CONNECT_WITHIN_MS,
      rejectUnauthorized: tls.verify,
      ...secureContext(tls, this.context.secrets),
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    })
  }

  private async listen(out: RecordSink, stop: AbortSignal): Promise<SessionEnd> {
    const { config } = this
    const { secrets } = this.context
    const sockets = new WebSocketServer({ noServer: true, maxPayload: config.maxFrame, perMessageDeflate: false })
    const say = () => out.state({ state: 'live', connections: sockets.clients.size })
    const answer = (_request: IncomingMessage, response: { writeHead(status: number): { end(): void } }) =>
      response.writeHead(426).end()
    const server = config.secure ? createSecureServer(serverContext(config.tls, secrets), answer) : createServer(answer)
    // Those that have not asked yet count too, so that nobody fills the memory with half requests.
    server.maxConnections = config.maxConnections * 2
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy())
      const room = sockets.clients.size < config.maxConnections
      const status = refusal(request, { origins: config.origins, token: secrets['token'], room })
      if (status !== null) return turnAway(socket, status)
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        const address = plainAddress(request.socket.remoteAddress)
        const key = topicOf(request.url) || address
        say()
        void readMessages(accepted, { config, key, where: address, out, stop }).then(() => {
          if (!stop.aborted) say()
        })
      })
    })
    const reason = await serve(server, config, stop, say)
    server.closeAllConnections()
    return { reason, refused: false, wasLive: false }
  }
}

/** @throws Refused, or the error of the network. */
function opened(socket: WebSocket, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`${where} closed the connection`)))
    socket.once('unexpected-response', (_request, response) => {
      reject(new Refused(`${where} refuses the connection (HTTP ${response.statusCode ?? 0})`))
      socket.terminate()
    })
  })
}
