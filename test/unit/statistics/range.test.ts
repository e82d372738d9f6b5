/** Analyses of a range whose answers are known. */
import { describe, expect, it } from 'vitest'
import { analyse } from '../../../main/statistics/range/analyse'
import { evenly } from '../../../main/statistics/range/even'
import { Gathered } from '../../../main/statistics/range/gathered'
import type { Readings } from '../../../main/statistics/range/gathered'
import type { AnalysisReport } from '../../../shared/ipc/analysis'
import { normal } from './series/fixtures'

const MINUTE = 60_000
const START = 1_700_000_000_000

function readingsOf(times: readonly number[], value: (i: number, time: number) => number): Readings {
  const columns = { times: Float64Array.from(times), values: Float64Array.from(times, (t, i) => value(i, t)) }
  return { ...columns, count: times.length, averagedOver: null }
}
const every = (n: number, step: number): number[] => Array.from({ length: n }, (_, i) => START + i * step)
/** Three days, each minute: a swing of a day over a line, with noise. */
const days = (n = 3 * 1440): Readings => {
  const noise = normal(3)
  return readingsOf(every(n, MINUTE), (i) => 50 + i / 1000 + 10 * Math.sin((2 * Math.PI * i) / 1440) + 0.5 * noise())
}
function ask<W extends AnalysisReport['what']>(
  readings: Readings,
  what: W,
  over: { from?: number; period?: number } = {},
): Extract<AnalysisReport, { what: W }> {
  const request = { series: 1, what, from: START, to: START + 1e12, period: null, ...over }
  return analyse(readings, request) as Extract<AnalysisReport, { what: W }>
}

describe('decompose', () => {
  it('finds the day, and the parts add up', () => {
    const { period, step, trend, season, residual, seasonStrength, trendStrength, part } = ask(days(), 'decompose')
    expect(Math.abs(period / MINUTE - 1440)).toBeLessThan(40)
    expect(seasonStrength).toBeGreaterThan(0.95)
    expect(trendStrength).toBeGreaterThan(0.5)
    expect(part).toBeNull()
    expect(step).toBeGreaterThanOrEqual(MINUTE)
    expect(Math.max(...season)).toBeCloseTo(10, 0)
    expect(Math.abs((trend[trend.length >> 1] as number) - 52)).toBeLessThan(1)
    expect(Math.max(...residual.map(Math.abs))).toBeLessThan(3)
  })

  it('takes the period that is given, and calls noise random', () => {
    const { period, residual, ljungBox } = ask(days(), 'decompose', { period: 1440 * MINUTE })
    expect(period).toBe(1440 * MINUTE)
    expect(residual.length).toBeGreaterThan(500)
    expect(ljungBox).toBeGreaterThan(0)
  })

  it('says that nothing repeats itself, and that the range is too short', () => {
    const noise = normal(9)
    expect(() => ask(readingsOf(every(500, MINUTE), noise), 'decompose')).toThrow('nothing in the range repeats itself')
    expect(() => ask(days(2000), 'decompose', { period: 1440 * MINUTE })).toThrow('less than two periods')
    expect(() =>
      ask(
        readingsOf([START], () => 1),
        'decompose',
      ),
    ).toThrow('too few readings')
    expect(() =>
      ask(
        readingsOf([], () => 1),
        'histogram',
      ),
    ).toThrow('no readings')
  })
})

describe('forecast', () => {
  it('goes on with the season, and what comes is within its bounds', () => {
    const { seen, mean, low, high, start, step, period } = ask(days(), 'forecast', { period: 1440 * MINUTE })
    expect(period).toBe(1440 * MINUTE)
    const from = start + seen.length * step
    let inside = 0
    mean.forEach((_, i) => {
      const minute = (from + i * step - START) / MINUTE
      const truth = 50 + minute / 1000 + 10 * Math.sin((2 * Math.PI * minute) / 1440)
      if (truth >= (low[i] as number) && truth <= (high[i] as number)) inside += 1
    })
    expect(mean.length).toBeGreaterThanOrEqual(Math.floor((1440 * MINUTE) / step) - 1)
    expect(inside / mean.length).toBeGreaterThan(0.9)
    expect(Math.max(...mean) - Math.min(...mean)).toBeGreaterThan(15)
  })

  it('does without a season where there is none', () => {
    const noise = normal(4)
    const { period, mean, low } = ask(
      readingsOf(every(300, MINUTE), () => 5 + noise()),
      'forecast',
    )
    expect(period).toBeNull()
    expect(mean[0]).toBeCloseTo(5, 0)
    expect(low[0]).toBeLessThan(mean[0] as number)
  })
})

