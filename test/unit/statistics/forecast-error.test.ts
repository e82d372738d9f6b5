/** What a forecast calls unusual: on series whose truth is known. */
import { describe, expect, test } from 'vitest'
import { ForecastError } from '../../../main/statistics/forecast/forecast-error'
import { BinaryReader, BinaryWriter } from '../../../main/windows/state'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/** Normal, spread 1 (Box and Muller), from a seed. */
function normal(seed: number): () => number {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 1) / 4294967297
  }
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
}

const run = (values: readonly number[], season: number | null, forecast = new ForecastError(season)): number[] =>
  values.map((value, i) => forecast.add(i * MINUTE, value))
const daily = (minute: number): number => 10 * Math.sin((2 * Math.PI * minute) / 1440)
const minutes = (count: number, value: (minute: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => value(i))
const largest = (errors: readonly number[]): number =>
  Math.max(...errors.filter((error) => !Number.isNaN(error)).map(Math.abs))

function copyOf(forecast: ForecastError, season: number | null): ForecastError {
  const writer = new BinaryWriter()
  forecast.write(writer)
  const copy = new ForecastError(season)
  copy.read(new BinaryReader(writer.bytes()))
  return copy
}

describe('the error of a forecast', () => {
  test('is counted in usual errors: about one for noise', () => {
    const noise = normal(1)
    const errors = run(
      minutes(20_000, () => 50 + noise()),
      null,
    ).slice(100)
    const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
    expect(rms).toBeGreaterThan(0.95)
    expect(rms).toBeLessThan(1.06)
  })

  test('says nothing while it learns', () => {
    const noise = normal(2)
    expect(run(minutes(31, noise), null).every(Number.isNaN)).toBe(true)
    expect(run(minutes(33, noise), null).slice(31).every(Number.isFinite)).toBe(true)
    const seasonal = run(
      minutes(1500, (m) => daily(m) + noise()),
      DAY,
    )
    expect(seasonal.slice(0, 1440).every(Number.isNaN)).toBe(true)
    expect(seasonal.slice(1470).every(Number.isFinite)).toBe(true)
  })

  test.each([null, DAY])('finds a spike, above and below, and forgets it (season %s)', (season) => {
    const noise = normal(3)
    const values = minutes(6000, (m) => 20 + (season === null ? 0 : daily(m)) + noise())
    values[4000] = (values[4000] as number) + 12
    values[5000] = (values[5000] as number) - 12
    const errors = run(values, season)
    expect(errors[4000]).toBeGreaterThan(8)
    expect(errors[5000]).toBeLessThan(-8)
    expect(largest(errors.filter((_, i) => i !== 4000 && i !== 5000))).toBeLessThan(6)
  })

  test('knows the season: its top is as expected, and the same value at its bottom is not', () => {
    const noise = normal(4)
    const values = minutes(7 * 1440, (m) => daily(m) + 0.5 * noise())
    const bottom = 6 * 1440 + 1080
    values[bottom] = 10
    const seasonal = run(values, DAY)
    expect(seasonal[bottom]).toBeGreaterThan(15)
    expect(largest(seasonal.filter((_, i) => i !== bottom))).toBeLessThan(7)
  })

  test('takes a slow drift as it comes, and a new level after a while', () => {
    const noise = normal(5)
    expect(
      largest(
        run(
          minutes(10_000, (m) => m * 0.01 + noise()),
          null,
        ),
      ),
    ).toBeLessThan(6)
    const stepped = run(
      minutes(10_000, (m) => (m < 5000 ? 0 : 20) + noise()),
      null,
    )
    expect(stepped[5000]).toBeGreaterThan(10)
    expect(largest(stepped.slice(6000))).toBeLessThan(6)
  })

  test('of a value that never changed is none; its first step is no surprise, a larger one is', () => {
    const values = minutes(200, () => 7)
    values[100] = 8
    values[150] = 60
    const errors = run(values, null)
    expect(largest(errors.slice(0, 100))).toBe(0)
    expect(Math.abs(errors[100] as number)).toBeLessThanOrEqual(2)
    expect(errors[150]).toBeGreaterThan(20)
  })

  test('learns a season of which parts are missing', () => {
    const noise = normal(6)
    const forecast = new ForecastError(DAY)
    const errors: number[] = []
    for (let m = 0; m < 5 * 1440; m++)
      if (m % 1440 < 300 || m % 1440 > 400) errors.push(forecast.add(m * MINUTE, daily(m) + noise()))
    // A reading in the hole is judged by what lies around it.
    const inHole = 5 * 1440 + 350
    expect(Math.abs(forecast.add(inHole * MINUTE, daily(inHole)))).toBeLessThan(4)
    expect(largest(errors)).toBeLessThan(6)
  })

  test.each([null, DAY])(
    'looks at no later value, and goes on from its state as if nothing had been (season %s)',
    (season) => {
      const noise = normal(7)
      const values = minutes(3000, (m) => daily(m) + noise())
      const whole = run(values, season)
      for (const cut of [1, 20, 31, 1000, 1440, 1441, 1475, 2500]) {
        expect(run(values.slice(0, cut), season)).toEqual(whole.slice(0, cut))
        const forecast = new ForecastError(season)
        run(values.slice(0, cut), season, forecast)
        const copy = copyOf(forecast, season)
        expect(values.slice(cut).map((value, i) => copy.add((cut + i) * MINUTE, value))).toEqual(whole.slice(cut))
      }
    },
  )

  test('stays finite with huge values', () => {
    const noise = normal(8)
    const errors = run(
      minutes(500, (m) => (m % 50 === 0 ? 1e200 : 1) * noise()),
      null,
    )
    expect(errors.filter((error) => !Number.isNaN(error)).every(Number.isFinite)).toBe(true)
  })

  test('refuses the state of another season', () => {
    const writer = new BinaryWriter()
    new ForecastError(DAY).write(writer)
    expect(() => new ForecastError(null).read(new BinaryReader(writer.bytes()))).toThrow(RangeError)
  })
})
