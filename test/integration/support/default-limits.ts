/** A mosquitto with its own limits (20 in flight, 1,000 queued, then silent drops) must lose nothing. */
import { expect } from 'vitest'
import { mqttSource, startEngine, storedSamples } from './engine'
import { startMosquitto } from './mosquitto'
import { publishAtRate } from './publish'
import { temporaryFolder, until } from './world'

export async function losesNothing(protocol: '3.1.1' | '5.0', perSecond: number, seconds: number): Promise<void> {
  const broker = await startMosquitto()
  const engine = await startEngine(await temporaryFolder(), {
    sources: [mqttSource(broker.url, { time: { field: 'ts' } }, { protocol })],
    pipelines: [{ id: 'w', name: 'w', source: 'plant', window: { kind: 'tumbling', size: '1s' } }],
  })
  try {
    await until(() => engine.runtime.runners.get('plant')?.current.state === 'live', 'the source is live')
    const count = perSecond * seconds
    await publishAtRate(broker.url, count, perSecond, (n) => ({
      topic: `plant/device-${n % 50}`,
      payload: JSON.stringify({ ts: 1_700_000_000_000 + n, n }),
    }))
    await until(() => engine.runtime.storedSamples >= count, `${count} readings are stored`, 20_000).catch(() => undefined)
    const numbers = (await storedSamples(engine)).map(({ value }) => value).sort((a, b) => a - b)
    expect(numbers.length).toBe(count)
    expect(numbers.every((n, i) => n === i)).toBe(true)
  } finally {
    await engine.stop()
    await broker.stop()
  }
}
