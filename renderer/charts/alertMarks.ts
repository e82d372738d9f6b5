/** Thresholds and alert periods on a chart: dashed lines and areas in the colour of their severity. Pure. */
import type { AlertSeverity } from '../../shared/model/alert'
import type { EpochMs } from '../../shared/model/time'
import type { Palette } from './palette'

export interface AlertMarks {
  readonly thresholds: readonly {
    readonly value: number
    readonly label: string
    readonly tone: AlertSeverity | 'recovery'
  }[]
  readonly periods: readonly { readonly from: EpochMs; readonly to: EpochMs; readonly tone: AlertSeverity }[]
  /** The scale of the chart reaches to the thresholds. */
  readonly scaled: boolean
}

export const NO_MARKS: AlertMarks = { thresholds: [], periods: [], scaled: false }

/** What a line series of the chart carries. */
export function markOptions({ thresholds, periods }: AlertMarks, palette: Palette): object {
  const colours = { critical: palette.crit, warning: palette.warn, info: palette.ink3, recovery: palette.ok }
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      data: thresholds.map(({ value, label, tone }) => ({
        yAxis: value,
        lineStyle: { color: colours[tone], width: 1.25, type: [4, 3] },
        label: {
          formatter: label,
          position: tone === 'recovery' ? 'insideEndBottom' : 'insideEndTop',
          distance: 2,
          color: colours[tone],
          fontSize: 10.5,
          fontFamily: palette.font,
        },
      })),
    },
    markArea: {
      silent: true,
      animation: false,
      data: periods.map(({ from, to, tone }) => [
        { xAxis: from, itemStyle: { color: colours[tone], opacity: 0.1 } },
        { xAxis: to },
      ]),
    },
  }
}
