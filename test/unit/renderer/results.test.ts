import { describe, expect, it } from 'vitest'
import { openLine } from '../../../renderer/charts/lineOption'
import { EngineConnection } from '../../../renderer/state/connection.svelte'
import { planViews } from '../../../renderer/state/frames.svelte'
import { seriesTitle } from '../../../renderer/state/seriesName'
import { ResultKeys } from '../../../renderer/state/resultKeys.svelte'
import { ResultChoice, resultsShown, SHOWN } from '../../../renderer/views/export/resultChoice.svelte'
import { resultCondition, shownResults, statisticUnit } from '../../../renderer/views/explore/results'
import { resultRows } from '../../../renderer/views/explore/tree'
import type { ResultTree } from '../../../renderer/views/explore/tree'
import { pipeline as schema } from '../../../shared/config/pipeline'
import type { Pipeline } from '../../../shared/config/pipeline'
import type { SeriesFrame } from '../../../shared/ipc/engine'
import type { SeriesInfo } from '../../../shared/model/series'

const key = (id: number, device: string): SeriesInfo => ({ id, source: 'group', name: 'power', labels: { device } })
const make = (id: string, over: Record<string, unknown> = {}): Pipeline =>
  schema.parse({ id, name: `The ${id}`, source: 'plant', window: { kind: 'tumbling', size: '1m' }, ...over })
const power = make('power')
const peaks = make('peaks', { aggregates: ['max', 'count'] })

describe('the pipelines in the tree', () => {
  const tree = (over: Partial<ResultTree> = {}): string[] =>
    resultRows({
      pipelines: [power, peaks],
      keys: new Map([['power', [key(1, 'boiler'), key(2, 'fan')]]]),
      query: '',
      closed: new Set(),
      opened: new Set(),
      label: 'Pipelines',
      textOf: (info, { name }) => `${name} ${info.labels['device']}`.toLowerCase(),
      ...over,
    }).map((row) => {
      const text = row.kind === 'branch' ? row.label : row.kind === 'note' ? row.note : row.key
      return `${' '.repeat(row.depth)}${text}`
    })

  it('begin closed, and show their keys when they are opened', () => {
    expect(tree()).toEqual(['Pipelines', ' The power', ' The peaks'])
    expect(tree({ opened: new Set(['power', 'peaks']) })).toEqual([
      'Pipelines',
      ' The power',
      '  result power 1',
      '  result power 2',
      ' The peaks',
      '  loading',
    ])
    expect(tree({ opened: new Set(['power']), keys: new Map([['power', []]]) })).toContain('  none')
    expect(tree({ closed: new Set(['pipelines']) })).toEqual(['Pipelines'])
    expect(tree({ pipelines: [] })).toEqual([])
  })
  it('are searched like series, and say which keys are still being read', () => {
    expect(tree({ query: 'fan' })).toEqual(['Pipelines', ' The power', '  result power 2', ' The peaks', '  loading'])
    expect(
      tree({
        query: 'nothing',
        keys: new Map([
          ['power', [key(1, 'boiler')]],
          ['peaks', []],
        ]),
      }),
    ).toEqual([])
  })
})

describe('ticked results', () => {
  const tick = (pipeline: string, statistic: string | null = null) => ({ pipeline, info: key(1, 'fan'), statistic })
  it('have the statistic that is chosen, as long as there is one', () => {
    const statistics = (...ticks: ReturnType<typeof tick>[]) =>
      shownResults(ticks, [power, peaks]).map(({ statistic }) => statistic)
    expect(statistics(tick('power'), tick('peaks'))).toEqual(['mean', 'max'])
    expect(statistics(tick('power', 'sum'), tick('peaks', 'sum'))).toEqual(['sum', 'max'])
    expect(statistics(tick('removed'))).toEqual([])
  })
  it('are called by the labels of their group, or like a series', () => {
    expect(seriesTitle(key(1, 'fan'))).toBe('fan / power')
    expect(seriesTitle({ ...key(1, 'fan'), name: 'group' })).toBe('fan')
    expect(seriesTitle({ ...key(1, ''), name: 'group' })).toBe('group')
  })
  it('have the unit of their statistic', () => {
    expect(['mean', 'count', 'varPop', 'rate', 'integral'].map((name) => statisticUnit(name, 'm/s'))).toEqual([
      'm/s',
      '',
      '(m/s)²',
      '(m/s)/s',
      '(m/s)·s',
    ])
    expect(statisticUnit('slope', '°C')).toBe('°C/s')
    expect(statisticUnit('mean', undefined)).toBe('')
  })
  it('are read in views of their own, each statistic by itself', () => {
    const results = { pipeline: 'power', statistic: 'mean' }
    const [view] = planViews([2, 1], { kind: 'live', span: 1000 }, 64, results)
    expect(view).toMatchObject({ series: [1, 2], results })
    expect(view).not.toHaveProperty('windows')
  })
})

