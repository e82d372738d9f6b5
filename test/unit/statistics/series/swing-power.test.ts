import { expect, it } from 'vitest'
import { swingPower } from '../../../../main/statistics/series'
import { fixture } from './fixtures'
import type { Numbers } from './fixtures'

interface Case {
  readonly time: Numbers
  readonly value: Numbers
  readonly period: number
  readonly power: number
}
const numbers = (from: Numbers): Float64Array => Float64Array.from(from as number[])

// Angles are those of times since 1970: what they lose by rounding shows at 1e-9 of a power of 1.
it.each(fixture<Case[]>('swings').map((each) => [each.value.length, each.period, each] as const))(
  'equals scipy for %i readings and a period of %d ms',
  (_n, _period, { time, value, period, power }) => {
    expect(Math.abs(swingPower(numbers(time), numbers(value), period) - power)).toBeLessThan(1e-9)
  },
)

it('is 1 of a pure swing, and near 0 of a period that is not there', () => {
  const time = Float64Array.from({ length: 1000 }, (_, i) => 1.7e12 + i * 100)
  const value = time.map((t) => 3 + 7 * Math.sin((2 * Math.PI * t) / 5000 + 1))
  expect(swingPower(time, value, 5000)).toBeCloseTo(1, 9)
  expect(swingPower(time, value, 1700)).toBeLessThan(1e-3)
})

it('is nothing where all values are equal or there are too few, and finite of huge ones', () => {
  const time = Float64Array.of(0, 1, 2, 3)
  expect(swingPower(time, Float64Array.of(0.1, 0.1, 0.1, 0.1), 3)).toBeNaN()
  expect(swingPower(time.subarray(0, 2), Float64Array.of(1, 2), 3)).toBeNaN()
  expect(swingPower(time, Float64Array.of(1e308, -1e308, 1e308, -1e308), 2)).toBeGreaterThanOrEqual(0)
})
