/**
 * A server that programs on this machine connect to; each gets every item as a line of JSON. Confirmed is what the
 * system took for at least one of them. While nobody is connected, items wait.
 */
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { OutboxItem, Sender } from '../contracts'
import type { TcpOutput } from '../../shared/config/outputs/stream'
import { Arrivals, listenAt, READ_WITHIN_MS, succeeded, UNREAD_BYTES } from './listening'

export class TcpSender implements Sender {
  private server: Server | null = null
  private readonly sockets = new Set<Socket>()
  private readonly arrivals = new Arrivals()

  constructor(private readonly config: TcpOutput) {}

  async open(): Promise<void> {
    await this.close()
    const server = createServer((socket) => this.accept(socket))
    server.maxConnections = this.config.maxConnections
    await listenAt(server, this.config)
    server.on('error', () => undefined)
    this.server = server
  }

  async send(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const bytes = Buffer.from(items.map(({ body }) => `${JSON.stringify(body)}\n`).join(''))
    for (;;) {
      if (this.sockets.size === 0) await this.arrivals.next(signal)
      if ((await succeeded([...this.sockets].map((socket) => write(socket, bytes)))) > 0) return
      if (signal.aborted) throw new Error('stopped')
    }
  }

  connected(): number {
    return this.sockets.size
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket)
    socket.setNoDelay(true)
    // Nothing is asked of them; what they send is read so that their end is noticed.
    socket.resume()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.sockets.delete(socket))
    this.arrivals.arrived()
  }

  async close(): Promise<void> {
    const { server } = this
    this.server = null
    for (const socket of this.sockets) socket.destroy()
    this.sockets.clear()
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed || socket.writableLength > UNREAD_BYTES) {
      socket.destroy()
      return reject(new Error('it does not read'))
    }
    const timer = setTimeout(() => socket.destroy(), READ_WITHIN_MS)
    const settle = (error?: Error | null): void => {
      clearTimeout(timer)
      socket.removeListener('close', closed)
      if (error) reject(error)
      else resolve()
    }
    const closed = (): void => settle(new Error('it is gone'))
    socket.once('close', closed)
    socket.write(bytes, settle)
  })
}
