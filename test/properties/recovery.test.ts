/** What ran live with silence, ticks and batches of any size comes out of its journal again, result by result. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PendingUnit } from '../../main/pipeline/committer'
import { replayBlock } from '../../main/pipeline/recovery'
import { SeriesRegistry } from '../../main/pipeline/series-registry'
import { createSourcePipelines } from '../../main/pipeline/source-pipelines'
import type { SourcePipelines } from '../../main/pipeline/source-pipelines'
import { decodeJournalBlock, encodeJournalBlock } from '../../main/store/journal-block'
import type { JournalBlock } from '../../main/contracts'
import { SampleBuffer } from '../../shared/model/samples'
import { parsePipelines } from '../unit/pipeline/support'
import type { PipelineInput } from '../unit/pipeline/support'

const SECOND = 1000
const timing = fc.record({
  clock: fc.constantFrom('series' as const, 'source' as const),
  outOfOrderness: fc.constantFrom('0s', '2s'),
  allowedLateness: fc.constantFrom('0s', '3s'),
  idleAfter: fc.constantFrom('3s', '8s'),
})
const window = fc.constantFrom<NonNullable<PipelineInput['window']>>(
  { kind: 'tumbling', size: '5s' },
  { kind: 'hopping', size: '9s', slide: '3s' },
  { kind: 'session', gap: '4s' },
  { kind: 'count', size: 3 },
)
const along = fc.constantFrom<NonNullable<PipelineInput['along']>>(
  { figure: 'ewma', over: '4s' },
  { figure: 'moving-average', readings: 3 },
  { figure: 'cumulative-sum' },
  { figure: 'derivative' },
  { figure: 'autocorrelation', readings: 8 },
)
const entries = fc
  .record({
    ...{ time: timing, window, groupBy: fc.constantFrom<string[]>([], ['site']), second: timing, below: window, along },
  })
  .map(({ time, window: own, groupBy, second, below, along: figure }): PipelineInput[] => [
    { id: 'plain', time, window: own, groupBy, aggregates: ['count', 'sum'] },
    { id: 'some', time: second, select: ['a', 'b{site="B"}'], filter: 'value > 2', window: below },
    {
      id: 'read',
      upstream: { pipeline: 'plain', statistic: 'sum' },
      window: { kind: 'tumbling', size: '20s' },
      groupBy,
    },
    {
      id: 'joined',
      time,
      window: below,
      combine: {
        inputs: [
          { as: 'x', series: 'a' },
          { as: 'y', series: 'b' },
        ],
        on: ['site'],
        tolerance: '6s',
        expression: 'x * 10 + y',
        name: 'j',
      },
    },
    { id: 'along', time: second, window: own, groupBy, along: figure, aggregates: ['count', 'sum'] },
    { id: 'further', upstream: { pipeline: 'along', statistic: 'sum' }, window: below, groupBy, along: figure },
    {
      id: 'along-joined',
      time,
      window: own,
      combine: {
        inputs: [
          { as: 'x', series: 'a' },
          { as: 'y', series: 'b' },
        ],
        expression: 'x - y',
        name: 'd',
      },
      along: figure,
    },
    { id: 'last', upstream: { pipeline: 'joined', statistic: 'count' }, window: own },
  ])

const step = fc.record({
  pause: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40 })),
  readings: fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      site: fc.constantFrom('A', 'B'),
      late: fc.oneof(fc.constant(0), fc.integer({ min: -2, max: 9 })),
      value: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 8 },
  ),
  partition: fc.constantFrom('', 'p'),
  commits: fc.boolean(),
})

function make(configs: ReturnType<typeof parsePipelines>, registry: SeriesRegistry, rows: string[]): SourcePipelines {
  const pipelines = createSourcePipelines('s', configs, { registry, mode: 'live' })
  pipelines.sink = {
    fire: ({ pipeline, key, start, end, index, revision, values }) =>
      void rows.push([pipeline, registry.text(key), start, end, index, revision, ...values].join(' ')),
    late: (id) => void rows.push(`${id} late`),
    mark() {},
  }
  return pipelines
}

it('recovery repeats every result in its order', () => {
  fc.assert(
    fc.property(entries, fc.array(step, { maxLength: 25 }), (inputs, steps) => {
      const configs = parsePipelines(inputs)
      const registry = new SeriesRegistry()
      const rows: string[] = []
      const live = make(configs, registry, rows)
      const blocks: JournalBlock[] = []
      let unit = new PendingUnit()
      let first = 0
      const sink = live.nodes[0]?.sink
      live.sink = {
        fire: (result) => sink?.fire(result),
        late: (id) => sink?.late(id),
        mark: (mark, at) => unit.addMark(mark, at === undefined ? undefined : first + at),
      }
      const commit = (): void => {
        blocks.push(decodeJournalBlock(encodeJournalBlock(unit.block)))
        unit = new PendingUnit()
      }
      let now = 0
      live.setLive(true, now)
      for (const { pause, readings, partition, commits } of steps) {
        for (let tick = 0; tick < pause; tick++) live.tick((now += SECOND))
        const batch = new SampleBuffer(8)
        for (const { name, site, late, value } of readings)
          batch.push(registry.resolve('s', { name, labels: { site }, id: undefined }), now - late * SECOND, value, 0)
        first = unit.samples.length
        unit.samples.append(batch)
        unit.addRun('s', partition, first)
        if (batch.length > 0) live.process(batch, partition, now)
        if (commits) commit()
      }
      commit()

      const again: string[] = []
      const recovered = make(configs, registry, again)
      for (const block of blocks)
        replayBlock(block, { of: () => recovered, applyMark: (mark) => recovered.applyMark(mark) })
      expect(byPipeline(again)).toEqual(byPipeline(rows))
    }),
    { numRuns: 2000 },
  )
})

/** A mark cuts the batch for all pipelines: only the order within each is the same. */
function byPipeline(rows: readonly string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const row of rows) (found[row.split(' ')[0] as string] ??= []).push(row)
  return found
}
