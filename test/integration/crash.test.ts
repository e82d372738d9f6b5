/** SIGKILL of a headless engine under load: what the broker believes delivered is stored, windows equal an uninterrupted run. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { startEngine, mqttSource, storedResults, storedSamples } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { temporaryFolder, until } from './support/world'

const COUNT = 30_000
const PER_SECOND = 4000
const KILLS = 4
const WINDOW = 250

describe.skipIf(mosquittoMissing)('an engine killed under load', () => {
  let broker: Mosquitto | undefined
  const children: ChildProcess[] = []
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await broker?.stop()
  })

  it('has stored every reading that the broker counted as delivered, and its windows are right', async () => {
    broker = await startMosquitto({ config: ['max_queued_messages 0'] })
    const folder = await temporaryFolder()
    const setup = {
      sources: [mqttSource(broker.url, { time: { field: 'ts' }, decoding: { fields: [{ path: 'n' }] } })],
      pipelines: [{ id: 'w', name: 'w', source: 'plant', window: { kind: 'tumbling' as const, size: `${WINDOW}ms` } }],
    }
    await writeFile(join(folder, 'workspace.json'), JSON.stringify({ version: 1, ...setup }))
    let engine = await headless(folder)
    const publisher = run(
      fileURLToPath(new URL('./support/publisher.mjs', import.meta.url)),
      broker.url,
      String(COUNT),
      String(PER_SECOND),
    )
    const published = new Promise((done) => publisher.once('exit', done))
    for (let kill = 0; kill < KILLS; kill++) {
      await engine.stores(1 + kill * 3000)
      const gone = new Promise((done) => engine.child.once('exit', done))
      engine.child.kill('SIGKILL')
      await gone
      engine = await headless(folder)
    }
    await published
    await engine.stores(COUNT)
    const stopped = new Promise((done) => engine.child.once('exit', done))
    engine.child.kill('SIGTERM')
    expect(await stopped).toBe(0)

    const reader = await startEngine(folder, { sources: [] })
    try {
      const stored = await storedSamples(reader)
      expect(new Set(stored.map(({ value }) => value)).size).toBe(COUNT)
      expect(stored.length).toBe(COUNT)
      await expectWindowsOf(stored, await storedResults(reader, 'w'))
    } finally {
      await reader.stop()
    }
  })

  async function headless(folder: string) {
    const child = run(
      resolve('out/main/cli.js'),
      'run',
      '--config',
      join(folder, 'workspace.json'),
      '--db',
      join(folder, 'weir.db'),
    )
    let stored = -1
    let output = ''
    child.stdout?.on('data', (data: Buffer) => {
      output += String(data)
      for (const match of String(data).matchAll(/stored (\d+)/g)) stored = Number(match[1])
    })
    child.stderr?.on('data', (data: Buffer) => (output += String(data)))
    await until(() => stored >= 0 || child.exitCode !== null, 'the headless engine reports')
    if (child.exitCode !== null) throw new Error(`the headless engine ended: ${output}`)
    return { child, stores: (count: number) => until(() => stored >= count, `${count} readings are stored`, 60_000) }
  }

  function run(script: string, ...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
})

/** Every stored window equals the one computed from the stored samples in their order, lateness included. */
function expectWindowsOf(
  stored: readonly { series: number; time: number; value: number }[],
  results: Awaited<ReturnType<typeof storedResults>>,
): void {
  const watermark = new Map<number, number>()
  const windows = new Map<string, { count: number; sum: number }>()
  for (const { series, time, value } of stored) {
    const start = Math.floor(time / WINDOW) * WINDOW
    const w = watermark.get(series) ?? -Infinity
    if (start + WINDOW > w) {
      const key = `${series} ${start}`
      const window = windows.get(key) ?? { count: 0, sum: 0 }
      windows.set(key, { count: window.count + 1, sum: window.sum + value })
    }
    watermark.set(series, Math.max(w, time))
  }
  expect(results.length).toBeGreaterThan(100)
  for (const { key, start, values } of results) {
    const expected = windows.get(`${key} ${start}`)
    expect({ key, start, count: values[0], sum: values[1] }).toEqual({ key, start, ...expected })
  }
  const closed = [...windows.keys()].filter((name) => {
    const [series, start] = name.split(' ').map(Number)
    return (start as number) + WINDOW <= (watermark.get(series as number) as number)
  })
  expect(results.length).toBeGreaterThanOrEqual(closed.length)
}
