/** The WebSocket source: a client of a real server, a server for real clients, and what browsers may not do. */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { certificate, peersMissing, reading, run, World } from './support/sockets'
import { freePort, until } from './support/world'

const server = (port: number, over: object = {}) => ({
  kind: 'websocket' as const,
  mode: 'server' as const,
  port,
  ...over,
})
const client = (port: number, over: object = {}) => ({
  kind: 'websocket' as const,
  url: `ws://127.0.0.1:${port}/feed`,
  ...over,
})

const opened = (socket: WebSocket) =>
  new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })

/** HTTP status of an upgrade asked for by curl. */
function upgrade(port: number, ...args: string[]): Promise<number> {
  const child = run(
    'curl',
    ...['--http1.1', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-m', '2', '-H', 'Connection: Upgrade'],
    ...[
      '-H',
      'Upgrade: websocket',
      '-H',
      'Sec-WebSocket-Version: 13',
      '-H',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ],
    ...args,
    `http://127.0.0.1:${port}/plant/a`,
  )
  return new Promise((resolve) => child.stdout?.once('data', (data: Buffer) => resolve(Number(String(data)))))
}

describe.skipIf(peersMissing)('WebSocket', () => {
  it('receives the messages of a server after its greeting, and again when it is back', async () => {
    const port = await freePort()
    const start = (n: number) => {
      const sockets = new WebSocketServer({ port, host: '127.0.0.1' })
      sockets.on('connection', (socket) =>
        socket.on('message', (text: Buffer) => String(text) === 'subscribe' && socket.send(reading(n))),
      )
      return async () => {
        for (const socket of sockets.clients) socket.terminate()
        await new Promise((resolve) => sockets.close(resolve))
      }
    }
    const stop = start(0)
    const world = await World.start(client(port, { greeting: 'subscribe' }))
    await world.stores(1)
    await stop()
    await world.reaches('retrying')
    expect(world.reason).toMatch(/closed the connection|nothing listens/)
    const stopAgain = start(1)
    await world.stores(2)
    expect(await world.values()).toEqual([0, 1])
    await stopAgain()
  })

  it('says that the other side refuses, with its status', async () => {
    const port = await freePort()
    const http = createServer((_request, response) => response.writeHead(401).end())
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
    const world = await World.start(client(port))
    await world.reaches('refused')
    expect(world.reason).toBe(`127.0.0.1:${port} refuses the connection (HTTP 401)`)
    http.close()
  })

  it('takes messages under the path as topic, text and binary, and tells connections', async () => {
    const port = await freePort()
    const world = await World.start(server(port), { decoding: { topicTemplate: 'plant/{device}' } })
    await world.reaches('live', 0)
    const socket = new WebSocket(`ws://127.0.0.1:${port}/plant/boiler`)
    await opened(socket)
    await world.reaches('live', 1)
    socket.send(reading(0))
    socket.send(Buffer.from(reading(1)))
    await world.stores(2)
    expect(world.engine.runtime.series().map(({ labels }) => labels)).toEqual([{ device: 'boiler' }])
    socket.terminate()
    await world.reaches('live', 0)
  })

  it('turns browsers away unless their page is named, and everybody without the token', async () => {
    const port = await freePort()
    const world = await World.start(server(port, { origins: 'https://panel.example' }), {}, { token: 's3cret' })
    await world.reaches('live', 0)
    const token = ['-H', 'Authorization: Bearer s3cret']
    expect(await upgrade(port, ...token, '-H', 'Origin: https://evil.example')).toBe(403)
    expect(await upgrade(port, '-H', 'Origin: https://panel.example')).toBe(401)
    expect(await upgrade(port, '-H', 'Authorization: Bearer wrong')).toBe(401)
    const allowed = new WebSocket(`ws://127.0.0.1:${port}/?token=s3cret`, { origin: 'https://panel.example' })
    await opened(allowed)
    await world.reaches('live', 1)
    allowed.terminate()
  })

  it('turns everybody away beyond the limit of connections', async () => {
    const port = await freePort()
    const world = await World.start(server(port, { maxConnections: 1 }))
    await world.reaches('live', 0)
    const first = new WebSocket(`ws://127.0.0.1:${port}`)
    await opened(first)
    expect(await upgrade(port)).toBe(503)
    first.terminate()
  })

  it('counts what is too long or no text, closes that connection, and leaves the others', async () => {
    const port = await freePort()
    const world = await World.start(server(port, { maxFrame: 100 }))
    await world.reaches('live', 0)
    const [good, long] = [0, 1].map(() => new WebSocket(`ws://127.0.0.1:${port}/a`)) as [WebSocket, WebSocket]
    await Promise.all([opened(good), opened(long)])
    long.on('error', () => undefined)
    long.send('x'.repeat(101))
    await new Promise((resolve) => long.once('close', resolve))
    good.send(reading(0))
    good.send('noise')
    await world.stores(1)
    await until(() => world.ledger?.rejected === 2, 'both are rejected')
    expect((await world.rejections()).sort()).toEqual(['larger than the limit of 100 bytes', 'not JSON: "noise"'])
    good.terminate()
  })

  it('notices a silent peer', async () => {
    const port = await freePort()
    const world = await World.start(server(port, { idleTimeout: '300ms' }))
    await world.reaches('live', 0)
    const socket = new WebSocket(`ws://127.0.0.1:${port}`)
    await opened(socket)
    await new Promise((resolve) => socket.once('close', resolve))
    await world.reaches('live', 0)
  })

  it('says that its port is taken, and listens once it is free', async () => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    const world = await World.start(server(port))
    await world.reaches('retrying')
    expect(world.reason).toBe(`the port of 127.0.0.1:${port} is in use by another program`)
    other.close()
    await world.reaches('live', 0)
  })

  it('speaks TLS as a server', async () => {
    const own = await certificate('127.0.0.1')
    const port = await freePort()
    const world = await World.start(server(port, { secure: true, tls: { cert: own.cert } }), {}, { key: own.key })
    await world.reaches('live', 0)
    const socket = new WebSocket(`wss://127.0.0.1:${port}/a`, { ca: own.cert })
    await opened(socket)
    socket.send(reading(7))
    await world.stores(1)
    socket.terminate()
  })
})
