/** Quality checks of a source over a real broker: what is stored, listed and counted. */
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { mqttSource, startEngine, storedSamples } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { temporaryFolder, until } from './support/world'

describe.skipIf(mosquittoMissing)('quality checks', () => {
  let broker: Mosquitto | undefined
  let engine: Engine | undefined
  afterEach(async () => {
    await engine?.stop()
    await broker?.stop()
    engine = broker = undefined
  })

  it('take out samples and not their records, say why, count, and go on from what is stored', async () => {
    const plant = await startMosquitto()
    broker = plant
    const folder = await temporaryFolder()
    const source = mqttSource(plant.url, {
      time: { field: 'ts' },
      quality: {
        checks: [
          { series: 'temperature', check: 'range', most: 120 },
          { series: 'temperature', check: 'step', most: 10 },
          { series: 'level', check: 'range', least: 0, then: 'correct' },
        ],
      },
    })
    engine = await startEngine(folder, { sources: [source] })
    const running = () => (engine as Engine).runtime.runners.get('plant')
    await until(() => running()?.current.state === 'live', 'the source is live')
    const device = await connectAsync(plant.url)
    const send = (n: number, temperature: number, level: number) =>
      device.publishAsync('plant/a', JSON.stringify({ ts: 1_700_000_000_000 + n, temperature, level }), { qos: 1 })
    await send(0, 20, 5)
    await send(1, 999, -3)
    await send(2, 60, 6)
    await send(3, 21, 7)
    await until(() => running()?.ledger.stored === 6, 'six samples are stored')
    const { ledger } = (await engine.status()).sources[0] ?? {}
    expect(ledger).toMatchObject({ received: 4, decoded: 4, rejected: 0, samples: 8, refused: 2, stored: 6 })
    expect((await engine.status()).sources[0]?.checks).toEqual([
      { series: 'temperature', check: 'range', passed: 0, corrected: 0, rejected: 1 },
      { series: 'temperature', check: 'step', passed: 0, corrected: 0, rejected: 1 },
      { series: 'level', check: 'range', passed: 0, corrected: 1, rejected: 0 },
    ])
    expect((await storedSamples(engine)).map(({ value }) => value)).toEqual([20, 21, 5, 0, 6, 7])
    const listed = await engine.runtime.store.rejected.newest('plant', 10)
    expect(listed.map(({ reason }) => reason).sort()).toEqual([
      'range: temperature: 999 is above 120',
      'step: temperature: a step from 20 to 60 is larger than 10',
    ])
    expect(String(Buffer.from(listed[0]?.payload ?? ''))).toContain('"temperature"')
    await engine.stop()

    engine = await startEngine(folder, { sources: [source] })
    await until(() => running()?.current.state === 'live', 'the source is live again')
    await send(4, 80, 8)
    await until(() => running()?.ledger.stored === 1, 'the level is stored')
    expect(running()?.ledger).toMatchObject({ samples: 2, refused: 1 })
    await device.endAsync()
  })
})
