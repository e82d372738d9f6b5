/** Declarative pipelines on a real broker: joins, groups, results as input, previews, views, changes, and SIGKILL. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { connectAsync } from 'mqtt'
import type { MqttClient } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { checkPipeline } from '../../main/engine/pipelines'
import type { Engine } from '../../main/engine/engine'
import { SeriesRegistry } from '../../main/pipeline/series-registry'
import { createSourcePipelines } from '../../main/pipeline/source-pipelines'
import type { Pipeline } from '../../shared/config/pipeline'
import type { Frame, ViewSpec } from '../../shared/ipc/engine'
import type { WindowResult } from '../../shared/model/results'
import { formatSeries } from '../../shared/model/series'
import { startEngine, storedResults } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { DEVICES, START, plantPipelines as pipelines, plantSource, publish } from './support/plant'
import { temporaryFolder, until } from './support/world'

const identity = (result: WindowResult) => `${result.key} ${result.start} ${result.end}`

/** In words, by key and time; without how often each was corrected. */
function rowsOf(results: Iterable<WindowResult>, registry: SeriesRegistry): string[] {
  return [...results]
    .map(({ key, start, end, values }) => {
      const info = registry.info(key)
      return `${info === undefined ? key : formatSeries(info)} [${start - START},${end - START}) ${[...values].join(' ')}`
    })
    .sort()
}

/** What an uninterrupted run over the stored readings gives. */
async function uninterrupted(engine: Engine, id: string): Promise<WindowResult[]> {
  const registry = new SeriesRegistry()
  registry.load(engine.runtime.registry.all)
  const running = createSourcePipelines('plant', pipelines, { registry, mode: 'replay' })
  const results = new Map<string, WindowResult>()
  running.sink = {
    fire: (result) => void (result.pipeline === id && results.set(identity(result), result)),
    late() {},
    mark() {},
  }
  for await (const { samples, runs } of engine.runtime.store.journal(0)) {
    let at = 0
    for (const { length, partition } of runs) {
      const part = (column: 'time' | 'value' | 'arrival') => samples[column].subarray(at, at + length)
      const series = samples.series.subarray(at, at + length)
      running.process(
        { length, series, time: part('time'), value: part('value'), arrival: part('arrival') },
        partition,
        0,
      )
      at += length
    }
  }
  return [...results.values()]
}

