/** The lines beside the crosshair of one chart. */
import type { Anomaly } from '../../../shared/ipc/analysis'
import type { SeriesFrame } from '../../../shared/ipc/engine'
import type { SeriesInfo } from '../../../shared/model/series'
import type { EpochMs } from '../../../shared/model/time'
import { readoutAt } from '../../charts/readout'
import { NOTHING, decimals, formatReading, formatValue } from '../../state/format'
import { i18n, t } from '../../state/i18n.svelte'
import { colourOf, meanColourOf } from '../../state/seriesName'

export function cursorLines(frame: SeriesFrame, info: SeriesInfo, time: EpochMs, reach: number) {
  const { raw, mean } = readoutAt(frame, time, reach)
  const unit = info.unit ? ` ${info.unit}` : ''
  const lines = [
    {
      colour: colourOf(info.id),
      name: t('legend.raw'),
      value: raw === null ? NOTHING : formatReading(raw, i18n.language) + unit,
    },
  ]
  if (mean !== null)
    lines.push({
      colour: meanColourOf(info.id),
      name: t('legend.mean'),
      value: formatValue(mean, i18n.language, 4) + unit,
    })
  return lines
}

/** Of the nearest dot in reach. */
export function dotLines(dots: readonly Anomaly[], time: EpochMs, reach: number) {
  const near = dots.filter((dot) => Math.abs(dot.time - time) <= reach)
  const [dot] = near.sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time))
  if (dot === undefined) return []
  const why = dot.reason === null ? '' : ` · ${t(`analysis.reason.${dot.reason}`)}`
  return [{ colour: 0, name: t('analysis.anomaly'), value: decimals(dot.score, 2, i18n.language) + why }]
}
