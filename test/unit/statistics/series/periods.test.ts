/** Periods: of known series, of made ones, and none of noise. */
import { describe, expect, test } from 'vitest'
import { detectPeriods } from '../../../../main/statistics/series'
import { fixture, normal } from './fixtures'

const make = (count: number, value: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => value(i))
const sine = (i: number, period: number): number => Math.sin((2 * Math.PI * i) / period)
const periodsOf = (values: Float64Array): number[] => detectPeriods(values).map(({ period }) => period)

test.each(fixture<{ name: string; period: number; value: number[] }[]>('periods'))('of $name', ({ period, value }) => {
  const [first] = detectPeriods(Float64Array.from(value))
  expect(first?.period).toBe(period)
  expect(first?.correlation).toBeGreaterThan(0.3)
})

describe('of a made series', () => {
  const noise = normal(31)
  test.each<[string, number[], Float64Array]>([
    ['a sine', [24], make(500, (i) => sine(i, 24) + 0.3 * noise())],
    ['a sine in much noise', [24], make(1000, (i) => sine(i, 24) + 1.5 * noise())],
    ['a sine on a trend', [24], make(500, (i) => 0.05 * i + sine(i, 24) + 0.3 * noise())],
    ['on and off', [24], make(500, (i) => (i % 24 < 12 ? 1 : 0) + 0.2 * noise())],
    ['short pulses', [24], make(500, (i) => (i % 24 < 3 ? 1 : 0) + 0.1 * noise())],
    ['a sawtooth', [50], make(600, (i) => (i % 50) / 50 + 0.1 * noise())],
    ['two humps, of which one is higher', [24, 12], make(700, (i) => sine(i, 12) + 0.4 * sine(i, 24) + 0.3 * noise())],
    ['days and weekends', [168, 24], make(1500, (i) => sine(i, 24) - (i % 168 >= 120 ? 1 : 0) + 0.3 * noise())],
    ['up and down', [2], make(200, (i) => (i % 2) + 0.3 * noise())],
    ['no noise at all', [12], make(96, (i) => sine(i, 12))],
    ['two and a half periods', [40], make(100, (i) => sine(i, 40))],
    ['huge values', [12], make(96, (i) => 1e307 * sine(i, 12))],
  ])('%s', (_, expected, values) => expect(periodsOf(values)).toEqual(expected))

  test('of a day in minutes, to half a percent', () => {
    const [period] = periodsOf(make(7 * 1440, (i) => sine(i, 1440) + 0.5 * noise()))
    expect(Math.abs((period as number) - 1440)).toBeLessThanOrEqual(7)
  })
})

test('noise has none, and what only swings seldom', () => {
  const noise = normal(32)
  let white = 0
  let swinging = 0
  for (let run = 0; run < 200; run++) {
    if (detectPeriods(make(500, noise)).length > 0) white++
    let last = 0
    if (detectPeriods(make(500, () => (last = 0.9 * last + noise()))).length > 0) swinging++
  }
  expect(white).toBeLessThanOrEqual(2)
  expect(swinging).toBeLessThanOrEqual(20)
})

test('of odd input there is none', () => {
  expect(detectPeriods(new Float64Array(0))).toEqual([])
  expect(detectPeriods(Float64Array.of(1, 2, 1, 2, 1, 2, 1))).toEqual([])
  expect(detectPeriods(new Float64Array(100).fill(0.1))).toEqual([])
  expect(detectPeriods(make(100, (i) => 0.1 * i + 7))).toEqual([])
  expect(() => detectPeriods(Float64Array.of(1, 2, 3, NaN, 5, 6, 7, 8))).toThrow('value 3 is NaN')
})