describe.skipIf(mosquittoMissing)('pipelines', () => {
  let broker: Mosquitto | undefined
  const engines: Engine[] = []
  const children: ChildProcess[] = []
  const clients: MqttClient[] = []
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.endAsync()
    for (const engine of engines.splice(0)) await engine.stop()
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await broker?.stop()
  })

  async function begin(entries: readonly Pipeline[]) {
    broker = await startMosquitto({ config: ['max_queued_messages 0'] })
    const folder = await temporaryFolder()
    const engine = await startEngine(folder, { sources: [plantSource(broker.url)], pipelines: entries })
    engines.push(engine)
    await until(() => engine.runtime.runners.get('plant')?.current.state === 'live', 'the source is live')
    const client = await connectAsync(broker.url)
    clients.push(client)
    const stores = (count: number) => until(() => engine.runtime.storedSamples >= count, `${count} readings are stored`)
    return { engine, client, folder, stores }
  }

  it('join, group and read each other; the preview is what is stored', async () => {
    const { engine, client, stores } = await begin(pipelines)
    await publish(client, 0, 101)
    await stores(101 * 6)
    await until(async () => (await storedResults(engine, 'seconds')).length >= 4, 'results of results are stored')

    const { registry } = engine.runtime
    const power = await storedResults(engine, 'power')
    // Ten pairs a window: u = 10 w … 10 w + 9, i = 2 + k. The last reading closes the tenth window.
    expect(rowsOf(power, registry).map((row) => row.replace(/ [^ ]*$/, ''))).toEqual(
      DEVICES.flatMap((device, k) =>
        Array.from({ length: 10 }, (_, w) => {
          const hall = k === 0 ? 'north' : 'south'
          return `power{device="${device}", hall="${hall}"} [${w * 500},${w * 500 + 500}) 10 ${(10 * w + 4.5) * (2 + k)}`
        }),
      ).sort(),
    )
    // The reading 0 is left out by the filter.
    expect(rowsOf(await storedResults(engine, 'halls'), registry)).toContain('group{hall="south"} [0,500) 18 0.09')
    expect(rowsOf(await storedResults(engine, 'seconds'), registry)).toEqual([
      `group{hall="north"} [0,2000) 4 ${2 * (4.5 + 14.5 + 24.5 + 34.5)} ${2 * 34.5}`,
      `group{hall="north"} [2000,4000) 4 ${2 * (44.5 + 54.5 + 64.5 + 74.5)} ${2 * 74.5}`,
      `group{hall="south"} [0,2000) 8 ${7 * (4.5 + 14.5 + 24.5 + 34.5)} ${4 * 34.5}`,
      `group{hall="south"} [2000,4000) 8 ${7 * (44.5 + 54.5 + 64.5 + 74.5)} ${4 * 74.5}`,
    ])

    const keys = await engine.runtime.results.keys('power')
    expect(keys.map((key) => [formatSeries(key), key.unit])).toContainEqual(['power{device="fan", hall="south"}', 'W'])
    expect(engine.runtime.series().every((series) => series.source === 'plant')).toBe(true)
    const status = await engine.status()
    expect(status.pipelines.find(({ id }) => id === 'power')).toEqual({
      id: 'power',
      windows: 30,
      repaired: 0,
      late: 0,
      lastResult: START + 5000,
    })

    for (const entry of pipelines) {
      const statistic = entry.aggregates[1] as string
      const preview = await engine.previewPipeline(entry, 60_000, statistic)
      const stored = await storedResults(engine, entry.id)
      expect({ id: entry.id, ...preview, series: preview.series.length }).toMatchObject({
        id: entry.id,
        windows: stored.length,
        keys: new Set(stored.map(({ key }) => key)).size,
        late: 0,
        complete: true,
        statistic,
        to: START + 5000,
      })
      for (const { key, windows } of preview.series) {
        const own = stored.filter((result) => formatSeries(registry.info(result.key)!) === key)
        expect([...windows]).toEqual(own.flatMap(({ start, end, values }) => [start, end, values[1]]))
      }
    }
  })

  it('are shown live by their results, for keys that are no series', async () => {
    const { engine, client, stores } = await begin(pipelines)
    await publish(client, 0, 31)
    await stores(31 * 6)
    await until(async () => (await engine.runtime.results.keys('power')).length === 3, 'power has keys')
    const [key] = await engine.runtime.results.keys('power')
    const frames: Frame[] = []
    const client_ = { ready: () => true, send: (frame: Frame) => void frames.push(frame) }
    const spec: ViewSpec = {
      series: [key!.id],
      windows: false,
      results: { pipeline: 'power', statistic: 'count' },
      range: { kind: 'live', span: 60_000 },
      width: 500,
      rate: 30,
    }
    engine.views.open(client_, 1, spec)
    const ends = () => frames.at(-1)?.series[0]?.windows.filter((_, i) => i % 3 === 1) ?? new Float64Array(0)
    await until(() => ends().length === 3, 'the stored results are drawn')
    await publish(client, 31, 52)
    await until(() => ends().length === 5, 'the view follows')
    const provisional = () => frames.at(-1)?.series[0]?.provisional
    await until(() => provisional()?.[0] === START + 2500, 'the open window is drawn')
    const frame = frames.at(-1)?.series[0]
    expect([...(frame?.windows ?? [])].slice(-3)).toEqual([START + 2000, START + 2500, 10])
    expect([...(frame?.points ?? [])]).toEqual([])
    expect(frame).toMatchObject({ count: 5, min: 10, max: 10, mean: 10, stale: false })
    expect(frame?.last).toMatchObject({ time: START + 2500, value: 10 })
  })

  it('are checked, saved, changed and removed', async () => {
    const { engine, client, folder, stores } = await begin([])
    const [power, , seconds] = pipelines as [Pipeline, Pipeline, Pipeline]
    expect(
      engine.checkPipeline({
        ...power,
        select: ['voltage{'],
        filter: 'volt > 0',
        combine: { ...power.combine!, expression: 'u *' },
        groupBy: ['line'],
      }),
    ).toEqual([
      { field: 'select.0', message: 'expected a label at character 9' },
      { field: 'filter', message: 'volt is not known; there is value, pi and e, at character 1' },
      { field: 'combine.expression', message: expect.stringMatching(/found the end at character 4$/) },
      { field: 'groupBy', message: expect.stringMatching(/add line to combine.on/) },
    ])
    expect(engine.checkPipeline(seconds)).toEqual([{ field: 'upstream', message: 'names no pipeline: power' }])
    expect(
      checkPipeline({ ...seconds, groupBy: ['line'] }, { ...engine.currentWorkspace(), pipelines: [power] }),
    ).toEqual([{ field: 'groupBy', message: 'the results of Power have no label line' }])
    await expect(engine.savePipeline(seconds)).rejects.toThrow('upstream: names no pipeline: power')

    await engine.savePipeline(power)
    await engine.savePipeline(seconds)
    const file = JSON.parse(await readFile(join(folder, 'workspace.json'), 'utf8')) as { pipelines: Pipeline[] }
    expect(file.pipelines.map(({ id }) => id)).toEqual(['power', 'seconds'])
    await until(() => engine.runtime.runners.get('plant')?.current.state === 'live', 'the source is live again')
    await publish(client, 0, 31)
    await stores(31 * 6)
    await until(async () => (await storedResults(engine, 'power')).length === 9, 'nine windows are stored')

    await expect(engine.removePipeline('power', false)).rejects.toThrow(
      'Power cannot be removed: Seconds reads its results',
    )
    await expect(engine.savePipeline({ ...power, aggregates: ['count'] })).rejects.toThrow(/mean is needed/)

    // Other statistics: what was stored keeps its place under its name.
    await engine.savePipeline({ ...power, name: 'Leistung', aggregates: ['max', 'mean'] })
    const changed = await storedResults(engine, 'power')
    expect(engine.runtime.store.aggregates('power')).toEqual(['max', 'mean'])
    expect([...changed[0]!.values]).toEqual([NaN, expect.any(Number)])
    expect(
      changed.map(({ values }) => values[1]).every((mean) => [2, 3, 4].some((i) => (mean! / i - 4.5) % 10 === 0)),
    ).toBe(true)

    // Another formula: what was stored is no longer what the name says.
    await engine.savePipeline({ ...power, combine: { ...power.combine!, expression: 'u + i' } })
    expect(await storedResults(engine, 'power')).toEqual([])

    await engine.removePipeline('seconds', true)
    await engine.removePipeline('power', true)
    expect(engine.currentWorkspace().pipelines).toEqual([])
  })

  it('killed in the middle, twice, before and after a snapshot, give what an uninterrupted run over the stored readings gives', async () => {
    broker = await startMosquitto({ config: ['max_queued_messages 0'] })
    const folder = await temporaryFolder()
    await writeFile(
      join(folder, 'workspace.json'),
      JSON.stringify({ version: 1, sources: [plantSource(broker.url)], pipelines }),
    )
    let engine = await headless(folder)
    const client = await connectAsync(broker.url)
    clients.push(client)
    // A snapshot is written every ten seconds.
    const published = publish(client, 0, 1501, 50)
    for (const count of [3700, 7300]) {
      await engine.stores(count)
      const gone = new Promise((done) => engine.child.once('exit', done))
      engine.child.kill('SIGKILL')
      await gone
      engine = await headless(folder)
    }
    await published
    await engine.stores(1501 * 6)
    const stopped = new Promise((done) => engine.child.once('exit', done))
    engine.child.kill('SIGTERM')
    expect(await stopped).toBe(0)

    const reader = await startEngine(folder, { sources: [] })
    engines.push(reader)
    for (const { id } of pipelines) {
      const stored = await storedResults(reader, id)
      expect(stored.length).toBeGreaterThan(30)
      const { registry } = reader.runtime
      expect({ id, rows: rowsOf(stored, registry) }).toEqual({
        id,
        rows: rowsOf(await uninterrupted(reader, id), registry),
      })
    }
  })

  async function headless(folder: string) {
    const args = ['run', '--config', join(folder, 'workspace.json'), '--db', join(folder, 'weir.db')]
    const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    let stored = -1
    let output = ''
    child.stdout.on('data', (data: Buffer) => {
      output += String(data)
      for (const match of String(data).matchAll(/stored (\d+)/g)) stored = Number(match[1])
    })
    child.stderr.on('data', (data: Buffer) => (output += String(data)))
    await until(() => stored >= 0 || child.exitCode !== null, 'the headless engine reports')
    if (child.exitCode !== null) throw new Error(`the headless engine ended: ${output}`)
    return { child, stores: (count: number) => until(() => stored >= count, `${count} readings are stored`, 60_000) }
  }
})
