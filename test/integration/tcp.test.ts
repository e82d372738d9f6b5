/** The TCP source against socat, openssl and plain sockets, and against what is wrong with them. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { testSource } from '../../main/pipeline/kinds'
import { source } from '../../shared/config/workspace'
import { certificate, lines, listen, peersMissing, reading, run, socketSource, World } from './support/sockets'
import { freePort, until } from './support/world'

const client = (port: number, over: object = {}) => ({ kind: 'tcp' as const, port, ...over })
const server = (port: number, over: object = {}) => ({ kind: 'tcp' as const, mode: 'server' as const, port, ...over })
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

describe.skipIf(peersMissing)('TCP', () => {
  it('receives the lines of a sender, and again after it was killed and is back', async () => {
    const port = await freePort()
    const serve = () => run('socat', '-', `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr`)
    const first = serve()
    const world = await World.start(client(port))
    await world.reaches('live')
    first.stdin?.write(lines(0, 5))
    await world.stores(5)
    first.kill('SIGKILL')
    await world.reaches('retrying')
    expect(world.reason).toMatch(/closed the connection|nothing listens/)
    const second = serve()
    await world.reaches('live')
    second.stdin?.write(lines(5, 10))
    await world.stores(10)
    expect(await world.values()).toEqual(numbers(10))
    expect(world.ledger).toMatchObject({ received: 10, decoded: 10, rejected: 0, dropped: 0 })
  })

  it('says why it is not connected: refused, unknown host', async () => {
    const port = await freePort()
    const refused = await World.start(client(port))
    await refused.reaches('retrying')
    expect(refused.reason).toBe(`nothing listens at 127.0.0.1:${port}`)
    const unknown = await World.start(client(port, { host: 'no-such-host.invalid' }))
    await unknown.reaches('retrying')
    expect(unknown.reason).toMatch(/the (host|name) of no-such-host\.invalid:\d+ (is not known|cannot be looked up)/)
  })

  it('listens to several senders, tells them apart by address, and says how many there are', async () => {
    const port = await freePort()
    const world = await World.start(server(port))
    await world.reaches('live', 0)
    const senders = ['127.0.0.1', '127.0.0.2'].map((from) => run('socat', '-', `TCP:127.0.0.1:${port},bind=${from}`))
    await world.reaches('live', 2)
    senders.forEach((sender, i) => sender.stdin?.write(lines(i, i + 1)))
    await world.stores(2)
    expect(
      world.engine.runtime
        .series()
        .map(({ labels }) => labels['topic'])
        .sort(),
    ).toEqual(['127.0.0.1', '127.0.0.2'])
    senders[0]?.kill('SIGKILL')
    await world.reaches('live', 1)
  })

  it('takes no more connections than allowed, and says when its port is taken', async () => {
    const port = await freePort()
    const world = await World.start(server(port, { maxConnections: 1 }))
    await world.reaches('live', 0)
    run('socat', '-', `TCP:127.0.0.1:${port}`)
    await world.reaches('live', 1)
    const second = run('socat', '-', `TCP:127.0.0.1:${port}`)
    await new Promise((resolve) => second.once('exit', resolve))
    expect(world.state).toEqual({ state: 'live', connections: 1 })
    const other = await World.start(server(port))
    await other.reaches('retrying')
    expect(other.reason).toBe(`the port of 127.0.0.1:${port} is in use by another program`)
  })

  it('notices a sender that is silent', async () => {
    const port = await freePort()
    await listen(port, (socket) => socket.write(lines(0, 1)))
    const world = await World.start(client(port, { idleTimeout: '300ms' }))
    await world.stores(1)
    await world.reaches('retrying')
    expect(world.reason).toBe(`127.0.0.1:${port} sent nothing for 300ms`)
  })

  it('rejects noise, what is too long and what is cut short, and reads on', async () => {
    const port = await freePort()
    const world = await World.start(server(port, { framing: { maxFrame: 1000 } }), {
      decoding: { fields: [{ path: 'n' }] },
    })
    await world.reaches('live', 0)
    const socket = connect(port, '127.0.0.1')
    socket.write(`hello\n${'['.repeat(200)}\n`)
    socket.write(
      Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0x0a]), Buffer.alloc(3_000_000, 0x20), Buffer.from('\n')]),
    )
    socket.write(lines(0, 1))
    socket.end('{"ts":17')
    await until(() => world.ledger?.received === 6, 'all is received')
    await world.stores(1)
    expect(await world.rejections()).toEqual([
      'not JSON: "hello"',
      'nested deeper than 64 levels',
      'the payload is not UTF-8 text',
      'larger than the limit of 1000 bytes',
      'the connection ended within this record',
    ])
    expect(world.ledger).toMatchObject({ received: 6, decoded: 1, rejected: 5, samples: 1 })
  })

  it('closes where a length cannot be, counts it, and connects again', async () => {
    const port = await freePort()
    let connections = 0
    const framed = (n: number) => Buffer.concat([Buffer.from([0, reading(n).length]), Buffer.from(reading(n))])
    await listen(port, (socket) =>
      socket.write(Buffer.concat([framed(connections), Buffer.from(connections++ === 0 ? [0xff, 0xff] : [])])),
    )
    const world = await World.start(client(port, { framing: { kind: 'length', length: 'u16be', maxFrame: 1000 } }))
    await world.stores(2)
    expect(await world.values()).toEqual([0, 1])
    expect(await world.rejections()).toEqual([
      'a record says that it is 65535 bytes long, more than the limit of 1000 bytes',
    ])
  })

  it('speaks TLS to a server, and says what is wrong with its certificate', async () => {
    const own = await certificate('127.0.0.1')
    const port = await freePort()
    const sender = run(
      'openssl',
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      '-cert',
      own.certFile,
      '-key',
      own.keyFile,
      '-quiet',
    )
    const mistrusting = await World.start(client(port, { secure: true }))
    await until(() => /certificate/.test(mistrusting.reason), 'the certificate is refused')
    expect(mistrusting.reason).toBe(`the certificate of 127.0.0.1:${port} is self-signed; give its CA certificate`)
    await mistrusting.stop()
    const world = await World.start(client(port, { secure: true, tls: { ca: own.cert } }))
    await world.reaches('live')
    sender.stdin?.write(lines(0, 3))
    await world.stores(3)
  })

  it('says that a certificate is for another name, and that there is no TLS', async () => {
    const other = await certificate('elsewhere.example')
    const [port, plain] = [await freePort(), await freePort()]
    run('openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-cert', other.certFile, '-key', other.keyFile, '-quiet')
    const world = await World.start(client(port, { secure: true, tls: { ca: other.cert } }))
    await until(() => /another host name/.test(world.reason), 'the name is refused')
    await listen(plain, (socket) => socket.write('hello\n'))
    const wrong = await World.start(client(plain, { secure: true }))
    await until(() => /does not speak TLS/.test(wrong.reason), 'the lack of TLS is said')
  })

  it('serves TLS with a key under a passphrase, only to clients with a certificate where it has an authority', async () => {
    const own = await certificate('127.0.0.1', 'correct horse')
    const device = await certificate('device.example')
    const port = await freePort()
    const world = await World.start(
      server(port, { secure: true, tls: { cert: own.cert, ca: device.cert } }),
      {},
      { key: own.key, passphrase: 'correct horse' },
    )
    await world.reaches('live', 0)
    const stranger = run('socat', '-', `OPENSSL:127.0.0.1:${port},verify=0`)
    stranger.stdin?.write(lines(0, 1))
    await new Promise((resolve) => stranger.once('exit', resolve))
    const known = run('socat', '-', `OPENSSL:127.0.0.1:${port},verify=0,cert=${device.certFile},key=${device.keyFile}`)
    known.stdin?.write(lines(1, 2))
    await world.stores(1)
    expect(await world.values()).toEqual([1])
  })

  it('fails where a TLS server has no certificate', async () => {
    const world = await World.start(server(await freePort(), { secure: true }))
    await world.reaches('failed')
    expect(world.reason).toBe('a server that speaks TLS needs a certificate and its key')
  })

  it('makes a flood wait while the file is locked: the sender is blocked, memory stays, nothing is lost', async () => {
    const port = await freePort()
    const world = await World.start(server(port), { decoding: { fields: [{ path: 'n' }] } })
    await world.reaches('live', 0)
    const { runtime } = world.engine
    // The real thing that makes a store slow: another connection holds the write lock.
    const blocker = await lockDatabase(runtime.store.file)
    const sender = connect(port, '127.0.0.1')
    const flood = new Flood(sender)
    await until(() => flood.blocked, 'the sender is blocked', 60_000)
    const held = world.ledger?.received ?? 0
    expect(held).toBeLessThan(flood.count)
    // The unit that cannot be committed, and the one that is full behind it.
    expect(held).toBeLessThan(2 * (1 << 18) + 10_000)
    await blocker.release()
    flood.last = flood.count + 1
    await until(() => flood.ended, 'the sender has sent all', 60_000)
    await until(() => runtime.storedSamples === flood.count, 'all is stored', 60_000)
    expect(world.ledger).toMatchObject({ received: flood.count, rejected: 0, dropped: 0 })
  })

  describe('Test', () => {
    const test = (connection: object) =>
      testSource(source.parse(socketSource(connection as never)), { id: 'plant', secrets: {}, installation: 'test' })

    it('shows five records of a sender', async () => {
      const port = await freePort()
      await listen(port, (socket) => socket.write(lines(0, 9)))
      const report = await test(client(port))
      expect(report.records.map(({ payload }) => payload)).toEqual(numbers(5).map(reading))
    })
    it('shows what senders sent to a server, with their address', async () => {
      const port = await freePort()
      const result = test(server(port))
      const sender = run('socat', '-', `TCP:127.0.0.1:${port},retry=50,interval=0.1`)
      sender.stdin?.write(lines(0, 5))
      expect((await result).records.map(({ key }) => key)).toEqual(numbers(5).map(() => '127.0.0.1'))
    })
    it('says why not', async () => {
      const port = await freePort()
      await expect(test(client(port))).rejects.toThrow(`nothing listens at 127.0.0.1:${port}`)
      await expect(test(server(port))).rejects.toThrow('listened for 8 s, and nothing connected')
    })
  })
})

/** Writes readings as fast as they are taken until `last`. */
class Flood {
  count = 0
  last = Infinity
  ended = false
  private lastWrite = performance.now()

  constructor(private readonly socket: Socket) {
    socket.on('drain', () => this.write())
    socket.once('connect', () => this.write())
  }
  /** Nothing more was taken for a while, though there is more to send. */
  get blocked(): boolean {
    return this.count > 0 && performance.now() - this.lastWrite > 1500
  }
  private write(): void {
    this.lastWrite = performance.now()
    if (this.count >= this.last) {
      if (!this.ended) this.socket.end()
      this.ended = true
      return
    }
    const from = this.count
    this.count += 5000
    if (this.socket.write(lines(from, this.count))) setImmediate(() => this.write())
  }
}

async function lockDatabase(file: string): Promise<{ release(): Promise<void> }> {
  const { default: sqlite } = await import('sqlite3')
  const database = new sqlite.Database(file)
  const exec = (sql: string) =>
    new Promise<void>((resolve, reject) => database.exec(sql, (error) => (error === null ? resolve() : reject(error))))
  await exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE')
  return {
    async release() {
      await exec('ROLLBACK')
      await new Promise<void>((resolve) => database.close(() => resolve()))
    },
  }
}
