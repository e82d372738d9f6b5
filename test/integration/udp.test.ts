/** The UDP source: datagrams of socat, a group, and drops that are counted. */
import { createSocket } from 'node:dgram'
import { describe, expect, it } from 'vitest'
import { UdpSource } from '../../main/sources/udp'
import { udpConnection } from '../../shared/config/sources/udp'
import { peersMissing, reading, run, World } from './support/sockets'
import { freePort, until } from './support/world'

const udp = (port: number, over: object = {}) => ({ kind: 'udp' as const, port, ...over })

describe.skipIf(peersMissing)('UDP', () => {
  it('takes a datagram as a record, under the address of its sender', async () => {
    const port = await freePort()
    const world = await World.start(udp(port))
    await world.reaches('live')
    const sender = run('socat', '-', `UDP:127.0.0.1:${port},bind=127.0.0.3`)
    sender.stdin?.end(reading(4))
    await world.stores(1)
    expect(world.engine.runtime.series().map(({ labels }) => labels)).toEqual([{ topic: '127.0.0.3' }])
  })

  it('receives what is sent to a group', async () => {
    const port = await freePort()
    const world = await World.start(udp(port, { group: '239.7.7.7', interface: '127.0.0.1' }))
    await world.reaches('live')
    const sender = run('socat', '-', `UDP:239.7.7.7:${port},ip-multicast-if=127.0.0.1`)
    sender.stdin?.end(reading(5))
    await world.stores(1)
    expect(await world.values()).toEqual([5])
  })

  it('says that its port is taken', async () => {
    const port = await freePort()
    const first = await World.start(udp(port))
    await first.reaches('live')
    const second = await World.start(udp(port))
    await second.reaches('retrying')
    expect(second.reason).toBe(`the port of 127.0.0.1:${port} is in use by another program`)
  })

  it('rejects noise and counts it', async () => {
    const port = await freePort()
    const world = await World.start(udp(port))
    await world.reaches('live')
    const socket = createSocket('udp4')
    for (const payload of [Buffer.from([0xff, 0xfe]), Buffer.from('x'), Buffer.from(reading(1))])
      await new Promise((resolve) => socket.send(payload, port, '127.0.0.1', resolve))
    await world.stores(1)
    expect(world.ledger).toMatchObject({ received: 3, decoded: 1, rejected: 2, dropped: 0 })
    socket.close()
  })

  it('counts every datagram that comes while the engine is full: none is lost in silence', async () => {
    const port = await freePort()
    const stop = new AbortController()
    let [taken, dropped] = [0, 0]
    let live = false
    let makeRoom: (() => void) | undefined
    const source = new UdpSource(udpConnection.parse(udp(port)))
    const running = source.run(
      {
        write(batch) {
          dropped += batch.dropped ?? 0
          taken += batch.records.filter(({ unreadable }) => unreadable === undefined).length
          return makeRoom === undefined ? new Promise((resolve) => (makeRoom = resolve)) : undefined
        },
        state: ({ state }) => (live = state === 'live'),
      },
      new Map(),
      stop.signal,
    )
    await until(() => live, 'it receives')
    const socket = createSocket('udp4')
    const send = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () => new Promise((resolve) => socket.send('1', port, '127.0.0.1', resolve))),
      )
    await send(1)
    await until(() => taken === 1, 'the first is taken, and the sink is full')
    await send(500)
    await until(() => dropped === 500, 'all others are counted')
    makeRoom?.()
    await send(1)
    await until(() => taken === 2, 'there is room again')
    stop.abort()
    await running
    socket.close()
  })
})
