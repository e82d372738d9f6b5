/** Tests of randomness and the tails they need: against statsmodels and scipy. */
import { describe, expect, test } from 'vitest'
import { ljungBox, runsTest } from '../../../../main/statistics/series'
import { chiSquaredTail, normalTails, normalWithin } from '../../../../main/statistics/series/distributions'
import { expectNumbers, fixture, normal } from './fixtures'

type Pair = [x: number, expected: number]
interface Case {
  name: string
  value: number[]
  ljungBox: [lags: number, fitted: number, statistic: number, p: number | null][]
  runs: Record<'median' | 'mean', [z: number, p: number]>
}
const fixtures = fixture<{
  random: Case[]
  chiSquared: [x: number, degrees: number, expected: number][]
  normalTails: Pair[]
  normalWithin: Pair[]
}>('distributions')

test('tails of the chi-squared and the normal distribution, and the quantiles of the normal', () => {
  for (const [x, degrees, expected] of fixtures.chiSquared) expectNumbers([chiSquaredTail(x, degrees)], [expected])
  for (const [z, expected] of fixtures.normalTails) expectNumbers([normalTails(z)], [expected])
  for (const [p, expected] of fixtures.normalWithin) expectNumbers([normalWithin(p)], [expected])
  expect([chiSquaredTail(0, 3), chiSquaredTail(Infinity, 3), normalTails(Infinity)]).toEqual([1, 0, 0])
})

describe.each(fixtures.random)('of $name', ({ value, ljungBox: boxes, runs }) => {
  test.each(boxes)('Ljung–Box, lags %d, fitted %d', (lags, fitted, statistic, p) => {
    const actual = ljungBox(Float64Array.from(value), lags, fitted)
    expectNumbers([actual.statistic, actual.p], [statistic, p])
    expect(actual.degrees).toBe(lags - fitted)
  })

  test.each(['median', 'mean'] as const)('runs about the %s', (about) => {
    const { z, p } = runsTest(Float64Array.from(value), about)
    expectNumbers([z, p], runs[about])
  })
})

test('chance is called chance as often as it should, and a trend never', () => {
  const noise = normal(12)
  const counts = { ljungBox: 0, runs: 0 }
  for (let i = 0; i < 400; i++) {
    const values = Float64Array.from({ length: 150 }, noise)
    if (ljungBox(values).p < 0.05) counts.ljungBox++
    if (runsTest(values).p < 0.05) counts.runs++
    const trend = values.map((value, t) => value + t / 20)
    expect(Math.max(ljungBox(trend).p, runsTest(trend).p)).toBeLessThan(0.001)
  }
  for (const count of Object.values(counts)) {
    expect(count).toBeGreaterThan(5)
    expect(count).toBeLessThan(40)
  }
})

test('gaps are passed over by runs', () => {
  const values = Float64Array.of(1, NaN, 5, 2, Infinity, 6, 1, 7)
  expect(runsTest(values)).toEqual(runsTest(Float64Array.of(1, 5, 2, 6, 1, 7)))
})

test.each([[[]], [[3]], [[4, 4, 4, 4, 4, 4, 4]], [[0.1, 0.1, 0.1, 0.1, 0.1, 0.1]], [[NaN, NaN]]])(
  'of %j nothing can be said',
  (value) => {
    const values = Float64Array.from(value)
    for (const about of ['median', 'mean'] as const) expect(runsTest(values, about)).toMatchObject({ z: NaN, p: NaN })
    expect(ljungBox(values)).toMatchObject({ statistic: NaN, p: NaN })
  },
)

test('huge values do not overflow', () => {
  const values = Float64Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 1.7e308 : -1.7e308))
  expect(runsTest(values, 'mean').runs).toBe(60)
  expect(ljungBox(values).p).toBeLessThan(1e-12)
})
