/** Histograms: against numpy. */
import { expect, test } from 'vitest'
import { histogram } from '../../../../main/statistics/series'
import type { HistogramBins } from '../../../../main/statistics/series/histogram'
import { expectNumbers, fixture } from './fixtures'

interface Case {
  name: string
  value: number[]
  bins: HistogramBins
  counts: number[]
  edges: number[]
}

test.each(fixture<{ histogram: Case[] }>('distributions').histogram)(
  '$name, $bins',
  ({ value, bins, counts, edges }) => {
    const actual = histogram(Float64Array.from(value), bins)
    expect([...actual.counts]).toEqual(counts)
    expectNumbers(actual.edges, edges, 1e-3)
    // Gaps count nowhere.
    expect(histogram(Float64Array.of(NaN, ...value, Infinity, -Infinity), bins)).toEqual(actual)
  },
)

test('of nothing there are no bins', () => {
  for (const value of [[], [NaN]])
    for (const bins of ['auto', { count: 3 }, { width: 1 }] as const)
      expect(histogram(Float64Array.from(value), bins)).toEqual({
        edges: new Float64Array(0),
        counts: new Float64Array(0),
      })
})

test('all values lie within the edges, whatever the rounding of a width', () => {
  for (const width of [0.1, 0.3, 1 / 3, 0.7, 1e-3]) {
    const values = Float64Array.from({ length: 400 }, (_, i) => (i - 200) * width)
    const { edges, counts } = histogram(values, { width })
    expect(edges[0]).toBeLessThanOrEqual(values[0] as number)
    expect(edges.at(-1)).toBeGreaterThan(values[399] as number)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400)
  }
})

test('huge values', () => {
  const { counts, edges } = histogram(Float64Array.of(-1.7e308, 0, 1.7e308), { count: 3 })
  expect([...counts]).toEqual([1, 1, 1])
  expect(edges.every(Number.isFinite)).toBe(true)
})

test('what cannot be cut is refused', () => {
  const values = Float64Array.of(1, 2)
  for (const bins of [{ count: 0 }, { count: 1.5 }, { count: 1e6 }, { width: 0 }, { width: NaN }, { width: 1e-9 }])
    expect(() => histogram(values, bins)).toThrow(RangeError)
  expect(() => histogram(Float64Array.of(1, 1 + 2 ** -52), { count: 10 })).toThrow('no room for 10 bins')
  expect(() => histogram(Float64Array.of(1e20), { count: 2 })).toThrow(RangeError)
})
