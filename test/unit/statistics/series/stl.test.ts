/** STL: against statsmodels. */
import { describe, expect, test } from 'vitest'
import { stl } from '../../../../main/statistics/series'
import type { Decomposition } from '../../../../main/statistics/series/stl'
import { expectNumbers, fixture } from './fixtures'

interface Case extends Record<keyof Decomposition, number[]> {
  name: string
  value: number[]
  options: { period: number; seasonal?: number; trend?: number; robust: boolean }
}

test.each(fixture<Case[]>('stl'))('$name, $options', ({ value, options, ...expected }) => {
  const actual = stl(Float64Array.from(value), options)
  // Of a mean of 1e9 the rounding of the values themselves is 1e-7, and robust weights make more of it.
  const scale = Math.max(...value.map(Math.abs)) > 1e8 ? 1e5 : 1
  expectNumbers(actual.trend, expected.trend, scale)
  expectNumbers(actual.season, expected.season, scale)
  expectNumbers(actual.residual, expected.residual, scale)
  expectNumbers(actual.weight, expected.weight, scale)
})

describe('of odd input', () => {
  test.each([false, true])('a constant is its own trend (robust %s)', (robust) => {
    const { trend, season, residual } = stl(new Float64Array(48).fill(0.1), { period: 12, robust })
    for (const [i, level] of trend.entries()) {
      expect(level).toBeCloseTo(0.1, 14)
      expect(season[i]).toBeCloseTo(0, 14)
      expect(residual[i]).toBeCloseTo(0, 14)
    }
  })

  test('huge values stay finite', () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => 1e300 * Math.sin(i))
    const { trend, season } = stl(values, { period: 12, robust: true })
    expect(trend.every(Number.isFinite) && season.every(Number.isFinite)).toBe(true)
  })

  test('what cannot be decomposed is refused', () => {
    const values = new Float64Array(24)
    expect(() => stl(values.subarray(1), { period: 12 })).toThrow('23 values are fewer than two periods of 12')
    expect(() => stl(new Float64Array(0), { period: 2 })).toThrow(RangeError)
    expect(() => stl(Float64Array.of(1, 2, NaN, 4), { period: 2 })).toThrow('value 2 is NaN')
    expect(() => stl(values, { period: 1 })).toThrow(RangeError)
    expect(() => stl(values, { period: 2.5 })).toThrow(RangeError)
    expect(() => stl(values, { period: 4, seasonal: 4 })).toThrow(RangeError)
    expect(() => stl(values, { period: 4, trend: 3 })).toThrow(RangeError)
  })
})
