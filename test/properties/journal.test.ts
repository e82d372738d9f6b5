/** The journal's format is for good: every block comes back bit for bit, and no damage is read as data. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalBlock, JournalMark, JournalRun } from '../../main/contracts'
import { crc32 } from '../../main/store/crc32'
import { decodeJournalBlock, encodeJournalBlock } from '../../main/store/journal-block'
import { SampleBuffer } from '../../shared/model/samples'

const LIMIT_US = 2 ** 42 * 1000
const micros = fc.oneof(
  fc.integer({ min: 1_600_000_000_000_000, max: 1_800_000_000_000_000 }),
  fc.integer({ min: -LIMIT_US, max: LIMIT_US }),
  fc.constantFrom(0, -1, 1, LIMIT_US, -LIMIT_US),
)
const anyDouble = fc.oneof(fc.double(), fc.constantFrom(-0, 5e-324, -5e-324, 1.7976931348623157e308, NaN, 21.5))
const sample = fc.record({
  series: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 0xffff_ffff })),
  time: micros,
  arrival: micros,
  value: anyDouble,
})
const name = fc.string({ unit: 'grapheme', maxLength: 12 })

const block = fc
  .record({
    samples: fc.array(sample, { maxLength: 300 }),
    cuts: fc.array(fc.record({ source: name, partition: name, share: fc.nat(100) }), { minLength: 1, maxLength: 5 }),
    marks: fc.array(
      fc.record({
        pipeline: name,
        series: fc.option(fc.nat(1000)),
        us: fc.oneof(micros, fc.constant(null)),
        key: fc.option(fc.nat(1000)),
        idle: fc.option(fc.array(name, { maxLength: 3 })),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ samples, cuts, marks }): JournalBlock => {
    const buffer = new SampleBuffer(4)
    for (const { series, time, arrival, value } of samples) buffer.push(series, time / 1000, value, arrival / 1000)
    let left = samples.length
    const runs = cuts.map(({ source, partition, share }, i): JournalRun => {
      const length = i === cuts.length - 1 ? left : Math.floor((left * share) / 100)
      left -= length
      return { source, partition, length }
    })
    return {
      samples: buffer,
      runs,
      marks: marks.map(({ pipeline, series, us, key, idle }, i): JournalMark => ({
        position: Math.floor((samples.length * i) / marks.length),
        mark: {
          pipeline,
          series,
          watermark: us === null ? Infinity : us / 1000,
          ...(key === null ? {} : { key }),
          ...(idle === null ? {} : { idle }),
        },
      })),
    }
  })

const columns = ({ samples }: JournalBlock) => {
  const { length } = samples
  const bits = (column: Float64Array) => [...new BigUint64Array(column.slice(0, length).buffer)]
  const us = (column: Float64Array) => [...column.slice(0, length)].map((t) => Math.round(t * 1000))
  return {
    series: [...samples.series.slice(0, length)],
    time: us(samples.time),
    arrival: us(samples.arrival),
    value: bits(samples.value),
  }
}

describe('journal block', () => {
  it('comes back as it was written: all doubles, all times, runs and marks', () => {
    fc.assert(
      fc.property(block, (written) => {
        const read = decodeJournalBlock(encodeJournalBlock(written))
        expect(columns(read)).toEqual(columns(written))
        expect(read.runs).toEqual(written.runs)
        expect(read.marks).toEqual(written.marks)
      }),
      { numRuns: 500 },
    )
  })

  it('is never taken for sound when a byte of it is another', () => {
    fc.assert(
      fc.property(block, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, where, flip) => {
        const bytes = encodeJournalBlock(written)
        const crc = crc32(bytes)
        const at = where % bytes.length
        bytes[at] = (bytes[at] as number) ^ flip
        expect(crc32(bytes)).not.toBe(crc)
      }),
      { numRuns: 300 },
    )
  })

  it('takes a few bytes a sample for regular readings', () => {
    const samples = new SampleBuffer()
    for (let i = 0; i < 8192; i++)
      samples.push(
        (i % 8) + 1,
        1_700_000_000_000 + i * 125,
        Math.round(200 + 5 * Math.sin(i / 500)) / 10,
        1_700_000_000_020 + i * 125,
      )
    const bytes = encodeJournalBlock({ samples, runs: [{ source: 's', partition: '', length: 8192 }], marks: [] })
    expect(bytes.length / 8192).toBeLessThan(4)
  })

  it('has the checksum that the rest of the world computes', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  })
})
