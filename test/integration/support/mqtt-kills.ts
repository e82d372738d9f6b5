/** Numbered readings of 50 devices at QoS 1, and an engine that is killed again and again while it receives them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { mqttSource } from './engine'
import { startHeadless } from './headless'
import { startMosquitto } from './mosquitto'
import { expectExactlyOnce, writeNumberedWorkspace } from './numbered'
import { temporaryFolder } from './world'

const START = 1_700_000_000_000
/** Each such number is read twice: the same time and value, in another packet. */
const REPEAT = 100

export interface MqttKills {
  readonly protocol: '3.1.1' | '5.0'
  readonly readings: number
  readonly perSecond: number
  readonly kills: number
}

export async function survivesMqttKills({ protocol, readings, perSecond, kills }: MqttKills): Promise<void> {
  // The broker's default of a thousand queued messages would lose what comes while the engine is away.
  const broker = await startMosquitto({ config: ['max_queued_messages 0'] })
  try {
    const folder = await temporaryFolder()
    const source = mqttSource(
      broker.url,
      { time: { field: 'ts' }, decoding: { topicTemplate: 'plant/{device}' } },
      { protocol },
    )
    await writeNumberedWorkspace(folder, source)
    let engine = await startHeadless(folder)
    const script = fileURLToPath(new URL('./publisher.mjs', import.meta.url))
    const device = spawn(process.execPath, [script, broker.url, String(readings), String(perSecond), String(REPEAT)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const published = once(device, 'exit')
    const sent = readings + Math.ceil(readings / REPEAT)
    for (let kill = 1; kill <= kills; kill++) {
      await engine.stores(Math.floor((sent * (kill - Math.random())) / (kills + 1)) + 1)
      // A moment of its own within the commit that is on its way.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100))
      await engine.end('SIGKILL')
      engine = await startHeadless(folder)
    }
    expect((await published)[0]).toBe(0)
    await engine.stores(sent, 180_000)
    expect(await engine.end('SIGTERM')).toBe(0)
    await expectExactlyOnce(folder, readings, START, (n) => (n % REPEAT === 0 ? 2 : 1))
  } finally {
    await broker.stop()
  }
}
