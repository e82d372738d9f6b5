/** A way to a server that can be cut: then bytes vanish in both directions and no connection is closed or refused. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export class CutProxy {
  cut = false
  private readonly sockets = new Set<Socket>()
  private readonly server = createServer((client) => {
    const onward = connect(this.port, '127.0.0.1')
    this.forward(client, onward)
    this.forward(onward, client)
  })

  private constructor(private readonly port: number) {}

  static async to(port: number): Promise<CutProxy> {
    const proxy = new CutProxy(port)
    await new Promise<void>((done) => proxy.server.listen(0, '127.0.0.1', done))
    return proxy
  }

  get listens(): number {
    return (this.server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((done) => this.server.close(done))
  }

  private forward(from: Socket, to: Socket): void {
    this.sockets.add(from)
    from.on('data', (data) => {
      if (!this.cut) to.write(data)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      this.sockets.delete(from)
      if (!this.cut) to.destroy()
    })
  }
}
