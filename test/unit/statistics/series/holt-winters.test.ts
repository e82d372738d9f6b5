/** Holt–Winters: against statsmodels. */
import { describe, expect, test } from 'vitest'
import { fitHoltWinters, forecastHoltWinters } from '../../../../main/statistics/series'
import { smooth } from '../../../../main/statistics/series/holt-winters/model'
import type {
  HoltWintersModel,
  HoltWintersParameters,
  HoltWintersState,
} from '../../../../main/statistics/series/holt-winters/model'
import { expectNumbers, fixture, normal } from './fixtures'

interface Smooth extends HoltWintersModel {
  value: number[]
  parameters: HoltWintersParameters
  initial: Omit<HoltWintersState, 'season'> & { season: number[] }
  fitted: number[]
  squares: number
  forecast: number[]
  low: number[]
  high: number[]
}
interface Fit extends HoltWintersModel {
  name: string
  value: number[]
  squares: number
}
const cases = fixture<{ smooth: Smooth[]; fit: Fit[] }>('holt-winters')
const sine = (i: number, period: number): number => Math.sin((2 * Math.PI * i) / period)

describe.each(cases.smooth)('with given parameters, trend $trend, period $period', (expected) => {
  const initial = { ...expected.initial, season: Float64Array.from(expected.initial.season) }
  const fit = smooth(Float64Array.from(expected.value), expected.parameters, initial)

  test('what is fitted', () => {
    expectNumbers(fit.fitted, expected.fitted)
    expectNumbers([fit.squares], [expected.squares])
  })

  test('the forecast and its intervals', () => {
    const { mean, low, high } = forecastHoltWinters(fit, 30, 0.9)
    expectNumbers(mean, expected.forecast)
    expectNumbers(low, expected.low)
    expectNumbers(high, expected.high)
  })

  test('going on from the final state is the same as one pass', () => {
    const first = smooth(Float64Array.from(expected.value.slice(0, 50)), expected.parameters, initial)
    const rest = smooth(Float64Array.from(expected.value.slice(50)), expected.parameters, first.final)
    expect([...first.fitted, ...rest.fitted]).toEqual([...fit.fitted])
    expect(rest.final).toEqual(fit.final)
  })
})

// A search ends where it ends: it is only asked to leave no more than another search, of the same model, by a thousandth.
test.each(cases.fit)('fitted to $name, trend $trend, period $period', ({ value, squares, trend, period }) => {
  const fit = fitHoltWinters(Float64Array.from(value), { trend, period })
  expect(fit.squares).toBeLessThanOrEqual(squares * 1.001)
  const { level, trend: slope, season, damping } = fit.parameters
  for (const share of [level, slope, season, damping]) expect(share >= 0 && share <= 1).toBe(true)
  expect(level + season).toBeLessThanOrEqual(1)
  expect(fit.initial.season.reduce((sum, part) => sum + part, 0)).toBeCloseTo(0, 6)
})

test('as often as it says the interval holds what comes', () => {
  const noise = normal(21)
  let within = 0
  let all = 0
  for (let run = 0; run < 60; run++) {
    let level = 50
    const values = Float64Array.from({ length: 132 }, (_, i) => (level += 0.2 * noise()) + 4 * sine(i, 12) + noise())
    const { low, high } = forecastHoltWinters(
      fitHoltWinters(values.subarray(0, 120), { trend: 'none', period: 12 }),
      12,
      0.8,
    )
    for (let h = 0; h < 12; h++, all++) {
      const value = values[120 + h] as number
      if (value >= (low[h] as number) && value <= (high[h] as number)) within++
    }
  }
  expect(within / all).toBeGreaterThan(0.72)
  expect(within / all).toBeLessThan(0.88)
})

describe('of odd input', () => {
  const model = { trend: 'damped', period: 6 } as const
  const made = Float64Array.from({ length: 60 }, (_, i) => 10 + sine(i, 6) + 0.01 * i)

  test('a constant goes on as it is', () => {
    const fit = fitHoltWinters(new Float64Array(40).fill(0.1), model)
    const { mean, low, high } = forecastHoltWinters(fit, 8)
    for (const numbers of [mean, low, high]) expect([...numbers]).toEqual(Array<number>(8).fill(0.1))
  })

  test('what has no noise is known', () => {
    const { mean } = forecastHoltWinters(fitHoltWinters(made, { trend: 'additive', period: 6 }), 30)
    mean.forEach((value, h) => expect(value).toBeCloseTo(10 + sine(60 + h, 6) + 0.01 * (60 + h), 5))
  })

  test.each([1e145, 1e-290])('values of %d', (unit) => {
    const { mean } = forecastHoltWinters(
      fitHoltWinters(
        made.map((value) => value * unit),
        model,
      ),
      6,
    )
    const { mean: expected } = forecastHoltWinters(fitHoltWinters(made, model), 6)
    mean.forEach((value, h) => expect(value / unit).toBeCloseTo(expected[h] as number, 6))
  })

  test('huge values give a forecast, of which the interval is without end', () => {
    const huge = made.map((_, i) => 1.7e308 * (-1) ** i)
    const { mean, high } = forecastHoltWinters(fitHoltWinters(huge, { trend: 'none', period: 2 }), 2)
    expect(mean.every((value) => !Number.isNaN(value))).toBe(true)
    expect(high.every((value) => !Number.isNaN(value))).toBe(true)
  })

  test('nothing ahead is nothing', () => {
    expect(forecastHoltWinters(fitHoltWinters(made, model), 0).mean.length).toBe(0)
  })

  test('what cannot be fitted is refused', () => {
    expect(() => fitHoltWinters(made.subarray(0, 11), model)).toThrow('11 values are fewer than the 12 that it takes')
    expect(() => fitHoltWinters(new Float64Array(0), { trend: 'none', period: null })).toThrow(RangeError)
    expect(() => fitHoltWinters(Float64Array.of(1, 2, NaN), { trend: 'none', period: null })).toThrow('value 2 is NaN')
    expect(() => fitHoltWinters(made, { trend: 'none', period: 1 })).toThrow(RangeError)
    expect(() => forecastHoltWinters(fitHoltWinters(made, model), 3, 1)).toThrow(RangeError)
  })
})
