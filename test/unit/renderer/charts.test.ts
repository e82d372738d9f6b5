import { NO_MARKS } from '../../../renderer/charts/alertMarks'
import { describe, expect, it } from 'vitest'
import { lineChart, openLine, pairs } from '../../../renderer/charts/lineOption'
import type { Palette } from '../../../renderer/charts/palette'
import { readoutAt } from '../../../renderer/charts/readout'
import { niceScale } from '../../../renderer/charts/scale'
import { sparklineRuns } from '../../../renderer/charts/sparkline'
import { timeTicks } from '../../../renderer/charts/timeAxis'
import { windowAt, windowLine } from '../../../renderer/charts/windowLine'
import type { SeriesFrame } from '../../../shared/ipc/engine'

const palette: Palette = {
  ink2: '#000',
  ink3: '#111',
  grid: '#222',
  lineStrong: '#333',
  surface: '#fff',
  mute: '#444',
  crit: '#c00',
  warn: '#950',
  ok: '#174',
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
  it('breaks at a gap', () => {
    expect(pairs(Float64Array.of(1, 5, 2, NaN, 3, 6))).toEqual([
      [1, 5],
      [2, NaN],
      [3, 6],
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
      marks: NO_MARKS,
      formatTick: String,
      results: [],
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
  it('draws every result of a pipeline in its colour, on a scale that holds them all', () => {
    const results = [
      { windows: Float64Array.of(0, 5, 1, 5, 10, 2), colour: '#1' },
      { windows: Float64Array.of(0, 10, 90), colour: '#2' },
    ]
    const { option } = lineChart({
      frame: null,
      results,
      from: 0,
      to: 10,
      width: 400,
      height: 200,
      raw: '#a',
      mean: '#b',
      palette,
      language: 'en',
      marks: NO_MARKS,
      formatTick: String,
    })
    const lines = option['series'] as { id: string; data: unknown[]; lineStyle: { color: string } }[]
    expect(lines.slice(-2).map(({ data, lineStyle }) => [data.length, lineStyle.color])).toEqual([
      [4, '#1'],
      [2, '#2'],
    ])
    expect(option['yAxis']).toMatchObject({ min: 0, max: 100 })
  })
})

describe('the line of windows', () => {
  it('is steps, broken where windows do not touch and where one has no value', () => {
    expect(windowLine(Float64Array.of(0, 10, 1, 10, 20, 2, 30, 40, NaN))).toEqual([
      [0, 1],
      [10, 1],
      [10, 2],
      [20, 2],
      [20, NaN],
      [30, NaN],
      [40, NaN],
    ])
  })
  it('draws each of overlapping windows over what it adds, and never joins over a missing one', () => {
    // Hopping, size 10 and slide 2: the window that ends at 16 is missing, although its neighbours overlap.
    expect(windowLine(Float64Array.of(0, 10, 1, 2, 12, 2, 4, 14, 3, 8, 18, 4))).toEqual([
      [8, 1],
      [10, 1],
      [10, 2],
      [12, 2],
      [12, 3],
      [14, 3],
      [14, NaN],
      [16, 4],
      [18, 4],
    ])
  })
  it('draws windows that grow over the step by which they grew', () => {
    expect(windowLine(Float64Array.of(0, 5, 1, 0, 10, 2, 10, 15, 3, 10, 20, 4))).toEqual([
      [0, 1],
      [5, 1],
      [5, 2],
      [10, 2],
      [10, 3],
      [15, 3],
      [15, 4],
      [20, 4],
    ])
  })
  it('draws windows that end at no regular pace as a line through their ends', () => {
    expect(windowLine(Float64Array.of(0, 10, 1, 5, 13, 2, 9, 21, 3, 30, 40, 4))).toEqual([
      [10, 1],
      [13, 2],
      [21, 3],
      [21, NaN],
      [40, 4],
    ])
  })
  it('has at a time the value of the first window that closed', () => {
    const windows = Float64Array.of(0, 10, 1, 5, 15, 2, 30, 40, 3)
    expect([9, 10, 20, 30].map((time) => windowAt(windows, time))).toEqual([1, 2, null, 3])
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
