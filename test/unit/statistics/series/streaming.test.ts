/** Figures that are kept up with every sample: against pandas and numpy, and what holds for all of them. */
import { describe, expect, test } from 'vitest'
import {
  ChangePoints,
  CumulativeSum,
  Derivative,
  Ewma,
  MovingAverage,
  RollingZScore,
  SeasonalComponents,
  TimedEwma,
  TimedMovingAverage,
} from '../../../../main/statistics/series'
import type { Streaming } from '../../../../main/statistics/series'
import { expectNumbers, fixture, normal } from './fixtures'
import type { Numbers } from './fixtures'

interface Case {
  name: string
  time: number[]
  value: number[]
  ewma: Numbers
  timedEwma: Numbers
  movingAverage: Numbers
  timedMovingAverage: Numbers
  cumulativeSum: Numbers
  derivative: Numbers
  counterDerivative: Numbers
  zScore: Numbers
  zScorePast: Numbers
}
const { cases } = fixture<{ cases: Case[] }>('streaming')

/** NaN is told from null in a fixture, and −0 from 0 nowhere. */
const run = (
  figure: Streaming,
  time: ArrayLike<number>,
  value: ArrayLike<number>,
  from = 0,
  to = value.length,
): number[] =>
  Array.from({ length: to - from }, (_, i) => figure.push(time[from + i] as number, value[from + i] as number))

describe.each(cases)('of $name', (expected) => {
  const { time, value } = expected

  test('ewma', () => {
    expectNumbers(run(new Ewma(0.2), time, value), expected.ewma)
    expectNumbers(run(new TimedEwma(3000), time, value), expected.timedEwma)
  })

  test('moving average', () => {
    expectNumbers(run(new MovingAverage(7), time, value), expected.movingAverage)
    expectNumbers(run(new TimedMovingAverage(5000), time, value), expected.timedMovingAverage)
  })

  test('cumulative sum', () => expectNumbers(run(new CumulativeSum(), time, value), expected.cumulativeSum))

  test('derivative', () => {
    expectNumbers(run(new Derivative(), time, value), expected.derivative)
    expectNumbers(run(new Derivative({ counter: true }), time, value), expected.counterDerivative)
  })

  test('z-score', () => {
    const clamp = (numbers: Numbers): Numbers => numbers.map((z) => z && Math.max(-1e6, Math.min(1e6, z)))
    expectNumbers(run(new RollingZScore({ size: 20 }), time, value), clamp(expected.zScore))
    const past = new RollingZScore({ size: 20, against: 'past' })
    expectNumbers(run(past, time, value), clamp(expected.zScorePast))
  })
})

const FIGURES: Record<string, () => Streaming> = {
  ewma: () => new Ewma(0.2),
  'timed ewma': () => new TimedEwma(3000),
  'moving average': () => new MovingAverage(7),
  'moving average of one': () => new MovingAverage(1),
  'timed moving average': () => new TimedMovingAverage(5000),
  'cumulative sum': () => new CumulativeSum(),
  derivative: () => new Derivative({ counter: true, maxStep: 4000 }),
  'z-score': () => new RollingZScore({ size: 20 }),
  'z-score against the past': () => new RollingZScore({ size: 20, against: 'past' }),
  cusum: () => new ChangePoints({ method: 'cusum', learning: 30, threshold: 3 }),
  'page-hinkley': () => new ChangePoints({ method: 'page-hinkley', learning: 30, threshold: 3 }),
  'a known level': () => new ChangePoints({ method: 'cusum', known: { level: 0, spread: 2 }, threshold: 3 }),
  'seasonal components': () => new SeasonalComponents({ period: 60_000, parts: 6 }),
  'seasonal components with a trend': () => new SeasonalComponents({ period: 60_000, parts: 6, trend: 0.1 }),
}

/** Gaps, ties, times that go back, spikes, a constant stretch, a new level. */
function rough(count: number): { time: number[]; value: number[] } {
  const noise = normal(5)
  const time: number[] = []
  const value: number[] = []
  let now = 1.7e12
  for (let i = 0; i < count; i++) {
    now += i % 17 === 3 ? 0 : i % 29 === 4 ? -1500 : 1000 * Math.abs(noise()) + 0.125
    time.push(now)
    const level = i > count / 2 ? 12 : 0
    value.push(i % 23 === 5 ? NaN : i % 61 === 7 ? 1e9 : i % 90 > 70 ? 3 : level + noise())
  }
  value[40] = Infinity
  return { time, value }
}
const ROUGH = rough(400)

