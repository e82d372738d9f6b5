/** A network that loses everything and says nothing: noticed by what a protocol sends by itself, and got over. */
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { CutProxy } from './support/cut-proxy'
import { mqttSource, startEngine, storedSamples } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import { temporaryFolder, until } from './support/world'

const KEEP_ALIVE_S = 2

describe.skipIf(mosquittoMissing)('MQTT over a network that is cut', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
  const stateOf = (engine: Engine) => engine.runtime.runners.get('plant')?.current

  it.each(['3.1.1', '5.0'] as const)(
    'notices it by the keep-alive, says so, and takes all that came meanwhile once it is back (%s)',
    async (protocol) => {
      const broker = await startMosquitto()
      ends.push(() => broker.stop())
      const proxy = await CutProxy.to(Number(new URL(broker.url).port))
      ends.push(() => proxy.close())
      const source = mqttSource(
        `mqtt://127.0.0.1:${proxy.listens}`,
        { time: { field: 'ts' } },
        { protocol, keepAlive: `${KEEP_ALIVE_S}s` },
      )
      const engine = await startEngine(await temporaryFolder(), { sources: [source] })
      ends.push(() => engine.stop())
      await until(() => stateOf(engine)?.state === 'live', 'the source is live')
      const device = await connectAsync(broker.url)
      ends.push(() => device.endAsync())
      const send = (n: number) =>
        device.publishAsync('plant/a', JSON.stringify({ ts: 1_700_000_000_000 + n, n }), { qos: 1 })
      await send(0)
      await until(() => engine.runtime.storedSamples === 1, 'the first reading is stored')

      proxy.cut = true
      for (let n = 1; n < 50; n++) await send(n)
      await until(() => stateOf(engine)?.state === 'retrying', 'the cut is noticed')
      const state = stateOf(engine)
      expect(state !== undefined && 'reason' in state ? state.reason : '').toMatch(/does not answer any more/)

      proxy.cut = false
      await until(() => engine.runtime.storedSamples >= 50, 'what came meanwhile is stored', 60_000)
      const values = (await storedSamples(engine)).map(({ value }) => value)
      expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n))
    },
    120_000,
  )
})
