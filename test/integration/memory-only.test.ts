/** A source whose readings are kept only in memory: none of them is in the file, and its windows are right all the same. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storedTable } from '../../main/engine/export/export'
import type { Engine } from '../../main/engine/engine'
import { alertRule } from '../../shared/config/alert'
import { workspace } from '../../shared/config/workspace'
import type { SourceConfig } from '../../shared/config/workspace'
import { exportQuery } from '../../shared/ipc/export'
import type { Frame } from '../../shared/ipc/engine'
import { startEngine, storedResults } from './support/engine'
import { rows } from './support/stored'
import { temporaryFolder, until } from './support/world'

const START = 1_700_000_000_000

let folder: string
let path: string
let engine: Engine | undefined
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await temporaryFolder()
  path = join(folder, 'log.ndjson')
  await writeFile(path, '')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await engine?.stop()
  engine = undefined
})

/** Numbers whose bytes stand nowhere by chance. */
const valueOf = (n: number): number => n + 0.123456789
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `{"n":${valueOf(from + i)},"t":${START + (from + i) * 100}}\n`).join('')

const setup = (keepSamples: 'disk' | 'memory' = 'memory', aggregates = ['count']) => ({
  sources: [
    {
      id: 'log',
      name: 'Log',
      connection: { kind: 'file' as const, path, format: 'ndjson' as const, mode: 'follow' as const },
      time: { field: 't' },
      keepSamples,
    },
  ],
  pipelines: [{ id: 'w', name: 'w', source: 'log', window: { kind: 'tumbling' as const, size: '1s' }, aggregates }],
})
const start = async (...how: Parameters<typeof setup>): Promise<Engine> =>
  (engine = await startEngine(folder, setup(...how)))
async function stop(): Promise<void> {
  await engine?.stop()
  engine = undefined
}
const ledger = () => engine?.runtime.runners.get('log')?.ledger
const received = (count: number) =>
  until(() => (ledger()?.inMemory ?? 0) + (ledger()?.stored ?? 0) >= count, `${count} readings are taken`)
const file = () => join(folder, 'weir.db')

const counts = async (running: Engine): Promise<number[][]> =>
  (await storedResults(running, 'w')).map(({ start, values }) => [start - START, ...values])
/** The windows before the one of reading `to`, when every reading below `to` was counted once. */
const expected = (to: number): number[][] => Array.from({ length: Math.floor((to - 1) / 10) }, (_, i) => [i * 1000, 10])

