import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampleRing } from '../../../main/pipeline/sample-ring'
import { SampleBuffer } from '../../../shared/model/samples'
import type { SampleBatch } from '../../../shared/model/samples'

interface Entry {
  readonly series: number
  readonly time: number
  readonly arrival: number
}

function batchOf(entries: readonly Entry[]): SampleBuffer {
  const batch = new SampleBuffer(4)
  for (const { series, time, arrival } of entries) batch.push(series, time, time * 2, arrival)
  return batch
}

const ALL = { series: new Set([1, 2, 3]), from: null, to: null }
const entriesOf = ({ length, series, time, arrival }: SampleBatch): Entry[] =>
  Array.from({ length }, (_, i) => ({
    series: series[i] as number,
    time: time[i] as number,
    arrival: arrival[i] as number,
  }))

describe('readings in memory', () => {
  it('are the newest ones within the time and the number, in the order of arrival, whatever came and was erased', () => {
    const entry = fc.record({
      series: fc.integer({ min: 1, max: 3 }),
      time: fc.integer({ min: 0, max: 50 }),
      wait: fc.integer({ min: 0, max: 30 }),
    })
    const step = fc.oneof(
      fc.array(entry, { maxLength: 12 }),
      fc.record({ erase: fc.integer({ min: 1, max: 3 }), from: fc.integer({ min: 0, max: 50 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (steps, limit) => {
        const ring = new SampleRing(100, limit)
        let kept: Entry[] = []
        let gone = -Infinity
        let now = 0
        for (const each of steps) {
          if ('erase' in each) {
            const query = { series: new Set([each.erase]), from: each.from, to: null }
            ring.erase(query)
            kept = kept.filter(({ series, time }) => series !== each.erase || time < each.from)
          } else {
            const entries = each.map(({ series, time, wait }) => ({ series, time, arrival: (now += wait) }))
            ring.append(batchOf(entries))
            kept.push(...entries)
            const newest = entries.at(-1)?.arrival ?? -Infinity
            const stay = kept.slice(-limit).filter(({ arrival }) => arrival >= newest - 100)
            for (const { time } of kept.slice(0, kept.length - stay.length)) gone = Math.max(gone, time)
            kept = stay
          }
          expect(entriesOf(ring.samples(ALL))).toEqual(kept)
          expect(ring.length).toBe(kept.length)
          const from = 25
          const past = ring.past('s', { ...ALL, from })
          expect(past.complete).toBe(from > gone)
          expect(entriesOf(past.samples)).toEqual(kept.filter(({ time }) => time >= from))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('make room as soon as the time is shorter', () => {
    const ring = new SampleRing(1000)
    ring.append(batchOf([0, 500, 900].map((arrival) => ({ series: 1, time: arrival, arrival }))))
    expect(ring.length).toBe(3)
    ring.keepFor = 200
    ring.append(batchOf([{ series: 1, time: 950, arrival: 950 }]))
    expect(entriesOf(ring.samples(ALL)).map(({ time }) => time)).toEqual([900, 950])
  })
})
