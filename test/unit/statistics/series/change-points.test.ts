/** Change points: against the textbook's form of the sums, and a published example. */
import { describe, expect, test } from 'vitest'
import { ChangePoints, SeasonalComponents } from '../../../../main/statistics/series'
import { expectNumbers, fixture, normal } from './fixtures'
import type { Numbers } from './fixtures'

interface Season {
  value: number[]
  trend: number
  error: Numbers
  level: Numbers
  slope: Numbers
  season: Numbers
}
type Found = [at: number, direction: number, since: number]
const { changes, season } = fixture<{
  changes: { value: number[]; cusum: Found[]; 'page-hinkley': Found[]; montgomery: number[] }
  season: Season[]
}>('streaming')

function found(points: ChangePoints, values: readonly number[]): Found[] {
  const all: Found[] = []
  values.forEach((value, i) => {
    const direction = points.push(i, value)
    if (direction !== 0) all.push([i, direction, points.time])
  })
  return all
}

describe('change points', () => {
  test.each(['cusum', 'page-hinkley'] as const)('%s finds what the textbook finds, and a spike is none', (method) => {
    const points = new ChangePoints({ method, learning: 100 })
    expect(found(points, changes.value)).toEqual(changes[method])
    // The series rises at 400 and falls at 1000; at 700 there is one spike.
    expect(changes[method].map(([, direction]) => direction)).toEqual([1, -1])
    const [rise, fall] = changes[method].map(([, , since]) => since) as [number, number]
    expect(Math.abs(rise - 400)).toBeLessThan(8)
    expect(Math.abs(fall - 1000)).toBeLessThan(4)
    expect(points.direction).toBe(-1)
  })

  test("Montgomery's example: out of control at the 29th value, since the 23rd", () => {
    const options = { method: 'cusum', known: { level: 10, spread: 1 }, threshold: 5 } as const
    expect(found(new ChangePoints(options), changes.montgomery)).toEqual([[28, 1, 22]])
    const points = new ChangePoints({ ...options, threshold: 100 })
    const sums = changes.montgomery.map((value, i) => (points.push(i, value), points.progress * 100))
    expect(sums[28]).toBeCloseTo(5.28, 10)
    expect(sums[29]).toBeCloseTo(5.3, 10)
  })

  test.each(['cusum', 'page-hinkley'] as const)('%s: noise alone is hardly ever a change', (method) => {
    const noise = normal(3)
    const points = new ChangePoints({ method })
    let alarms = 0
    for (let i = 0; i < 200_000; i++) if (points.push(i, 7 + 3 * noise()) !== 0) alarms++
    expect(alarms).toBeLessThan(20)
  })

  test('a constant that becomes another is a change at once', () => {
    const points = new ChangePoints({ method: 'cusum', learning: 10 })
    const values = Array.from({ length: 40 }, (_, i) => (i < 20 ? 5 : 5.001))
    expect(found(points, values)).toEqual([[22, 1, 20]])
  })
})

describe('seasonal components', () => {
  test.each(season)('are those of Holt–Winters with one value in every part (trend $trend)', (expected) => {
    const components = new SeasonalComponents({
      period: 12_000,
      parts: 12,
      level: 0.15,
      trend: expected.trend,
      season: 0.3,
    })
    const learning = expected.trend === 0 ? 12 : 24
    const told: number[][] = [[], [], [], []]
    expected.value.forEach((value, i) => {
      const residual = components.push(i * 1000, value)
      if (i < learning) return expect(residual).toBeNaN()
      ;[components.error, components.level, components.trend, components.season].forEach((x, k) => told[k]?.push(x))
      expect(components.level + components.season + residual).toBeCloseTo(value, 10)
    })
    const wanted = [expected.error, expected.level, expected.slope, expected.season]
    wanted.forEach((numbers, k) => expectNumbers(told[k] as number[], numbers, 1))
  })

  test('follow irregular samples with holes, of which they expect what is to come', () => {
    const noise = normal(4)
    const day = 86_400_000
    const truth = (t: number): number => 20 + t / day + 6 * Math.sin((2 * Math.PI * t) / day)
    const components = new SeasonalComponents({ period: day, trend: 0.05 })
    let time = 0
    for (; time < 20 * day; time += 240_000 * (1 + Math.abs(noise()))) {
      if (time % day > 0.3 * day && time % day < 0.4 * day) continue
      components.push(time, truth(time) + 0.3 * noise())
    }
    for (let hour = 0; hour < 24; hour++) {
      // Parts are an hour long, within which the season moves by up to 1.6.
      const at = time + hour * 3_600_000
      expect(Math.abs(components.expected(at) - truth(at))).toBeLessThan(1.7)
    }
    expect(components.trend * 86_400).toBeCloseTo(1, 0)
  })

  test('say nothing before the first period is over', () => {
    const components = new SeasonalComponents({ period: 10_000, parts: 5 })
    for (let t = 0; t < 10_000; t += 1000) {
      expect(components.push(t, 3)).toBeNaN()
      expect([components.level, components.trend, components.expected(t)]).toEqual([NaN, NaN, NaN])
    }
    expect(components.push(10_000, 3)).toBe(0)
  })
})