describe('readings kept only in memory', () => {
  it('are what the preview of a rule and an analysis look at, behind what is stored', async () => {
    let running = await start('disk')
    await appendFile(path, lines(0, 1000))
    await until(() => running.runtime.storedSamples >= 1000, 'the first are stored')
    await stop()
    running = await start()
    await appendFile(path, lines(1000, 1500))
    await until(() => (ledger()?.inMemory ?? 0) >= 500, 'the others are in memory')
    const rule = alertRule.parse({ id: 'r', name: 'R', series: 'n', condition: { kind: 'above', threshold: 1200 } })
    const { alerts, readings, shown } = await running.alerts.preview(rule, START, START + 150_000)
    expect({ alerts, readings }).toEqual({ alerts: 1, readings: 1500 })
    expect(shown?.periods[0]?.[0]).toBe(START + 120_000)
    const series = running.runtime.series()[0]?.id ?? -1
    const range = { from: START, to: START + 150_000, period: null }
    const report = await running.analyses.run({}, { job: 1, series, what: 'histogram', ...range })
    expect(report.readings).toBe(1500)
  })

  it('are in no table and nowhere in the file; results, positions and windows are', async () => {
    const running = await start()
    await appendFile(path, lines(0, 25))
    await received(25)
    expect(ledger()).toMatchObject({ received: 25, decoded: 25, samples: 25, stored: 0, inMemory: 25 })
    expect(running.runtime.storedSamples).toBe(0)
    expect((await running.status()).stored).toBe(0)
    await stop()
    expect(await rows(file(), 'SELECT count(*) AS n FROM journal')).toEqual([{ n: 0 }])
    expect(await rows(file(), 'SELECT count(*) AS n FROM chunk')).toEqual([{ n: 0 }])
    expect(await rows(file(), 'SELECT count(*) AS n FROM window_result')).toEqual([{ n: 2 }])
    const bytes = await readFile(file())
    const found: number[] = []
    for (let n = 0; n < 25; n++) {
      const sought = Buffer.alloc(8)
      sought.writeDoubleLE(valueOf(n))
      if (bytes.includes(sought) || bytes.includes(String(valueOf(n)))) found.push(n)
    }
    // The window that is open needs its first and its last reading.
    expect(found.filter((n) => n < 20)).toEqual([])
  })

  it('are drawn while they come and after; an export of readings has none, a preview sees them', async () => {
    const running = await start()
    await appendFile(path, lines(0, 10))
    await received(10)
    const [series] = running.runtime.series()
    const id = series?.id ?? -1
    const frames: Frame[] = []
    const spec = {
      series: [id],
      windows: false,
      range: { kind: 'live' as const, span: 60_000 },
      width: 600,
      rate: 30,
    }
    running.views.open({ ready: () => true, send: (frame) => void frames.push(frame) }, 1, spec)
    await until(() => frames.at(-1)?.series[0]?.count === 10, 'the past is drawn')
    await appendFile(path, lines(10, 25))
    await until(() => frames.at(-1)?.series[0]?.count === 25, 'what comes is drawn')
    expect(frames.at(-1)?.series[0]?.last?.value).toBe(valueOf(24))
    const query = exportQuery.parse({ series: [id], from: null, to: null, content: 'raw' })
    expect((await storedTable(running.runtime, query)).readings).toBe(0)
    const pipeline = running.currentWorkspace().pipelines[0]
    if (pipeline === undefined) throw new Error('there is a pipeline')
    expect(await running.previewPipeline(pipeline, 60_000, 'count')).toMatchObject({ samples: 25, complete: true })
    await running.eraseSamples({ series: new Set([id]), from: null, to: START + 1_950 })
    await until(() => frames.at(-1)?.series[0]?.count === 5, 'erased readings are gone from memory too')
  })

  it('are not imported into the file', async () => {
    const running = await start()
    expect(() => running.runtime.importTarget().series({ source: 'log', name: 'n', labels: {} }, undefined)).toThrow(
      /only in memory/,
    )
  })

  it('are gone after a restart, and the window that was open is complete', async () => {
    await start('memory', ['count', 'sum'])
    await appendFile(path, lines(0, 15))
    await received(15)
    await stop()
    const running = await start('memory', ['count', 'sum'])
    expect(running.runtime.newestEvent('log')).toBe(START + 1400)
    expect(Number.isNaN(running.runtime.registry.lastTime[1] ?? NaN)).toBe(true)
    await appendFile(path, lines(15, 25))
    await received(10)
    await until(async () => (await counts(running)).length === 2, 'the second window closes')
    const sum = Array.from({ length: 10 }, (_, i) => valueOf(10 + i)).reduce((a, b) => a + b, 0)
    expect((await counts(running))[1]).toEqual([1000, 10, expect.closeTo(sum, 6)])
  })

  it('make the same windows where they are kept now in memory, now on disk', async () => {
    const running = await start('disk')
    const source = running.currentWorkspace().sources[0] as SourceConfig
    let to = 0
    for (const keepSamples of ['disk', 'memory', 'disk', 'memory'] as const) {
      await running.saveSource({ ...source, keepSamples }, '1m')
      await appendFile(path, lines(to, to + 7))
      await received(7)
      to += 7
    }
    expect(running.runtime.storedSamples).toBe(14)
    await stop()
    const again = await start('disk')
    await appendFile(path, lines(to, 41))
    await until(async () => (await counts(again)).length === 4, 'all windows close')
    expect(await counts(again)).toEqual(expected(41))
    // A late reading is stored; the window that it belongs to had readings that are not, so it stays as it was.
    const before = await counts(again)
    await appendFile(path, lines(8, 9))
    await until(() => again.runtime.runners.get('log')?.late === 1, 'the reading is late')
    await again.stop()
    engine = undefined
    expect(await counts(await start('disk'))).toEqual(before)
  })
})

describe('an engine that is killed', () => {
  it('goes on with the windows, positions and results of its last commit', async () => {
    const READINGS = 150
    await writeFile(join(folder, 'workspace.json'), JSON.stringify(workspace.parse({ version: 1, ...setup() })))
    let written = 0
    for (let kill = 0; written < READINGS; kill++) {
      const child = spawn(
        process.execPath,
        [
          resolve('out/main/cli.js'),
          'run',
          '--config',
          join(folder, 'workspace.json'),
          '--db',
          file(),
          '--rehearsal',
          '1000,1000',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      children.push(child)
      const gone = new Promise((done) => child.once('exit', done))
      // Killed as one of the commits begins: a different one each time, so that some have been made and some not.
      let begun = 0
      child.stdout.on('data', (data: Buffer) => {
        begun += String(data).split('begin commit').length - 1
        if (begun > 3 + kill) child.kill('SIGKILL')
      })
      while (child.exitCode === null && child.signalCode === null && written < READINGS) {
        await appendFile(path, lines(written, written + 3))
        written += 3
        const seen = begun
        await until(() => begun > seen || child.signalCode !== null, 'a commit begins')
      }
      child.kill('SIGKILL')
      await gone
    }
    const running = await start()
    await until(async () => (await counts(running)).length >= expected(written).length, 'all windows close')
    expect(await counts(running)).toEqual(expected(written))
    await stop()
    expect(await rows(file(), 'SELECT count(*) AS n FROM journal')).toEqual([{ n: 0 }])
  })
})
