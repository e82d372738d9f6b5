/** Late readings through a real broker: in the end the stored windows are those of the same readings in order. */
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import type { SourceInput } from '../../shared/config/workspace'
import type { WindowResult } from '../../shared/model/results'
import { formatSeries } from '../../shared/model/series'
import { Bench } from '../unit/pipeline/support'
import type { PipelineInput, Reading } from '../unit/pipeline/support'
import { mqttSource, startEngine, storedResults } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { temporaryFolder, until } from './support/world'

const MINUTE = 60_000
const BASE = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 4 * 3_600_000
const LAST = BASE + 180 * MINUTE
const DEVICES = [
  { site: 'A', device: 'p1' },
  { site: 'A', device: 'p2' },
  { site: 'B', device: 'p1' },
]
const PIPELINES: PipelineInput[] = [
  { id: 'tumbling', window: { kind: 'tumbling', size: '5m' }, aggregates: ['count', 'sum', 'p50', 'first', 'last'] },
  { id: 'hopping', window: { kind: 'hopping', size: '10m', slide: '3m' }, aggregates: ['count', 'mean', 'stddevSamp'] },
  { id: 'cumulative', window: { kind: 'cumulative', size: '1h', step: '20m' } },
  { id: 'calendar', window: { kind: 'calendar', unit: 'hour', zone: 'Europe/Berlin' } },
  { id: 'session', window: { kind: 'session', gap: '90s' } },
  { id: 'steps', window: { kind: 'tumbling', size: '15m' }, aggregates: ['count', 'increase', 'timeWeightedMean'] },
  {
    id: 'changed',
    window: { kind: 'tumbling', size: '10m' },
    select: ['*{site="A"}'],
    filter: 'value > 3',
    scale: { factor: 2, offset: 1 },
    groupBy: ['site'],
    time: { outOfOrderness: '1m', allowedLateness: '2m' },
  },
  {
    id: 'joined',
    window: { kind: 'tumbling', size: '10m' },
    combine: {
      inputs: [
        { as: 'x', series: 'n{device="p1"}' },
        { as: 'y', series: 'n{device="p2"}' },
      ],
      on: ['site'],
      tolerance: '4m',
      expression: 'x * 100 + y',
      name: 'both',
    },
  },
]

/** About one reading in twelve comes up to half an hour late; there are times of silence. */
function readings(): Reading[] {
  let seed = 7
  const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 4294967296
  const sent: Reading[] = []
  const delayed: { readonly at: number; readonly reading: Reading }[] = []
  for (let minute = 0; minute < 150; minute++) {
    for (const labels of DEVICES) {
      if (random() < 0.3) continue
      const time = BASE + minute * MINUTE + Math.floor(random() * 50_000)
      const reading: Reading = ['n', time, Math.floor(random() * 10), labels]
      if (random() < 1 / 12) delayed.push({ at: minute + Math.floor(random() * 30), reading })
      else sent.push(reading)
    }
    for (const late of delayed.filter(({ at }) => at === minute)) sent.push(late.reading)
  }
  for (const labels of DEVICES) sent.push(['n', LAST, 1, labels])
  return sent
}

const shown = (pipeline: string, name: string, result: WindowResult): string =>
  `${pipeline} ${name} [${result.start - BASE},${result.end - BASE}) ${[...result.values].map((v) => Number(v.toPrecision(12))).join(' ')}`

/** What the pipelines give of the same readings in order. */
function expected(sent: readonly Reading[]): string[] {
  const bench = new Bench(PIPELINES)
  bench.send(...[...sent].sort((a, b) => a[1] - b[1])).end()
  return bench.results
    .filter(({ end }) => end <= LAST)
    .map((result) => {
      const info = bench.registry.info(result.key)
      return shown(result.pipeline, info === undefined ? '' : formatSeries(info), result)
    })
    .sort()
}