describe('the state of results', () => {
  const last = { time: 60_000, value: 1, arrival: 60_000 }
  const none = { points: new Float64Array(0), windows: new Float64Array(0), provisional: null }
  const frame: SeriesFrame = { id: 1, ...none, count: 1, min: 1, max: 1, mean: 1, last, stale: false }
  const now = {
    pipeline: power,
    all: [power],
    source: { state: 'live' },
    engineLive: true,
    paused: false,
    now: 0,
    to: 132_000,
  } as const
  it('is that of the source while the pipeline runs', () => {
    expect(resultCondition(frame, now)).toMatchObject({ key: 'state.live', value: 'live' })
    expect(resultCondition(frame, { ...now, source: { state: 'disabled' } })).toMatchObject({ value: 'old' })
    expect(resultCondition(undefined, now)).toMatchObject({ value: 'none' })
  })
  it('is old where the pipeline is off, waits for another, or the engine is away', () => {
    const off = { ...power, enabled: false }
    const reader = make('reader', { source: undefined, upstream: { pipeline: 'power', statistic: 'mean' } })
    expect(resultCondition(frame, { ...now, pipeline: off, all: [off] })).toMatchObject({
      key: 'pipelines.off',
      value: 'old',
    })
    expect(resultCondition(frame, { ...now, pipeline: reader, all: [off, reader] })).toMatchObject({
      key: 'pipelines.waiting',
      value: 'old',
    })
    expect(resultCondition(frame, { ...now, engineLive: false })).toMatchObject({ key: 'state.notLive', value: 'old' })
    expect(resultCondition(frame, { ...now, paused: true, engineLive: false })).toMatchObject({ key: 'state.paused' })
  })
  it('says how long a key has had no new window', () => {
    const quiet = { ...frame, stale: true }
    expect(resultCondition(quiet, now)).toMatchObject({ key: 'state.silent', params: { time: '1:12' }, value: 'old' })
  })
})

describe('an open window', () => {
  it('that overlaps the one before is drawn over what it adds', () => {
    const windows = Float64Array.from([0, 10, 1, 5, 15, 2])
    expect(openLine({ windows, provisional: [10, 20, 3] })).toEqual([
      [15, 2],
      [15, 3],
      [20, 3],
    ])
    expect(openLine({ windows, provisional: [16, 20, 3] })).toEqual([
      [16, 3],
      [20, 3],
    ])
  })
})

describe('what is exported of results', () => {
  it('is what is ticked, and without ticks the windows drawn over the series', () => {
    const series = [1, 2, 3].map((id) => ({ ...key(id, 'fan'), source: id < 3 ? 'plant' : 'bare' }))
    const drawnOver = (source: string) => (source === 'plant' ? 'power' : undefined)
    expect(resultsShown([], series, drawnOver)).toEqual([{ pipeline: 'power', keys: [1, 2] }])
    const ticks = [
      { pipeline: 'peaks', key: 7 },
      { pipeline: 'power', key: 1 },
      { pipeline: 'peaks', key: 8 },
    ]
    expect(resultsShown(ticks, series, drawnOver)).toEqual([
      { pipeline: 'peaks', keys: [7, 8] },
      { pipeline: 'power', keys: [1] },
    ])
  })
  it('can be chosen by pipeline and key', () => {
    const shown = [{ pipeline: 'peaks', keys: [7] }]
    const choice = new ResultChoice(
      () => [power, peaks],
      () => shown,
      () => 'power',
      () => [key(1, 'fan')],
    )
    expect([choice.pipeline, choice.results, choice.statistics]).toEqual([SHOWN, shown, ['max', 'count']])
    choice.choose('power')
    expect(choice.results).toEqual([{ pipeline: 'power', keys: null }])
    choice.keys = 'choose'
    expect(choice.results).toEqual([])
    choice.tick(1, true)
    expect(choice.results).toEqual([{ pipeline: 'power', keys: [1] }])
    choice.choose('peaks')
    expect(choice.results).toEqual([{ pipeline: 'peaks', keys: null }])
  })
  it('is at first the pipeline that is drawn, else any', () => {
    const first = (usual: string | undefined, all = [power, peaks]) =>
      new ResultChoice(
        () => all,
        () => [],
        () => usual,
        () => undefined,
      ).pipeline
    expect([first('peaks'), first(undefined), first('gone'), first('power', [])]).toEqual([
      'peaks',
      'power',
      'power',
      null,
    ])
  })
})

describe('the keys of a pipeline', () => {
  function asked() {
    const connection = new EngineConnection()
    const calls: string[] = []
    connection.call = (method) => {
      calls.push(method)
      return Promise.resolve({ ok: true, value: [key(calls.length, 'fan')] as never })
    }
    let now = 0
    return { keys: new ResultKeys(connection, () => now), calls, wait: (ms: number) => (now += ms) }
  }
  it('are asked for once, and again when there are new windows and some time has gone by', async () => {
    const { keys, calls, wait } = asked()
    await keys.load('power', 3)
    await keys.load('power', 3)
    await keys.load('power', 4)
    expect(calls).toHaveLength(1)
    wait(5_000)
    await keys.load('power', 3)
    expect(calls).toHaveLength(1)
    await keys.load('power', 4)
    expect(calls).toHaveLength(2)
    expect(keys.byPipeline.get('power')?.map(({ id }) => id)).toEqual([2])
  })
})
