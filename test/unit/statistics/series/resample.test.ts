/** The even grid: against a naive twin, and at its edges. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resample } from '../../../../main/statistics/series'
import type { ResampleOptions } from '../../../../main/statistics/series/resample'

type Sample = readonly [time: number, value: number]

function grid(samples: readonly Sample[], options: ResampleOptions): { start: number; values: number[] } {
  const { start, values } = resample(
    Float64Array.from(samples, ([time]) => time),
    Float64Array.from(samples, ([, value]) => value),
    options,
  )
  return { start, values: [...values] }
}

/** By looking for the neighbours anew at each point. */
function naive(samples: readonly Sample[], at: number, maxGap: number): number {
  const finite = samples.filter(([, value]) => Number.isFinite(value))
  const left = finite.filter(([time]) => time <= at).at(-1)
  const right = finite.find(([time]) => time > at)
  if (left === undefined) return NaN
  if (left[0] === at) return left[1]
  if (right === undefined || right[0] - left[0] > maxGap) return NaN
  return left[1] + ((at - left[0]) / (right[0] - left[0])) * (right[1] - left[1])
}

describe('resample', () => {
  test('joins what is near, and nothing over a longer gap', () => {
    const samples: Sample[] = [
      [5, 5],
      [12, 12],
      [28, 28],
      [60, 60],
      [70, 70],
    ]
    expect(grid(samples, { step: 10, maxGap: 20 })).toEqual({ start: 10, values: [10, 20, NaN, NaN, NaN, 60, 70] })
    expect(grid(samples, { step: 10 })).toEqual({ start: 10, values: [10, 20, NaN, NaN, NaN, 60, 70] })
    expect(grid(samples, { step: 10, maxGap: 32 })).toEqual({ start: 10, values: [10, 20, 30, 40, 50, 60, 70] })
  })

  test('begins and ends where it is told to, outside of the samples with gaps', () => {
    const samples: Sample[] = [
      [10, 1],
      [20, 2],
    ]
    expect(grid(samples, { step: 5, start: 0, end: 31 })).toEqual({ start: 0, values: [NaN, NaN, 1, 1.5, 2, NaN, NaN] })
    expect(grid(samples, { step: 5, start: 30, end: 20 })).toEqual({ start: 30, values: [] })
  })

  test('of several samples at one time takes the last, and passes over gaps', () => {
    expect(
      grid(
        [
          [0, 1],
          [0, 3],
          [10, NaN],
          [20, 5],
          [30, Infinity],
        ],
        { step: 10 },
      ),
    ).toEqual({ start: 0, values: [3, 4, 5] })
  })

  test('of nothing is nothing; of one sample it is that one, where the grid meets it', () => {
    expect(grid([], { step: 10 })).toEqual({ start: NaN, values: [] })
    expect(grid([[0, NaN]], { step: 10 })).toEqual({ start: NaN, values: [] })
    expect(grid([[20, 7]], { step: 10 })).toEqual({ start: 20, values: [7] })
    expect(grid([[21, 7]], { step: 10 }).values).toEqual([])
  })

  test('does not overflow between huge values', () => {
    expect(
      grid(
        [
          [0, 1.7e308],
          [2, -1.7e308],
        ],
        { step: 1 },
      ).values,
    ).toEqual([1.7e308, 0, -1.7e308])
  })

  test('refuses what cannot be', () => {
    expect(() => resample(new Float64Array(2), new Float64Array(1), { step: 1 })).toThrow(RangeError)
    expect(() => grid([[0, 1]], { step: 0 })).toThrow(RangeError)
    expect(() =>
      grid(
        [
          [0, 1],
          [1e12, 1],
        ],
        { step: 1 },
      ),
    ).toThrow(/more than/)
  })

  test('is that of the naive twin', () => {
    const sample = fc.tuple(
      fc.integer({ min: 0, max: 400 }),
      fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -50, max: 50 }) }, fc.constant(NaN)),
    )
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 90 }),
        (raw, step, maxGap) => {
          const samples = [...raw].sort((a, b) => a[0] - b[0])
          const { start, values } = grid(samples, { step, maxGap })
          values.forEach((value, i) => {
            const wanted = naive(samples, start + i * step, maxGap)
            if (Number.isNaN(wanted)) expect(value).toBeNaN()
            else expect(value).toBeCloseTo(wanted, 9)
          })
        },
      ),
    )
  })
})
