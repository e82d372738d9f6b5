/** A snapshot that this version does not read costs time at the start, and no result. */
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { decodeSnapshot, encodeSnapshot } from '../../main/pipeline/snapshot'
import { SqliteStore } from '../../main/store/sqlite-store'
import { mqttSource, startEngine, storedResults } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { temporaryFolder, until } from './support/world'

const START = 1_700_000_000_000

describe.skipIf(mosquittoMissing)('a snapshot of another version', () => {
  let broker: Mosquitto
  let engine: Engine | undefined
  afterEach(async () => {
    await engine?.stop()
    await broker.stop()
  })

  it.each(['a later version', 'noise', 'nothing'])(
    'is passed over, and the open window is complete: %s',
    async (what) => {
      broker = await startMosquitto()
      const folder = await temporaryFolder()
      const setup = {
        sources: [mqttSource(broker.url, { time: { field: 'ts' } })],
        pipelines: [
          {
            id: 'w',
            name: 'w',
            source: 'plant',
            window: { kind: 'tumbling' as const, size: '10s' },
            aggregates: ['count', 'sum'],
          },
        ],
      }
      const send = async (from: number, to: number) => {
        const device = await connectAsync(broker.url)
        for (let n = from; n < to; n++)
          await device.publishAsync('plant/a', JSON.stringify({ ts: START + n * 1000, n }), { qos: 1 })
        await device.endAsync()
      }
      const stored = (count: number) =>
        until(() => engine?.runtime.storedSamples === count, `${count} readings are stored`)

      engine = await startEngine(folder, setup)
      await until(() => engine?.runtime.runners.get('plant')?.current.state === 'live', 'the source is live')
      await send(0, 15)
      await stored(15)
      await engine.stop()
      engine = undefined
      await spoil(join(folder, 'weir.db'), what)

      engine = await startEngine(folder, setup)
      await send(15, 30)
      await stored(30)
      await until(async () => (await storedResults(engine as Engine, 'w')).length >= 2, 'the second window is stored')
      const results = await storedResults(engine, 'w')
      expect(results.map(({ start, values }) => [start - START, ...values])).toEqual([
        [0, 10, 45],
        [10_000, 10, 145],
      ])
    },
  )
})

async function spoil(file: string, what: string): Promise<void> {
  const { store } = await SqliteStore.open(file)
  const { snapshot } = await store.resume()
  const decoded = decodeSnapshot(snapshot?.body ?? new Uint8Array())
  if (snapshot === null || decoded === null) throw new Error('the clean stop left no snapshot')
  const operators = decoded.operators.map((entry) => {
    const state = Uint8Array.from(entry.state)
    if (what === 'noise') state.forEach((_, i) => (state[i] = (i * 37) % 251))
    else new DataView(state.buffer).setFloat64(0, 1e6, true)
    return { ...entry, state: what === 'nothing' ? new Uint8Array(0) : state }
  })
  await store.saveSnapshot(snapshot.seq, encodeSnapshot({ ...decoded, operators }))
  await store.close()
}
