import { describe, expect, it } from 'vitest'
import type { Store } from '../../../main/contracts'
import { Repairs } from '../../../main/pipeline/repair'
import { SeriesRegistry } from '../../../main/pipeline/series-registry'
import { missedWindows } from '../../../main/windows'
import { RepairMarks } from '../../../main/pipeline/repair-marks'
import { decodeSnapshot, encodeSnapshot } from '../../../main/pipeline/snapshot'
import { windowKind } from '../../../shared/config/pipeline'
import { SampleBuffer } from '../../../shared/model/samples'
import type { WindowResult } from '../../../shared/model/results'
import { parsePipelines } from './support'

const spans = (window: object, from: number, to: number, until: number) =>
  missedWindows(windowKind.parse(window))?.spans(from, to, until)

describe('windows that a reading missed', () => {
  it('hold its time and are over', () => {
    expect(spans({ kind: 'tumbling', size: '10ms' }, 14, 14, 20)).toEqual([[10, 20]])
    expect(spans({ kind: 'tumbling', size: '10ms' }, 14, 14, 19)).toEqual([])
    expect(spans({ kind: 'hopping', size: '10ms', slide: '5ms' }, 14, 14, 18)).toEqual([[5, 15]])
    expect(spans({ kind: 'hopping', size: '10ms', slide: '5ms' }, 14, 14, 20)).toEqual([
      [5, 15],
      [10, 20],
    ])
    expect(spans({ kind: 'cumulative', size: '30ms', step: '10ms' }, 14, 14, 30)).toEqual([
      [0, 20],
      [0, 30],
    ])
  })

  it('are those of a whole stretch, without what lies in a hole between them', () => {
    expect(spans({ kind: 'tumbling', size: '10ms' }, 14, 31, Infinity)).toEqual([
      [10, 20],
      [20, 30],
      [30, 40],
    ])
    const holes = { kind: 'hopping', size: '4ms', slide: '10ms' }
    expect(spans(holes, 6, 8, Infinity)).toEqual([])
    expect(spans(holes, 2, 8, Infinity)).toEqual([[0, 4]])
    expect(spans(holes, 6, 11, Infinity)).toEqual([[10, 14]])
  })

  it('are what a session would be by itself; count windows and the whole are never repaired', () => {
    expect(spans({ kind: 'session', gap: '5ms' }, 14, 14, 19)).toEqual([[14, 19]])
    expect(missedWindows(windowKind.parse({ kind: 'count', size: 3 }))).toBeNull()
    expect(missedWindows({ kind: 'whole' })).toBeNull()
  })
})

describe('what is still to be repaired', () => {
  it('is each window once, in order, and can be forgotten', () => {
    const marks = new RepairMarks()
    marks.add('p', 7, [10, 20])
    marks.add('p', 7, [0, 10])
    marks.add('p', 7, [10, 20])
    marks.add('q', 7, [0, 10])
    expect(marks.size).toBe(3)
    expect([...marks.of('p')]).toEqual([
      [
        7,
        [
          [0, 10],
          [10, 20],
        ],
      ],
    ])
    marks.delete('p')
    expect(marks.size).toBe(1)
    expect(marks.pipelines).toEqual(['q'])
  })

  it('is bounded', () => {
    const marks = new RepairMarks()
    for (let i = 0; i < 250_000; i++) marks.add('p', 1, [i, i + 1])
    expect(marks.size).toBe(200_000)
  })

  it('is in the snapshot', () => {
    const repairs = new RepairMarks()
    repairs.add('p', 7, [1_600_000_000_000.25, 1_600_000_060_000])
    const decoded = decodeSnapshot(
      encodeSnapshot({ operators: [], last: new Float64Array(0), late: { s: 3 }, repairs, alerts: null }),
    )
    expect([...(decoded?.repairs.entries() ?? [])]).toEqual([...repairs.entries()])
    expect(decoded?.late).toEqual({ s: 3 })
  })
})

describe('a read that fails', () => {
  it('leaves what was to be repaired for the next pass', async () => {
    let failures = 1
    const samples = new SampleBuffer()
    samples.push(1, 14, 3, 14)
    const store = {
      damage: [],
      async *samples() {
        if (failures-- > 0) throw new Error('the disk does not answer')
        yield samples
      },
      async *results() {},
      isWhole: () => Promise.resolve(true),
    } as unknown as Store
    const [pipeline] = parsePipelines([{ id: 'p', window: { kind: 'tumbling', size: '10ms' } }])
    const made: WindowResult[] = []
    const registry = new SeriesRegistry()
    registry.resolve('s', { name: 'n', labels: {}, id: undefined })
    const repairs = new Repairs({
      store,
      registry,
      pipeline: () => pipeline,
      watermark: () => 100,
      storedAfter: () => -Infinity,
      repaired: (results) => void made.push(...results),
    })
    repairs.missed('p', 1, 14, 14, 100)
    repairs.sealCommit()
    repairs.committed()
    for (let now = 0; made.length === 0; now += 1e9) {
      expect(repairs.pending.size).toBe(1)
      repairs.run(now)
      await new Promise(setImmediate)
    }
    expect(failures).toBe(-1)
    await repairs.stop()
    expect(repairs.pending.size).toBe(0)
    expect(made.map(({ start, end, values, repaired }) => [start, end, ...values, repaired])).toEqual([
      [10, 20, 1, 3, true],
    ])
  })
})
