/**
 * A WebSocket server that programs on this machine connect to; each gets every item as a message of JSON. Confirmed is
 * what the system took for at least one of them. While nobody is connected, items wait.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { refusal, turnAway } from '../connections/websocket-server'
import type { OutboxItem, Secrets, Sender } from '../contracts'
import type { WebSocketOutput } from '../../shared/config/outputs/stream'
import { Arrivals, listenAt, READ_WITHIN_MS, succeeded, UNREAD_BYTES } from './listening'

/** Subscribers have nothing to say. */
const TAKES_BYTES = 4096

export class WebSocketSender implements Sender {
  private server: Server | null = null
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: TAKES_BYTES, perMessageDeflate: false })
  private readonly arrivals = new Arrivals()

  constructor(
    private readonly config: WebSocketOutput,
    private readonly secrets: Secrets,
  ) {}

  async open(): Promise<void> {
    await this.close()
    const server = createServer((_request, response) => response.writeHead(426).end())
    server.maxConnections = this.config.maxConnections * 2
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy())
      this.admit(request, socket, head)
    })
    await listenAt(server, this.config)
    server.on('error', () => undefined)
    this.server = server
  }

  async send(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const texts = items.map(({ body }) => JSON.stringify(body))
    for (;;) {
      if (this.sockets.clients.size === 0) await this.arrivals.next(signal)
      if ((await succeeded([...this.sockets.clients].map((client) => sendAll(client, texts)))) > 0) return
      if (signal.aborted) throw new Error('stopped')
    }
  }

  connected(): number {
    return this.sockets.clients.size
  }

  private admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { origins, maxConnections } = this.config
    const room = this.sockets.clients.size < maxConnections
    const status = refusal(request, { origins, token: this.secrets['token'], room })
    if (status !== null) return turnAway(socket, status)
    this.sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate())
      this.arrivals.arrived()
    })
  }

  async close(): Promise<void> {
    const { server } = this
    this.server = null
    for (const client of this.sockets.clients) client.terminate()
    if (server === null) return
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

function sendAll(client: WebSocket, texts: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    if (client.readyState !== client.OPEN || client.bufferedAmount > UNREAD_BYTES) {
      client.terminate()
      return reject(new Error('it does not read'))
    }
    const timer = setTimeout(() => client.terminate(), READ_WITHIN_MS)
    const settle = (error?: Error): void => {
      clearTimeout(timer)
      client.removeListener('close', closed)
      if (error) reject(error)
      else resolve()
    }
    const closed = (): void => settle(new Error('it is gone'))
    client.once('close', closed)
    texts.forEach((text, i) => client.send(text, i === texts.length - 1 ? settle : undefined))
  })
}
