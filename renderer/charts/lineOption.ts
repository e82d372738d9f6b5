/** What a line chart looks like: raw line, window mean as steps over it, the open window dashed; results of pipelines. Pure. */
import type { EChartsCoreOption } from 'echarts/core'
import type { SeriesFrame } from '../../shared/ipc/engine'
import type { EpochMs } from '../../shared/model/time'
import { markOptions } from './alertMarks'
import type { AlertMarks } from './alertMarks'
import { bandSeries, dotSeries, outlineOf } from './overlay'
import type { Band, Dot } from './overlay'
import { niceScale } from './scale'
import type { Scale } from './scale'
import { timeTicks } from './timeAxis'
import type { Palette } from './palette'
import { windowLine } from './windowLine'
import type { Pair } from './windowLine'

export interface LineChartInput {
  readonly frame: SeriesFrame | null
  /** Window results that stand by themselves, each in its colour. */
  readonly results: readonly { readonly windows: Float64Array; readonly colour: string }[]
  readonly from: EpochMs
  readonly to: EpochMs
  readonly width: number
  readonly height: number
  readonly raw: string
  readonly mean: string
  readonly palette: Palette
  readonly marks: AlertMarks
  readonly band?: Band | null
  readonly dots?: readonly Dot[]
  readonly language: string
  readonly formatTick: (value: number, digits: number) => string
}

export interface PlotArea {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface LineChart {
  readonly option: EChartsCoreOption
  readonly area: PlotArea
  /** Finite raw points drawn. */
  readonly points: number
}

const LABEL = 10.5
const MIN_LEFT = 36

export function lineChart(input: LineChartInput): LineChart {
  const { frame, palette } = input
  const mean = frame ? windowLine(frame.windows) : []
  const open = frame ? openLine(frame) : []
  const results = input.results.map(({ windows, colour }) => ({ colour, data: windowLine(windows) }))
  const band = input.band ? outlineOf(input.band) : []
  const scale = valueScale(frame, [mean, open, band, ...results.map(({ data }) => data)].flat(), input)
  const labels = tickValues(scale).map((value) => input.formatTick(value, scale.digits))
  const left = Math.max(MIN_LEFT, Math.max(...labels.map((text) => text.length)) * 6.4 + 14)
  const area: PlotArea = { left, right: 10, top: 10, bottom: 24 }
  // Windows of a pixel or two would paint over the readings.
  const meanWidth = mean.length / 2 > input.width / 3 ? 1.25 : 2
  const line = { silent: true, symbol: 'none', showSymbol: false, type: 'line', clip: true, animation: false } as const
  const option: EChartsCoreOption = {
    animation: false,
    grid: { ...area, containLabel: false, outerBoundsMode: 'none' },
    textStyle: { fontFamily: palette.font },
    xAxis: timeAxis(input, input.width - left - area.right),
    yAxis: valueAxis(scale, input),
    series: [
      {
        ...line,
        id: 'raw',
        data: pairs(frame?.points),
        lineStyle: { width: mean.length > 0 ? 1 : 1.6, color: input.raw, opacity: mean.length > 0 ? 0.5 : 1 },
        z: 2,
        ...markOptions(input.marks, palette),
      },
      {
        ...line,
        id: 'lone',
        data: lonePoints(frame?.points),
        symbol: 'circle',
        symbolSize: 3,
        showSymbol: true,
        showAllSymbol: true,
        lineStyle: { opacity: 0 },
        itemStyle: { color: input.raw },
        z: 2,
      },
      { ...line, id: 'mean', data: mean, lineStyle: { width: meanWidth, color: input.mean, join: 'round' }, z: 3 },
      { ...line, id: 'open', data: open, lineStyle: { width: meanWidth, color: input.mean, type: [4, 3] }, z: 3 },
      ...results.map(({ colour, data }, index) => ({
        ...line,
        id: `results ${index}`,
        data,
        lineStyle: { width: 1.6, color: colour, join: 'round' },
        z: 3,
      })),
      ...(input.band ? bandSeries(input.band, input.mean) : []),
      ...(input.dots && input.dots.length > 0 ? [dotSeries(input.dots, palette)] : []),
    ],
  }
  return { option, area, points: frame ? finitePoints(frame.points) : 0 }
}

function timeAxis(input: LineChartInput, width: number): object {
  // A label that would reach over the right edge is left out rather than cut.
  const last = input.to - ((input.to - input.from) * 18) / Math.max(width, 1)
  const ticks = timeTicks(input.from, input.to, width, input.language).filter((tick) => tick.time <= last)
  const labels = new Map(ticks.map((tick) => [tick.time, tick]))
  return {
    type: 'value',
    min: input.from,
    max: input.to,
    axisLine: { show: true, onZero: false, lineStyle: { color: input.palette.lineStrong, width: 1 } },
    axisTick: { show: false, customValues: ticks.map((tick) => tick.time) },
    splitLine: { show: false },
    axisLabel: {
      customValues: ticks.map((tick) => tick.time),
      color: input.palette.ink3,
      fontSize: LABEL,
      margin: 8,
      hideOverlap: true,
      showMinLabel: true,
      showMaxLabel: true,
      formatter: (value: number) => {
        const tick = labels.get(value)
        if (!tick) return ''
        return tick.bold ? `{day|${tick.label}}` : tick.label
      },
      rich: { day: { fontWeight: 600, fontSize: LABEL, color: input.palette.ink2, fontFamily: input.palette.font } },
    },
  }
}

function valueAxis(scale: Scale, input: LineChartInput): object {
  return {
    type: 'value',
    min: scale.min,
    max: scale.max,
    interval: scale.step,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: input.palette.grid, width: 1 } },
    axisLabel: {
      color: input.palette.ink3,
      fontSize: LABEL,
      margin: 8,
      formatter: (value: number) => input.formatTick(value, scale.digits),
    },
  }
}

