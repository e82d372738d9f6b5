/** Figures along a series as a pipeline names them. */
import { describe, expect, it } from 'vitest'
import { createAlong } from '../../../main/statistics'
import { along } from '../../../shared/config/along'

const follow = (given: object, values: readonly number[], step = 1000): number[] => {
  const follower = createAlong(along.parse(given))
  return values.map((value, i) => follower.add(i * step, value))
}
const sine = (n: number, period: number): number[] =>
  Array.from({ length: n }, (_, i) => 10 + 3 * Math.sin((2 * Math.PI * i) / period))

describe('a figure along a series', () => {
  it('ewma: by half-life, and by a number of readings', () => {
    expect(follow({ figure: 'ewma', over: '1s' }, [0, 1, 1])).toEqual([0, 0.5, 0.75])
    expect(follow({ figure: 'ewma', readings: 3 }, [0, 1, 1])).toEqual([0, 0.5, 0.75])
  })

  it('moving average: of a time, and of a number of readings', () => {
    expect(follow({ figure: 'moving-average', readings: 2 }, [1, 3, 5])).toEqual([1, 2, 4])
    expect(follow({ figure: 'moving-average', over: '2s' }, [1, 3, 5])).toEqual([1, 2, 4])
  })

  it('cumulative sum, and the derivative in the time it is asked for', () => {
    expect(follow({ figure: 'cumulative-sum' }, [1, 2, 3])).toEqual([1, 3, 6])
    expect(follow({ figure: 'derivative', per: 'min' }, [1, 2, 0])).toEqual([NaN, 60, -120])
    expect(follow({ figure: 'derivative', counter: true }, [1, 2, 1])).toEqual([NaN, 1, 1])
  })

  it('z-score: against the readings before', () => {
    expect(follow({ figure: 'z-score', readings: 3 }, [1, 2, 3, 5])[3]).toBe(3)
  })

  it('trend, season and residual add up to the reading', () => {
    const values = sine(200, 24).map((value, i) => value + i / 50)
    const parts = ['trend', 'season', 'residual'].map((figure) => follow({ figure, period: '24s' }, values))
    const [trend, season, residual] = parts as [number[], number[], number[]]
    expect(trend.findIndex((value) => !Number.isNaN(value))).toBe(24)
    for (let i = 24; i < 200; i++)
      expect((trend[i] as number) + (season[i] as number) + (residual[i] as number)).toBeCloseTo(values[i] as number, 9)
    expect(Math.max(...season.slice(100))).toBeCloseTo(3, 0)
  })

  it('change point: where the level moved, once', () => {
    const values = Array.from({ length: 300 }, (_, i) => (i < 200 ? 0 : 5) + Math.sin(i * 1.7))
    const found = follow({ figure: 'change-point', learning: 50 }, values)
    const at = found.flatMap((value, i) => (value === 0 ? [] : [[i, value]]))
    expect(at.length).toBe(1)
    expect(at[0]?.[1]).toBe(1)
    expect(at[0]?.[0]).toBeGreaterThanOrEqual(200)
    expect(at[0]?.[0]).toBeLessThan(210)
  })

  it('forecast: expected, with the bounds of where it was expected', () => {
    const values = sine(400, 48).map((value, i) => value + 0.1 * Math.cos(i * 2.3))
    const [expected, low, high] = ['expected', 'low', 'high'].map((bound) =>
      follow({ figure: 'forecast', bound, season: '48s' }, values),
    ) as [number[], number[], number[]]
    expect(expected[40]).toBeNaN()
    let inside = 0
    for (let i = 200; i < 400; i++) {
      expect(expected[i]).toBeCloseTo(((low[i] as number) + (high[i] as number)) / 2, 9)
      if ((values[i] as number) >= (low[i] as number) && (values[i] as number) <= (high[i] as number)) inside++
    }
    expect(inside).toBeGreaterThan(180)
    const error = follow({ figure: 'forecast-error', season: '48s' }, values)
    expect(Math.sign(error[300] as number)).toBe(Math.sign((values[300] as number) - (expected[300] as number)))
  })

  it('anomaly: high where a reading leaves what the series did', () => {
    const scores = follow({ figure: 'anomaly' }, [...sine(1000, 50), 60, ...sine(20, 50)])
    expect(Math.max(...scores.slice(0, 1000))).toBeLessThan(0.3)
    expect(scores[1000]).toBeGreaterThan(0.3)
  })

  it('autocorrelation, period, randomness and power of the last readings', () => {
    const values = sine(400, 20)
    const last = (given: object): number => follow(given, values).at(-1) as number
    expect(last({ figure: 'autocorrelation', lag: 20, readings: 200 })).toBeCloseTo(0.9, 6)
    expect(last({ figure: 'autocorrelation', lag: 10, readings: 200 })).toBeCloseTo(-0.95, 6)
    expect(last({ figure: 'period', readings: 200 })).toBe(20)
    expect(last({ figure: 'randomness', readings: 200 })).toBeLessThan(1e-6)
    expect(last({ figure: 'power', period: '20s', readings: 200 })).toBeCloseTo(1, 9)
    expect(last({ figure: 'share', least: 9.9, most: 20, readings: 200 })).toBeCloseTo(0.55, 9)
    expect(follow({ figure: 'period', readings: 200 }, values)[198]).toBeNaN()
  })

  it.each([
    [{ figure: 'ewma' }, 'give a time or a number of readings'],
    [{ figure: 'moving-average', over: '1s', readings: 3 }, 'give a time or a number of readings'],
    [{ figure: 'share', least: 2, most: 1 }, 'least is above most'],
    [{ figure: 'autocorrelation', lag: 9, readings: 9 }, 'must be less than the readings'],
  ])('%o is refused', (given, message) => {
    expect(JSON.stringify(along.safeParse(given).error?.issues)).toContain(message)
  })
})