describe.each(Object.entries(FIGURES))('%s', (_, create) => {
  test('looks at no later value', () => {
    const whole = run(create(), ROUGH.time, ROUGH.value)
    for (const cut of [0, 1, 2, 50, 399]) {
      const later = ROUGH.value.map((value, i) => (i < cut ? value : -value + 1e5))
      expect(run(create(), ROUGH.time, later).slice(0, cut)).toEqual(whole.slice(0, cut))
    }
  })

  test('goes on from its snapshot bit by bit the same, whatever the position', () => {
    const whole = run(create(), ROUGH.time, ROUGH.value)
    const first = create()
    for (let at = 0; at < 400; at++) {
      const copy = create()
      const before = first.snapshot()
      copy.restore(before)
      expect(copy.snapshot()).toEqual(before)
      const until = Math.min(400, at + 60)
      expect(run(copy, ROUGH.time, ROUGH.value, at, until)).toEqual(whole.slice(at, until))
      // The copy has its own state.
      expect(first.snapshot()).toEqual(before)
      expect(first.push(ROUGH.time[at] as number, ROUGH.value[at] as number)).toEqual(whole[at])
    }
  })

  test('refuses the state of another version, or of another length', () => {
    const state = create().snapshot()
    expect(() => create().restore(state.subarray(0, state.length - 1))).toThrow(RangeError)
    expect(() => create().restore(new Float64Array(0))).toThrow(RangeError)
    state[0] = 99
    expect(() => create().restore(state)).toThrow(/version 99/)
  })

  test('a gap changes nothing', () => {
    const figure = create()
    run(figure, ROUGH.time, ROUGH.value, 0, 200)
    const before = figure.snapshot()
    for (const gap of [NaN, Infinity, -Infinity]) expect(figure.push(2e12, gap) || 0).toBe(0)
    expect(figure.snapshot()).toEqual(before)
  })

  test('huge values leave nothing behind that is not a number', () => {
    const figure = create()
    const noise = normal(6)
    for (let i = 0; i < 300; i++) figure.push(i * 1000, (i % 2 === 0 ? 1.7e308 : -1.7e308) * (i < 100 ? 1 : 1e-308))
    const after = Array.from({ length: 100 }, (_, i) => figure.push(300_000 + i * 1000, noise()))
    expect(after.every(Number.isFinite)).toBe(true)
  })

  test('of a constant is constant', () => {
    const figure = create()
    const told = Array.from({ length: 300 }, (_, i) => figure.push(i * 1000, 0.1)).slice(150)
    if (figure instanceof CumulativeSum) return expect(told[149]).toBeCloseTo(30, 12)
    for (const value of told) expect(value).toBeCloseTo(told[0] as number, 12)
    expect([0, 0.1]).toContain(Math.round((told[0] as number) * 1e9) / 1e9)
  })
})

test('the derivative: time that does not advance, long steps, gaps between', () => {
  const derivative = new Derivative({ maxStep: 2000 })
  const told = run(derivative, [0, 1000, 1000, 500, 2000, 2500, 3000, 9000, 10_000], [1, 3, 4, 99, 6, NaN, 7, 8, 10])
  expect(told).toEqual([NaN, 2, NaN, NaN, 2, NaN, 1, NaN, 2])
})

test('a burst without time is no time for an ewma of event time, and full weight for one of samples', () => {
  const timed = new TimedEwma(1000)
  expect(run(timed, [0, 0, 0, 1000], [0, 8, 8, 8])).toEqual([0, 0, 0, 4])
  expect(run(new Ewma(0.5), [0, 0, 0, 1000], [0, 8, 8, 8])).toEqual([0, 4, 6, 7])
})

test('a score beyond all spread is told as a million', () => {
  const score = new RollingZScore({ size: 5, against: 'past' })
  expect(run(score, [0, 1, 2, 3, 4], [7, 7, 7, 7.5, 7])).toEqual([NaN, NaN, 0, 1e6, expect.any(Number)])
})

test('the memory of a moving average over time follows what lies in its span', () => {
  const average = new TimedMovingAverage(100)
  for (let i = 0; i < 10_000; i++) average.push(i, i)
  expect(average.snapshot().length).toBe(4 + 2 * 100)
  expect(average.push(1e9, 5)).toBe(5)
  expect(average.snapshot().length).toBe(4 + 2)
})

test.each([
  () => new Ewma(0),
  () => new Ewma(1.5),
  () => new TimedEwma(0),
  () => new MovingAverage(0),
  () => new MovingAverage(1.5),
  () => new TimedMovingAverage(-1),
  () => new Derivative({ maxStep: 0 }),
  () => new RollingZScore({ size: 1 }),
  () => new ChangePoints({ method: 'cusum', learning: 1 }),
  () => new ChangePoints({ method: 'cusum', threshold: 0 }),
  () => new ChangePoints({ method: 'cusum', known: { level: 0, spread: 0 } }),
  () => new SeasonalComponents({ period: 0 }),
  () => new SeasonalComponents({ period: 1000, parts: 1 }),
  () => new SeasonalComponents({ period: 1000, level: 2 }),
])('options out of range are refused: %s', (create) => {
  expect(create).toThrow(RangeError)
})
