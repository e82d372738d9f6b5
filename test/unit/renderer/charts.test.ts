import { describe, expect, it } from 'vitest'
import { lineChart, meanLine, openLine, pairs } from '../../../renderer/charts/lineOption'
import type { Palette } from '../../../renderer/charts/palette'
import { readoutAt } from '../../../renderer/charts/readout'
import { niceScale } from '../../../renderer/charts/scale'
import { sparklineRuns } from '../../../renderer/charts/sparkline'
import { timeTicks } from '../../../renderer/charts/timeAxis'
import type { SeriesFrame } from '../../../shared/ipc/engine'

const palette: Palette = {
  ink2: '#000',
  ink3: '#111',
  grid: '#222',
  lineStrong: '#333',
  mute: '#444',
  font: 'x',
  series: ['', '#1', '#2', '#3', '#4', '#5', '#6', '#7', '#8'],
}
const frame = (
  points: number[],
  windows: number[] = [],
  provisional: SeriesFrame['provisional'] = null,
): SeriesFrame => ({
  id: 1,
  points: Float64Array.from(points),
  windows: Float64Array.from(windows),
  provisional,
  count: points.length / 2,
  min: 0,
  max: 1,
  mean: 0.5,
  last: null,
  stale: false,
})

describe('the value scale', () => {
  it('holds the values between round ticks', () => {
    expect(niceScale(75.3, 79.2, 5)).toEqual({ min: 75, max: 80, step: 1, digits: 0 })
    expect(niceScale(3.94, 4.46, 5)).toMatchObject({ step: 0.2, digits: 1 })
  })
  it('keeps two states, gives a constant room, and survives nothing', () => {
    expect(niceScale(0, 1)).toEqual({ min: 0, max: 1, step: 1, digits: 0 })
    const constant = niceScale(50, 50)
    expect(constant.min).toBeLessThan(50)
    expect(constant.max).toBeGreaterThan(50)
    expect(niceScale(Infinity, -Infinity)).toMatchObject({ min: 0, max: 1 })
  })
})

describe('the time axis', () => {
  const day = new Date(2026, 0, 31).getTime()
  it('marks days and months in bold', () => {
    const ticks = timeTicks(day - 86_400_000, day + 2 * 86_400_000, 720, 'en')
    expect(ticks.filter((tick) => tick.bold).map((tick) => tick.label)).toEqual(expect.arrayContaining(['31', 'Feb']))
  })
  it('has no more labels than room, at every span', () => {
    for (const span of [5, 1000, 60_000, 3_600_000, 86_400_000, 30 * 86_400_000, 3e11]) {
      const ticks = timeTicks(day, day + span, 600, 'en')
      expect(ticks.length).toBeLessThanOrEqual(10)
      expect(ticks.every((tick) => tick.time >= day && tick.time <= day + span)).toBe(true)
    }
  })
})

describe('the line chart', () => {
  it('breaks at a gap and never joins windows that do not touch', () => {
    expect(pairs(Float64Array.of(1, 5, 2, NaN, 3, 6))).toEqual([
      [1, 5],
      [2, NaN],
      [3, 6],
    ])
    expect(meanLine(Float64Array.of(0, 10, 1, 10, 20, 2, 30, 40, 3))).toEqual([
      [0, 1],
      [10, 1],
      [10, 2],
      [20, 2],
      [20, NaN],
      [30, 3],
      [40, 3],
    ])
  })
  it('draws windows that overlap as a line through their ends, and breaks it over a hole', () => {
    expect(meanLine(Float64Array.of(0, 10, 1, 5, 15, 2, 30, 40, 3))).toEqual([
      [10, 1],
      [15, 2],
      [15, NaN],
      [40, 3],
    ])
  })
  it('joins the open window to the last one only where they touch', () => {
    expect(openLine(frame([], [0, 10, 1], [10, 20, 4]))).toEqual([
      [10, 1],
      [10, 4],
      [20, 4],
    ])
    expect(openLine(frame([], [0, 10, 1], [15, 25, 4]))).toEqual([
      [15, 4],
      [25, 4],
    ])
    expect(openLine(frame([], [0, 10, 1]))).toEqual([])
  })
  it('draws the raw line paler under a mean, and counts finite points', () => {
    const input = {
      from: 0,
      to: 10,
      width: 400,
      height: 200,
      raw: '#a',
      mean: '#b',
      palette,
      language: 'en',
      formatTick: String,
    }
    const alone = lineChart({ ...input, frame: frame([1, 5, 2, NaN, 3, 6]) })
    const series = (chart: typeof alone) =>
      chart.option['series'] as { data: unknown[]; lineStyle: { width: number; opacity?: number } }[]
    expect(alone.points).toBe(2)
    expect(series(alone)[0]?.lineStyle).toMatchObject({ width: 1.6, opacity: 1 })
    expect(series(lineChart({ ...input, frame: frame([1, 5], [0, 5, 5]) }))[0]?.lineStyle).toMatchObject({
      width: 1,
      opacity: 0.5,
    })
    expect(series(lineChart({ ...input, frame: null }))[0]?.data).toEqual([])
  })
})

describe('the readout', () => {
  it('takes the nearest point in reach and the window that holds the time', () => {
    const shown = frame([0, 1, 10, 2, 20, 3], [0, 15, 1.5], [15, 30, 9])
    expect(readoutAt(shown, 11, 5)).toEqual({ time: 10, raw: 2, mean: 1.5 })
    expect(readoutAt(shown, 16, 2)).toEqual({ time: 16, raw: null, mean: 9 })
  })
  it('says nothing in a gap', () => {
    expect(readoutAt(frame([0, 1, 10, NaN]), 9, 5)).toEqual({ time: 9, raw: null, mean: null })
    expect(readoutAt(frame([]), 9, 5)).toEqual({ time: 9, raw: null, mean: null })
  })
})

describe('the sparkline', () => {
  it('ends where the data ends and breaks at gaps', () => {
    const runs = sparklineRuns({
      points: Float64Array.of(0, 1, 10, 2, 20, NaN, 30, 1),
      from: 0,
      to: 100,
      width: 100,
      height: 40,
      colour: '',
      faded: false,
    })
    expect(runs).toHaveLength(2)
    expect(runs[0]?.[2]).toBe(10)
    expect(runs[1]?.[0]).toBe(30)
  })
})
