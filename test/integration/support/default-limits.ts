/** A mosquitto with its own limits (20 in flight, 1,000 queued, then silent drops) must lose nothing. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { mqttSource, startEngine, storedSamples } from './engine'
import { startMosquitto } from './mosquitto'
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
    await publish(broker.url, count, perSecond)
    await until(() => engine.runtime.storedSamples >= count, `${count} readings are stored`, 20_000).catch(
      () => undefined,
    )
    const numbers = (await storedSamples(engine)).map(({ value }) => value).sort((a, b) => a - b)
    expect(numbers.length).toBe(count)
    expect(numbers.every((n, i) => n === i)).toBe(true)
  } finally {
    await engine.stop()
    await broker.stop()
  }
}

/** From a process of its own: a publisher within this one would hold up the engine that is tested. */
export function publish(url: string, count: number, perSecond: number): Promise<void> {
  const script = fileURLToPath(new URL('./publisher.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, url, String(count), String(perSecond)], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the publisher ended with code ${code}`))))
  })
}