function tickValues(scale: Scale): number[] {
  const count = Math.round((scale.max - scale.min) / scale.step)
  return Array.from({ length: Math.min(count, 50) + 1 }, (_, index) => scale.min + index * scale.step)
}

/** The values that are drawn decide the scale: a window that reaches into the range may lie beyond the raw points. */
function valueScale(frame: SeriesFrame | null, windows: readonly Pair[], input: LineChartInput): Scale {
  let low = Infinity
  let high = -Infinity
  const see = (value: number): void => {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (frame) {
    for (let at = 1; at < frame.points.length; at += 2) {
      const value = frame.points[at] as number
      if (Number.isFinite(value)) see(value)
    }
  }
  for (const [time, value] of windows) if (Number.isFinite(value) && time >= input.from && time <= input.to) see(value)
  if (input.marks.scaled) for (const { value } of input.marks.thresholds) see(value)
  return niceScale(low, high, Math.max(2, Math.round((input.height - 34) / 42)))
}

/** Time-value pairs of a column pair; NaN stays and breaks the line. */
export function pairs(points: Float64Array | undefined): Pair[] {
  const list: Pair[] = []
  for (let at = 0; points && at + 1 < points.length; at += 2)
    list.push([points[at] as number, points[at + 1] as number])
  return list
}

/** The open window, joined to the last closed one where they touch; drawn from there where they overlap. */
export function openLine(frame: Pick<SeriesFrame, 'windows' | 'provisional'>): Pair[] {
  if (!frame.provisional) return []
  const [start, end, mean] = frame.provisional
  const at = frame.windows.length - 3
  const lastEnd = at >= 0 ? (frame.windows[at + 1] as number) : -Infinity
  if (lastEnd < start || lastEnd >= end)
    return [
      [start, mean],
      [end, mean],
    ]
  return [
    [lastEnd, frame.windows[at + 2] as number],
    [lastEnd, mean],
    [end, mean],
  ]
}

/** Readings with a gap on both sides: no line shows them, so they are drawn as dots. */
export function lonePoints(points: Float64Array | undefined): Pair[] {
  const lone: Pair[] = []
  for (let at = 0; points && at + 1 < points.length; at += 2) {
    const value = points[at + 1] as number
    if (Number.isFinite(value) && !Number.isFinite(points[at - 1]) && !Number.isFinite(points[at + 3]))
      lone.push([points[at] as number, value])
  }
  return lone
}

export function finitePoints(points: Float64Array): number {
  let count = 0
  for (let at = 1; at < points.length; at += 2) if (Number.isFinite(points[at])) count++
  return count
}