describe('spectrum, autocorrelation, histogram', () => {
  it.each([2000, 60_000, 300_000])('finds the swing among %i readings', (n) => {
    const noise = normal(5)
    const swing = readingsOf(every(n, 100), (i) => 3 * Math.sin((2 * Math.PI * i) / 50) + noise())
    const { peaks, frequency, density, step } = ask(swing, 'spectrum')
    expect(step).toBe(100)
    expect((peaks[0]?.period as number) / 5000).toBeCloseTo(1, 2)
    expect(peaks.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1)
    expect(peaks[0]?.share).toBeGreaterThan(0.6)
    expect(frequency.length).toBe(density.length)
    expect(frequency.length).toBeLessThanOrEqual(2500)
    const highest = density.indexOf(Math.max(...density))
    expect(frequency[highest]).toBeCloseTo(0.2, 2)
  })

  it('correlates with what is a period later', () => {
    const { correlation, lagStep, periods, bound } = ask(
      readingsOf(every(1000, 1000), (i) => Math.sin(i / 4)),
      'autocorrelation',
    )
    expect(correlation[0]).toBe(1)
    expect(lagStep).toBe(1000)
    expect((periods[0]?.period as number) / 1000).toBeCloseTo(25, 0)
    expect(bound).toBeCloseTo(0.062, 3)
  })

  it('counts every reading in one bin', () => {
    const { edges, counts, readings } = ask(days(), 'histogram')
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(4320)
    expect(edges.length).toBe(counts.length + 1)
    expect(readings).toBe(4320)
  })

  it('tells the spread, the 95th percentile and the gaps of a range', () => {
    const times = every(101, 1000).filter((_, i) => i < 40 || i > 49)
    const { stddev, p95, gaps, readings } = ask(
      readingsOf(times, (i) => i),
      'figures',
    )
    expect(readings).toBe(91)
    expect(p95).toBeCloseTo(85.5, 9)
    expect(stddev).toBeCloseTo(Math.sqrt((91 * 92) / 12), 9)
    expect(gaps).toBe(1)
    expect(
      ask(
        readingsOf([], () => 1),
        'figures',
      ),
    ).toMatchObject({ stddev: NaN, p95: NaN, gaps: 0 })
  })

  it('says that all readings are equal', () => {
    const flat = readingsOf(every(100, 1000), () => 7)
    expect(() => ask(flat, 'spectrum')).toThrow('all readings of the range are equal')
    expect(() => ask(flat, 'autocorrelation')).toThrow('all readings of the range are equal')
  })
})

describe('anomalies', () => {
  it('marks a spike once, with its reason, and nothing before the range', () => {
    const noise = normal(7)
    const at = 1200
    const readings = readingsOf(every(1500, 1000), (i) => (i === at ? 40 : i === 300 ? 8 : 0) + noise())
    const { anomalies, learning } = ask(readings, 'anomalies', { from: START + 700_000 })
    expect(learning).toBe(false)
    expect(anomalies.map(({ time, reason }) => [time, reason])).toContainEqual([START + at * 1000, 'spike'])
    expect(anomalies.length).toBeLessThan(3)
    expect(anomalies.every(({ time }) => time >= START + 700_000)).toBe(true)
  })
})

describe('the grid', () => {
  it('is cut at long holes, fills short ones, and says so', () => {
    const times = every(2000, 1000).filter((_, i) => (i < 100 || i > 105) && (i < 500 || i > 700))
    const grid = evenly(
      readingsOf(times, (i) => i),
      10_000,
      2,
    )
    expect(grid.filled).toBe(true)
    expect(grid.part).toEqual([START + 701_000, START + 1_999_000])
    expect(grid.values.length).toBe(1299)
    expect(grid.values.every(Number.isFinite)).toBe(true)
  })

  it('means what it cannot hold, without a shift in time or value', () => {
    const gathered = new Gathered(1000, { from: START, to: START + 100_000 })
    for (let i = 0; i < 100_000; i++) gathered.add(START + i, i % 2 === 0 ? i : NaN)
    const { times, values, count, averagedOver } = gathered.readings()
    expect(count).toBe(50_000)
    expect(averagedOver).toBe(200)
    expect(times.length).toBe(500)
    const off = [...values].map((value, i) => Math.abs(value - ((times[i] as number) - START)))
    expect(Math.max(...off)).toBeLessThan(1)
  })
})
