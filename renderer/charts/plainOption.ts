/** Charts whose lower axis is a frequency, a lag or a value. Pure. */
import type { EChartsCoreOption } from 'echarts/core'
import type { Palette } from './palette'

export interface PlainChartInput {
  /** `bars`: x are the edges of the bars, one more than y. */
  readonly kind: 'line' | 'bars'
  readonly x: Float64Array
  readonly y: Float64Array
  readonly logarithmic?: { readonly x: boolean; readonly y: boolean }
  /** Dashed lines at these heights. */
  readonly bounds?: readonly number[]
  readonly formatX: (value: number) => string
  readonly formatY: (value: number) => string
  readonly colour: string
  readonly palette: Palette
}

const LABEL = 10.5

export function plainChart(input: PlainChartInput): EChartsCoreOption {
  const { kind, x, y, palette, colour, bounds = [], logarithmic = { x: false, y: false } } = input
  const first = x[0] ?? 0
  const last = x[x.length - 1] ?? 1
  const axis = (log: boolean, format: (value: number) => string) => ({
    type: log ? 'log' : 'value',
    axisLine: { show: false, onZero: false, lineStyle: { color: palette.lineStrong } },
    axisTick: { show: false },
    axisLabel: {
      color: palette.ink3,
      fontSize: LABEL,
      fontFamily: palette.font,
      hideOverlap: true,
      formatter: (value: number) => format(value),
    },
  })
  return {
    animation: false,
    grid: { left: 56, right: 14, top: 10, bottom: 24, containLabel: false, outerBoundsMode: 'none' },
    textStyle: { fontFamily: palette.font },
    xAxis: {
      ...axis(logarithmic.x, input.formatX),
      min: first,
      max: last,
      axisLine: { show: true, onZero: false, lineStyle: { color: palette.lineStrong, width: 1 } },
      splitLine: { show: false },
    },
    yAxis: {
      ...axis(logarithmic.y, input.formatY),
      splitLine: { show: true, lineStyle: { color: palette.grid, width: 1 } },
      ...(logarithmic.y ? { min: 'dataMin' } : {}),
    },
    series: [
      {
        id: 'plain',
        type: 'line',
        silent: true,
        animation: false,
        showSymbol: false,
        data: kind === 'bars' ? barsOf(x, y) : pairsOf(x, y),
        lineStyle: { width: 1.4, color: colour },
        ...(kind === 'line' && logarithmic.y ? {} : { areaStyle: { color: colour, opacity: 0.16, origin: 0 } }),
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          label: { show: false },
          lineStyle: { color: palette.ink3, width: 1, type: [4, 3] },
          data: bounds.map((yAxis) => ({ yAxis })),
        },
      },
    ],
  }
}

function pairsOf(x: Float64Array, y: Float64Array): [number, number][] {
  return [...y].map((value, i) => [x[i] ?? 0, value])
}

/** Up, along and down each bar, from the ground and back to it. */
function barsOf(edges: Float64Array, counts: Float64Array): [number, number][] {
  const steps: [number, number][] = [[edges[0] ?? 0, 0]]
  counts.forEach((count, i) => {
    steps.push([edges[i] ?? 0, count], [edges[i + 1] ?? 0, count])
  })
  steps.push([edges[counts.length] ?? 0, 0])
  return steps
}
