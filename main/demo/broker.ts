/** The embedded MQTT broker: on 127.0.0.1 only, on the port asked for or a free one. */
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { Aedes } from 'aedes'

export interface EmbeddedBroker {
  readonly port: number
  close(): Promise<void>
}

/** Unknown clients have this long to send CONNECT, and these many may be connected. */
const CONNECT_TIMEOUT_MS = 5_000
const MAX_CLIENTS = 100

/** @throws Error EADDRINUSE where the port is taken. */
export async function startBroker(port = 0): Promise<EmbeddedBroker> {
  const aedes = await Aedes.createBroker({ connectTimeout: CONNECT_TIMEOUT_MS, concurrency: 1000 })
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    aedes.handle(socket)
  })
  server.maxConnections = MAX_CLIENTS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
