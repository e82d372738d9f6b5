/** What an analysis adds to a line chart: a band with its middle, and dots. Pure. */
import type { EpochMs } from '../../shared/model/time'
import type { Palette } from './palette'

export interface Band {
  readonly start: EpochMs
  readonly step: number
  readonly low: Float64Array
  readonly middle: Float64Array
  readonly high: Float64Array
}

export interface Dot {
  readonly time: EpochMs
  readonly value: number
}

interface PolygonApi {
  value(dimension: number): number
  coord(point: readonly [number, number]): [number, number]
}

/** The band is one polygon, its middle a dashed line. */
export function bandSeries(band: Band, colour: string): object[] {
  const outline = outlineOf(band)
  return [
    {
      id: 'band',
      type: 'custom',
      silent: true,
      animation: false,
      clip: true,
      data: [[band.start, band.middle[0] ?? 0]],
      renderItem: (_params: unknown, api: PolygonApi) => ({
        type: 'polygon',
        shape: { points: outline.map((point) => api.coord(point)) },
        style: { fill: colour, opacity: 0.16 },
      }),
      z: 1,
    },
    {
      id: 'band middle',
      type: 'line',
      silent: true,
      animation: false,
      showSymbol: false,
      data: [...band.middle].map((value, i) => [band.start + i * band.step, value]),
      lineStyle: { width: 1.6, color: colour, type: [5, 3] },
      z: 3,
    },
  ]
}

export function outlineOf({ start, step, low, high }: Band): [number, number][] {
  const at = (i: number): number => start + i * step
  return [
    ...[...low].map((value, i): [number, number] => [at(i), value]),
    ...[...high].map((value, i): [number, number] => [at(i), value]).reverse(),
  ]
}

/** 9 px, ringed in the colour of the surface. */
export const dotSeries = (dots: readonly Dot[], palette: Palette): object => ({
  id: 'dots',
  type: 'line',
  silent: true,
  animation: false,
  data: dots.map(({ time, value }) => [time, value]),
  symbol: 'circle',
  symbolSize: 9,
  showSymbol: true,
  showAllSymbol: true,
  lineStyle: { opacity: 0 },
  itemStyle: { color: palette.crit, borderColor: palette.surface, borderWidth: 2 },
  z: 5,
})
