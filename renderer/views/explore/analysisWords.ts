/** What an analysis says, in a sentence, and what was done to the readings for it. */
import type { AnalysisReport } from '../../../shared/ipc/analysis'
import type { SeriesInfo } from '../../../shared/model/series'
import { formatComputed, formatCount, formatDateTime, formatSpan } from '../../state/format'
import { i18n, t } from '../../state/i18n.svelte'

/** Below it chance alone hardly explains what is left. */
const SIGNIFICANT = 0.05

const span = (ms: number): string => formatSpan(ms, i18n.language)
const count = (n: number): string => formatCount(n, i18n.language)
const percent = (share: number): string => `${Math.round(share * 100)} %`

export function sentenceOf(report: AnalysisReport, { unit }: SeriesInfo): string {
  switch (report.what) {
    case 'decompose': {
      const { period, seasonStrength, trendStrength, ljungBox } = report
      const strengths = { period: span(period), season: percent(seasonStrength), trend: percent(trendStrength) }
      const rest = ljungBox < SIGNIFICANT ? 'analysis.notRandom' : 'analysis.random'
      return `${t('analysis.decomposed', strengths)} · ${t(rest)}`
    }
    case 'forecast': {
      const { mean, step, period, error } = report
      const ahead = span(mean.length * step)
      const usual = `${formatComputed(error, i18n.language)} ${unit ?? ''}`.trim()
      const season = period === null ? t('analysis.noSeason') : t('analysis.withSeason', { period: span(period) })
      return `${t('analysis.forecastFor', { ahead })} · ${season} · ${t('analysis.usualError', { error: usual })}`
    }
    case 'anomalies':
      if (report.learning) return t('analysis.learning')
      if (report.anomalies.length === 0) return t('analysis.noAnomalies')
      return t(report.anomalies.length === 1 ? 'analysis.anomaliesOne' : 'analysis.anomaliesFound', {
        n: count(report.anomalies.length),
      })
    case 'spectrum':
      return t('analysis.peaks', {
        peaks: report.peaks.map(({ period, share }) => `${span(period)} (${percent(share)})`).join(', '),
      })
    case 'autocorrelation':
      return report.periods.length === 0
        ? t('analysis.noPeriod')
        : t('analysis.periods', {
            periods: report.periods
              .map(({ period, correlation }) => `${span(period)} (${correlation.toFixed(2)})`)
              .join(', '),
          })
    case 'figures':
      return ''
    case 'histogram':
      return t('analysis.bins', { n: count(report.readings), bins: count(report.counts.length) })
  }
}

export function basisNotes({ averaged, step, filled, part }: AnalysisReport): string[] {
  return [
    ...(averaged && step !== null ? [t('analysis.note.averaged', { step: span(step) })] : []),
    ...(filled ? [t('analysis.note.filled')] : []),
    ...(part === null ? [] : [t('analysis.note.part', { from: formatDateTime(part[0]), to: formatDateTime(part[1]) })]),
  ]
}
