/** The MQTT source against a real mosquitto, and against what is wrong with brokers. */
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { startBroker } from '../../main/demo/broker'
import { Engine } from '../../main/engine/engine'
import { source as sourceSchema } from '../../shared/config/workspace'
import type { SourceState } from '../../shared/ipc/engine'
import { losesNothing, publish } from './support/default-limits'
import { mqttSource, startEngine, storedSamples } from './support/engine'
import type { TestWorkspace } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto, MosquittoOptions } from './support/mosquitto'
import { freePort, temporaryFolder, until } from './support/world'

describe.skipIf(mosquittoMissing)('MQTT', () => {
  const brokers: Mosquitto[] = []
  const engines: Engine[] = []
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop()
    for (const broker of brokers.splice(0)) await broker.stop()
  })
  const mosquitto = async (options?: MosquittoOptions) => {
    const broker = await startMosquitto(options)
    brokers.push(broker)
    return broker
  }
  const engineWith = async (
    setup: TestWorkspace,
    secrets?: Record<string, Record<string, string>>,
    folder?: string,
  ) => {
    const engine = await startEngine(folder ?? (await temporaryFolder()), setup, secrets)
    engines.push(engine)
    return engine
  }
  const stateOf = (engine: Engine): SourceState | undefined => engine.runtime.runners.get('plant')?.current
  const reaches = (engine: Engine, state: SourceState['state']) =>
    until(() => stateOf(engine)?.state === state, `the source is ${state}`)
  const reason = (engine: Engine): string => {
    const state = stateOf(engine)
    return state !== undefined && 'reason' in state ? state.reason : ''
  }

  // A broker that cannot queue for longer than 200 ms drops messages while this whole machine stands still.
  const AGAIN = { retry: 2 }
  for (const protocol of ['3.1.1', '5.0'] as const)
    it(`loses nothing at mosquitto's default limits over ${protocol} (5 s of the 60 s in test:long)`, AGAIN, () =>
      losesNothing(protocol, 5000, 5),
    )

  it('finds topics and records at a broker that knows no version 5', async () => {
    const broker = await startBroker()
    const url = `mqtt://127.0.0.1:${broker.port}`
    const device = await connectAsync(url, { protocolVersion: 4 })
    const sending = setInterval(() => void device.publish('plant/boiler', '{"v":1}'), 20)
    try {
      const engine = await engineWith({ sources: [] })
      const source = sourceSchema.parse(mqttSource(url))
      expect(source.connection).toMatchObject({ protocol: 'auto' })
      const report = await engine.runtime.trials.test(source, {})
      expect(report.records.length).toBe(5)
      const topics = await engine.runtime.trials.discover(source, {}, 500, new AbortController().signal)
      expect(topics.map(({ name }) => name)).toEqual(['plant/boiler'])
    } finally {
      clearInterval(sending)
      await device.endAsync(true)
      await broker.close()
    }
  })

  it('goes on where it was after a stop: what came meanwhile is delivered, nothing twice', async () => {
    const broker = await mosquitto()
    const folder = await temporaryFolder()
    const setup = { sources: [mqttSource(broker.url, { time: { field: 'ts' } })] }
    const first = await engineWith(setup, undefined, folder)
    await reaches(first, 'live')
    const device = await connectAsync(broker.url)
    const send = (n: number) =>
      device.publishAsync('plant/a', JSON.stringify({ ts: 1_700_000_000_000 + n, n }), { qos: 1 })
    for (let n = 0; n < 10; n++) await send(n)
    await until(() => first.runtime.storedSamples === 10, 'ten readings are stored')
    await engines.pop()?.stop()
    for (let n = 10; n < 20; n++) await send(n)
    const second = await engineWith(setup, undefined, folder)
    await until(() => second.runtime.storedSamples >= 20, 'the readings of the pause are stored')
    await send(20)
    await until(() => second.runtime.storedSamples >= 21, 'and the next')
    expect((await storedSamples(second)).map(({ value }) => value)).toEqual(Array.from({ length: 21 }, (_, n) => n))
    await device.endAsync()
  })

  it('stops in the middle of a flood and takes the rest after the next start, nothing twice', async () => {
    const count = 60_000
    const broker = await mosquitto({ config: ['max_queued_messages 0'] })
    const folder = await temporaryFolder()
    const setup = { sources: [mqttSource(broker.url, { time: { field: 'ts' } })] }
    const first = await engineWith(setup, undefined, folder)
    await reaches(first, 'live')
    const published = publish(broker.url, count, 1e9)
    await until(() => first.runtime.storedSamples > 0, 'the first readings are stored')
    await engines.pop()?.stop()
    expect(first.runtime.storedSamples).toBeLessThan(count)
    await published
    const second = await engineWith(setup, undefined, folder)
    await until(() => second.runtime.storedSamples >= count, 'the rest is stored')
    const numbers = (await storedSamples(second)).map(({ value }) => value).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: count }, (_, n) => n))
  })

  it('reconnects by itself when the broker was gone', async () => {
    const broker = await mosquitto()
    const engine = await engineWith({ sources: [mqttSource(broker.url, { time: { field: 'ts' } })] })
    await reaches(engine, 'live')
    await broker.stop()
    await reaches(engine, 'retrying')
    expect(reason(engine)).toMatch(/closed the connection|nothing listens/)
    await broker.start()
    await reaches(engine, 'live')
    const device = await connectAsync(broker.url)
    await device.publishAsync('plant/a', '{"ts":1700000000000,"n":1}', { qos: 1 })
    await until(() => engine.runtime.storedSamples === 1, 'a reading after the reconnect is stored')
    await device.endAsync()
  })

  it('says that nothing listens where there is no broker, and keeps trying', async () => {
    const port = await freePort()
    const engine = await engineWith({ sources: [mqttSource(`mqtt://127.0.0.1:${port}`)] })
    await reaches(engine, 'retrying')
    expect(reason(engine)).toBe(`nothing listens at 127.0.0.1:${port}`)
  })

  it('says that the password is wrong, leaves other sources alone, and connects once it is right', async () => {
    const broker = await mosquitto({ users: { monitor: 'right' } })
    const open = await mosquitto()
    const other = { ...mqttSource(open.url), id: 'other' }
    const engine = await engineWith(
      { sources: [mqttSource(broker.url, {}, { user: 'monitor' }), other] },
      { plant: { password: 'wrong' } },
    )
    await reaches(engine, 'refused')
    expect(reason(engine)).toMatch(/wrong user name or password/)
    await until(() => engine.runtime.runners.get('other')?.current.state === 'live', 'the other source is live')
    await engine.setSecrets('plant', { password: 'right' })
    await reaches(engine, 'live')
  })

  it('says that the other side is no broker', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const engine = await engineWith({ sources: [mqttSource(`mqtt://127.0.0.1:${port}`)] })
    await reaches(engine, 'retrying')
    expect(reason(engine)).not.toBe('')
    server.close()
  })

  it('falls back to 3.1.1 where a broker does not know 5.0', async () => {
    const embedded = await startBroker()
    const engine = await engineWith({ sources: [mqttSource(`mqtt://127.0.0.1:${embedded.port}`)] })
    await reaches(engine, 'live')
    await engines.pop()?.stop()
    await embedded.close()
  })

  it('says which port is in use when the embedded broker cannot have it', async () => {
    const broker = await mosquitto()
    await expect(startBroker(broker.port)).rejects.toThrow(/EADDRINUSE/)
  })

  it('rejects what it cannot read, with the reason, and reads on', async () => {
    const broker = await mosquitto()
    const engine = await engineWith({
      sources: [mqttSource(broker.url, { time: { field: 'ts' }, decoding: { fields: [{ path: 'n' }] } })],
    })
    await reaches(engine, 'live')
    const device = await connectAsync(broker.url)
    const deep = '['.repeat(70) + ']'.repeat(70)
    const bad = [
      'hello',
      '{"ts":1700000000000,"n":"high"}',
      '{"n":1}',
      deep,
      `{"ts":${Date.now() + 7_200_000},"n":1}`,
      Buffer.from([0x7b, 0xff, 0xfe]),
      '{"ts":1700000000000,"m":1}',
      Buffer.alloc((1 << 20) + 1, 0x20),
    ]
    for (const payload of bad) await device.publishAsync('plant/a', payload, { qos: 1 })
    await device.publishAsync('plant/a', '{"ts":1700000000000,"n":42}', { qos: 1 })
    await until(() => engine.runtime.storedSamples === 1, 'the good reading is stored')
    const reasons = (await engine.runtime.rejectedRecords.newest('plant')).map((record) => record.reason).reverse()
    expect(reasons).toEqual([
      'not JSON: "hello"',
      'field n is not a number: "high"',
      'the time field ts is not in the record',
      'nested deeper than 64 levels',
      expect.stringMatching(/^future: /),
      'the payload is not UTF-8 text',
      expect.stringMatching(/^none of the fields n is in the record/),
      'larger than the limit of 1048576 bytes',
    ])
    const ledger = engine.runtime.runners.get('plant')?.ledger
    expect(ledger).toMatchObject({
      received: 9,
      decoded: 1,
      rejected: 8,
      filtered: 0,
      samples: 1,
      stored: 1,
      dropped: 0,
    })
    await device.endAsync()
  })

  it('keeps a broken workspace file aside, says so and starts with defaults', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'workspace.json')
    await writeFile(path, '{"version":1,"sources":[{"id":"x"')
    const engine = await Engine.start({
      workspacePath: path,
      databasePath: join(folder, 'weir.db'),
      secrets: {},
      brokenWorkspace: 'keep-aside',
    })
    engines.push(engine)
    const { notices, sources } = await engine.status()
    expect(sources).toEqual([])
    expect(notices).toHaveLength(1)
    const { file = '', reason: why = '' } = notices[0]?.params ?? {}
    expect(why).toMatch(/is not JSON/)
    expect(await readFile(file, 'utf8')).toBe('{"version":1,"sources":[{"id":"x"')
  })

  it('names file and field of a workspace that does not fit the schema', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'workspace.json')
    await writeFile(
      path,
      JSON.stringify({
        version: 1,
        sources: [
          { id: 'x', name: 'x', connection: { kind: 'mqtt', url: 'http://x', subscriptions: [{ filter: 'a' }] } },
        ],
      }),
    )
    await expect(
      Engine.start({
        workspacePath: path,
        databasePath: join(folder, 'weir.db'),
        secrets: {},
        brokenWorkspace: 'fail',
      }),
    ).rejects.toThrow(/workspace\.json: sources\[0\]\.connection\.url: must start with mqtt:\/\//)
  })
})
