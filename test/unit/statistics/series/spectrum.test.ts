/** Fourier transform, spectra and autocorrelation: against numpy, scipy and statsmodels. */
import { describe, expect, test } from 'vitest'
import { autocorrelation, periodogram, welch } from '../../../../main/statistics/series'
import { RealFourier } from '../../../../main/statistics/series/fourier'
import { expectNumbers, fixture, normal } from './fixtures'
import type { Numbers } from './fixtures'

interface Density {
  window: 'hann' | 'boxcar'
  segment: number
  frequency: Numbers
  density: number[]
}
const { spectra, acf, fft } = fixture<{
  spectra: { name: string; rate: number; value: number[]; periodogram: Density[]; welch: Density[] }[]
  acf: { name: string; value: (number | null)[]; acf: Numbers }[]
  fft: { value: number[]; re: number[]; im: number[] }[]
}>('spectrum')

test.each(fft)('the transform of $value.length values', ({ value, re, im }) => {
  const fourier = new RealFourier(value.length)
  const bins = new Float64Array(fourier.length)
  // Twice: nothing of the first may be left.
  fourier.of(
    Float64Array.from(value, (_, i) => i),
    bins,
  )
  fourier.of(Float64Array.from(value), bins)
  const scale = Math.max(...re.map(Math.abs))
  expectNumbers(
    bins.filter((_, i) => i % 2 === 0),
    re,
    scale,
  )
  expectNumbers(
    bins.filter((_, i) => i % 2 === 1),
    im,
    scale,
  )
})

// Too long for a fixture: by the definition, at some bins. These are put together from parts of 32, 4 and 1.
test.each([40_000, 16_392, 17_500])('the transform of %d values', (n) => {
  const noise = normal(9)
  const values = Float64Array.from({ length: n }, noise)
  const fourier = new RealFourier(n)
  const bins = new Float64Array(fourier.length)
  fourier.of(values, bins)
  for (const k of [0, 1, 2, 777, n / 4, n / 2 - 1, n / 2]) {
    let [re, im] = [0, 0]
    values.forEach((value, t) => {
      const angle = (2 * Math.PI * ((k * t) % n)) / n
      re += value * Math.cos(angle)
      im -= value * Math.sin(angle)
    })
    expectNumbers(bins.subarray(2 * k, 2 * k + 2), [re, im], Math.sqrt(n))
  }
})

describe.each(spectra)('of $name', ({ rate, value, periodogram: whole, welch: segments }) => {
  const values = Float64Array.from(value)
  // At 0 there is nothing but the rounding of the mean.
  const scaleOf = (density: number[]): number => Math.max(...density) * 1e-6

  test.each(whole)('periodogram, $window', ({ window, frequency, density }) => {
    const spectrum = periodogram(values, rate, window)
    expectNumbers(spectrum.frequency, frequency)
    expectNumbers(spectrum.density, density, scaleOf(density))
  })

  test.each(segments)('welch, $segment, $window', ({ segment, window, frequency, density }) => {
    const spectrum = welch(values, rate, segment, window)
    expectNumbers(spectrum.frequency, frequency)
    expectNumbers(spectrum.density, density, scaleOf(density))
  })
})

test('the integral of a spectrum is the variance', () => {
  const noise = normal(8)
  const values = Float64Array.from({ length: 9000 }, () => 5 + 3 * noise())
  const { frequency, density } = periodogram(values, 20, 'boxcar')
  const mean = values.reduce((sum, x) => sum + x, 0) / 9000
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 9000
  expect(density.reduce((sum, d) => sum + d, 0) * (frequency[1] as number)).toBeCloseTo(variance, 9)
})

test('spectra of odd input', () => {
  for (const of of [periodogram, welch]) {
    expect(of(new Float64Array(0), 1)).toEqual({ frequency: new Float64Array(0), density: new Float64Array(0) })
    expect(of(Float64Array.of(7), 1)).toEqual({ frequency: new Float64Array(1), density: new Float64Array(1) })
    expect(Math.max(...of(new Float64Array(300).fill(0.1), 1).density)).toBe(0)
    expect(() => of(Float64Array.of(1, NaN, 2), 1)).toThrow('value 1 is NaN')
    expect(() => of(Float64Array.of(1, Infinity), 1)).toThrow(RangeError)
    expect(() => of(Float64Array.of(1, 2), 0)).toThrow(RangeError)
    expect(
      of(
        Float64Array.from({ length: 100 }, (_, i) => 1e139 * (-1) ** i),
        1,
      ).density.every(Number.isFinite),
    ).toBe(true)
  }
  expect(() => welch(Float64Array.of(1, 2), 1, 0)).toThrow(RangeError)
})

describe('autocorrelation', () => {
  test.each(acf)('of $name', ({ value, acf: expected }) => {
    const values = Float64Array.from(value, (x) => x ?? NaN)
    expectNumbers(autocorrelation(values), expected, 1e-3)
    expectNumbers(autocorrelation(values, 5), expected.slice(0, 6), 1e-3)
  })

  test('of odd input', () => {
    expect(autocorrelation(new Float64Array(0))).toEqual(new Float64Array(0))
    expect(autocorrelation(Float64Array.of(3))).toEqual(Float64Array.of(NaN))
    expect(autocorrelation(new Float64Array(4).fill(0.1))).toEqual(new Float64Array(4).fill(NaN))
    expect(autocorrelation(Float64Array.of(NaN, NaN), 1)).toEqual(Float64Array.of(NaN, NaN))
    const huge = autocorrelation(Float64Array.from({ length: 40 }, (_, i) => 1.7e308 * (-1) ** i))
    huge.forEach((r, k) => expect(r).toBeCloseTo(((-1) ** k * (40 - k)) / 40, 10))
  })
})