describe.skipIf(mosquittoMissing)('windows that were over', () => {
  let broker: Mosquitto | undefined
  let engine: Engine | undefined
  afterEach(async () => {
    await engine?.stop()
    await broker?.stop()
  })

  async function start(
    folder: string,
    over: Partial<PipelineInput['time']> = {},
    others: readonly PipelineInput[] = [],
  ): Promise<Engine> {
    const source: SourceInput = mqttSource(broker?.url ?? '', {
      time: { field: 'ts' },
      decoding: { topicTemplate: 'plant/{site}/{device}', fields: [{ path: 'n' }] },
    })
    const changed = PIPELINES.map((entry) => ({ ...entry, time: { ...entry.time, ...over } }))
    const pipelines = [...changed, ...others].map((entry) => ({
      aggregates: ['count', 'sum'],
      ...entry,
      name: entry.id,
      source: 'plant',
      window: entry.window as NonNullable<typeof entry.window>,
    }))
    const started = await startEngine(folder, { sources: [source], pipelines })
    await until(() => started.runtime.runners.get('plant')?.current.state === 'live', 'the source is live')
    return started
  }

  async function publish(sent: readonly Reading[]): Promise<void> {
    const client = await connectAsync(broker?.url ?? '')
    for (const [, ts, n, labels] of sent)
      await client.publishAsync(`plant/${labels?.['site']}/${labels?.['device']}`, JSON.stringify({ ts, n }), {
        qos: 1,
      })
    await client.endAsync()
  }

  async function stored(from: Engine): Promise<{ rows: string[]; results: WindowResult[] }> {
    const rows: string[] = []
    const all: WindowResult[] = []
    for (const { id } of PIPELINES)
      for (const result of await storedResults(from, id)) {
        const info = from.runtime.registry.info(result.key)
        if (result.end > LAST) continue
        rows.push(shown(id, info === undefined ? '' : formatSeries(info), result))
        all.push(result)
      }
    return { rows: rows.sort(), results: all }
  }

  it('are computed anew from the stored readings, each with its next revision', async () => {
    broker = await startMosquitto()
    const folder = await temporaryFolder()
    const sent = readings()
    const wanted = expected(sent)
    engine = await start(folder)
    const running = engine
    await publish(sent)
    await until(() => running.runtime.storedSamples >= sent.length, 'all readings are stored')
    await until(
      async () => (await stored(running)).rows.join('\n') === wanted.join('\n'),
      'all is repaired',
      30_000,
    ).catch(() => undefined)
    const found = await stored(engine)
    expect(found.rows).toEqual(wanted)
    const repaired = found.results.filter((result) => result.repaired)
    expect(repaired.length).toBeGreaterThan(50)
    expect(repaired.some(({ revision }) => revision > 0)).toBe(true)
    expect(running.runtime.counts.of('tumbling').repaired).toBeGreaterThan(0)
    expect(running.runtime.runners.get('plant')?.late).toBeGreaterThan(10)

    // After a restart nothing is computed a second time: when another sensor has been repaired, a pass is over.
    await engine.stop()
    const again = (engine = await start(folder))
    const other = { site: 'C', device: 'p9' }
    await publish([
      ['n', LAST, 1, other],
      ['n', BASE, 1, other],
    ])
    await until(() => again.runtime.counts.of('tumbling').repaired > 0, 'the other sensor is repaired')
    const { results } = await stored(again)
    const isOther = ({ key }: WindowResult): boolean => again.runtime.registry.labels(key)['site'] === 'C'
    expect(results.some(isOther)).toBe(true)
    expect(results.filter((result) => !isOther(result))).toEqual(found.results)
  })

  it('are computed after a restart where the engine stopped before', async () => {
    broker = await startMosquitto()
    const folder = await temporaryFolder()
    const sent = readings()
    const wanted = expected(sent)
    engine = await start(folder)
    await publish(sent)
    await until(() => (engine?.runtime.storedSamples ?? 0) >= sent.length, 'all readings are stored')
    await engine.stop()
    const running = (engine = await start(folder))
    await until(async () => (await stored(running)).rows.join() === wanted.join(), 'all is repaired').catch(
      () => undefined,
    )
    expect((await stored(running)).rows).toEqual(wanted)
  })

  it('stay as they were where repair is off', async () => {
    broker = await startMosquitto()
    const sent = readings()
    const repairing = { id: 'repairing', window: { kind: 'tumbling', size: '5m' } } as const
    engine = await start(await temporaryFolder(), { repair: false }, [repairing])
    const running = engine
    await publish(sent)
    await until(() => running.runtime.storedSamples >= sent.length, 'all readings are stored')
    await until(() => running.runtime.counts.of('repairing').repaired > 0, 'a pass is over')
    const { results, rows } = await stored(running)
    expect(results.some((result) => result.repaired)).toBe(false)
    expect(rows).not.toEqual(expected(sent))
  })
})
