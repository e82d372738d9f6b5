/** Analyses of what is stored, in their thread, while the engine goes on. */
import { appendFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../../main/engine/engine'
import type { AnalysisReport, AnalysisRequest } from '../../shared/ipc/analysis'
import { workspace } from '../../shared/config/workspace'
import { temporaryFolder, until } from './support/world'

const START = 1_700_000_000_000
const MINUTE = 60_000
const WINDOW = {}

describe('an analysis', () => {
  let engine: Engine
  let folder = ''
  const log = (): string => join(folder, 'log.ndjson')
  const lines = (from: number, to: number, step: number): string =>
    Array.from({ length: to - from }, (_, i) => {
      const n = from + i
      const value = 50 + 10 * Math.sin((2 * Math.PI * n) / 1440) + Math.sin(n * 1.7)
      return `{"v":${value.toFixed(3)},"t":${START + n * step}}\n`
    }).join('')
  const ask = (what: AnalysisRequest['what'], over: Partial<AnalysisRequest> = {}): Promise<AnalysisReport> => {
    const series = engine.runtime.series()[0]?.id ?? -1
    const range = { from: START, to: START + 1e10, period: null }
    return engine.analyses.run(WINDOW, { job: 1, series, what, ...range, ...over })
  }

  beforeEach(async () => {
    folder = await temporaryFolder()
    await writeFile(log(), '')
    const connection = { kind: 'file' as const, path: log(), format: 'ndjson' as const, mode: 'follow' as const }
    const sources = [{ id: 'log', name: 'Log', connection, time: { field: 't' } }]
    await writeFile(join(folder, 'workspace.json'), JSON.stringify(workspace.parse({ version: 1, sources })))
    engine = await Engine.start({
      workspacePath: join(folder, 'workspace.json'),
      databasePath: join(folder, 'weir.db'),
      secrets: {},
      brokenWorkspace: 'fail',
      analysisThread: resolve('out/main/analysis.js'),
    })
  })
  afterEach(() => engine.stop())
  const stores = (count: number): Promise<void> =>
    until(() => engine.runtime.storedSamples >= count, `${count} readings are stored`, 60_000)

  it('tells each of its kinds of three days of minutes', async () => {
    await appendFile(log(), lines(0, 4320, MINUTE))
    await stores(4320)
    const decomposed = await ask('decompose')
    if (decomposed.what !== 'decompose') throw new Error('another report')
    expect(Math.abs(decomposed.period / MINUTE - 1440)).toBeLessThan(30)
    expect(decomposed.seasonStrength).toBeGreaterThan(0.9)
    const forecast = await ask('forecast', { period: 1440 * MINUTE })
    expect(forecast.what === 'forecast' && forecast.mean.length).toBeGreaterThan(90)
    expect((await ask('spectrum')).readings).toBe(4320)
    expect((await ask('autocorrelation')).what).toBe('autocorrelation')
    const histogram = await ask('histogram')
    expect(histogram.what === 'histogram' && histogram.counts.reduce((sum, n) => sum + n, 0)).toBe(4320)
    expect((await ask('anomalies')).what).toBe('anomalies')
  })

  it('of a part of what is stored looks at that part', async () => {
    await appendFile(log(), lines(0, 4320, MINUTE))
    await stores(4320)
    expect((await ask('histogram', { to: START + 999 * MINUTE })).readings).toBe(1000)
    await expect(ask('decompose', { to: START + 999 * MINUTE, period: 1440 * MINUTE })).rejects.toMatchObject({
      code: 'TOO_FEW',
    })
    await expect(ask('histogram', { from: START - 10, to: START - 1 })).rejects.toThrow('no readings in the range')
  })

  it('does not hold up what comes in, and a newer one takes its place', async () => {
    await appendFile(log(), lines(0, 250_000, 100))
    await stores(250_000)
    const first = ask('anomalies')
    const refused = expect(first).rejects.toMatchObject({ code: 'REPLACED' })
    await until(() => engine.analyses.busy, 'the first is under way')
    const before = engine.runtime.storedSamples
    await appendFile(log(), lines(250_000, 251_000, 100))
    await stores(251_000)
    // A score of 250,000 readings takes seconds: it is still at work.
    expect(engine.analyses.busy).toBe(true)
    expect(before).toBe(250_000)
    const second = await ask('spectrum')
    await refused
    expect(second.readings).toBe(251_000)
  })

  it('ends with the engine', async () => {
    await appendFile(log(), lines(0, 200_000, 100))
    await stores(200_000)
    const running = expect(ask('anomalies')).rejects.toMatchObject({ code: 'REPLACED' })
    await until(() => engine.analyses.busy, 'it is under way')
    await engine.stop()
    await running
    engine = await Engine.start({
      ...{ workspacePath: join(folder, 'workspace.json'), databasePath: join(folder, 'weir.db') },
      ...{ secrets: {}, brokenWorkspace: 'fail' },
    })
    expect((await ask('histogram')).readings).toBe(200_000)
  })
})
