/** Alert rules and states in words. */
import type { AlertReduction, AlertRule } from '../../shared/config/alert'
import type { AlertCondition } from '../../shared/config/alert-condition'
import { comparedUnit, isFollowing, SOURCE_DOWN } from '../../shared/config/alert'
import type { AlertEvent, AlertSeverity, AlertState } from '../../shared/model/alert'
import type { AlertMarks } from '../charts/alertMarks'
import type { Tone } from '../ui/tone'
import { formatReading, NOTHING } from './format'
import { i18n, t, tryTranslate } from './i18n.svelte'
import type { Session } from './session.svelte'

export const STATE_TONES: Readonly<Record<AlertState, Tone>> = {
  normal: 'ok',
  pending: 'warn',
  firing: 'crit',
  recovering: 'ok',
  silent: 'mute',
  error: 'crit',
}

export const severityTone = (severity: AlertSeverity): Tone =>
  severity === 'critical' ? 'crit' : severity === 'warning' ? 'warn' : 'mute'

/** The rule that every source has is called in the language of the window. */
export const ruleName = (id: string, name: string): string =>
  id === SOURCE_DOWN ? t('alerts.sourceDown') : (tryTranslate(`demoRule.${id}`) ?? name)

/** `mean over 5m above 95, for 1m` */
export function describeRule(rule: AlertRule): string {
  const { reduce, condition, results } = rule
  const what = results !== undefined ? `${results.pipeline} · ${results.statistic}` : reducedText(reduce)
  const held = rule.for === '0s' ? '' : t('alerts.forWord', { time: String(rule.for) })
  return [what, describeCondition(condition), held].filter((part) => part !== '').join(' · ')
}

function reducedText(reduce: AlertReduction): string {
  if ('window' in reduce) return t('alerts.over', { statistic: reduce.statistic, window: String(reduce.window) })
  if (!isFollowing(reduce)) return ''
  if (reduce.statistic === 'anomaly') return t('alerts.anomaly')
  return reduce.season === undefined
    ? t('alerts.forecastError')
    : t('alerts.forecastErrorSeason', { season: String(reduce.season) })
}

/** What was compared, with its unit. @param value NaN: there is none */
export function comparedText(
  { value, series, rule }: Pick<AlertEvent, 'value' | 'series' | 'rule'>,
  { workspace, seriesById }: Pick<Session, 'workspace' | 'seriesById'>,
): string {
  if (Number.isNaN(value)) return NOTHING
  const reduce = workspace?.alerts.find(({ id }) => id === rule)?.reduce
  const unit = comparedUnit(reduce, series === null ? '' : (seriesById.get(series)?.unit ?? ''))
  return `${formatReading(value, i18n.language)} ${unit}`.trim()
}

export function describeCondition(condition: AlertCondition): string {
  const number = (value: number): string => formatReading(value, i18n.language)
  switch (condition.kind) {
    case 'above':
    case 'below':
      return t(`alerts.is.${condition.kind}`, { value: number(condition.threshold) })
    case 'inside':
    case 'outside':
      return t(`alerts.is.${condition.kind}`, { least: number(condition.least), most: number(condition.most) })
    case 'changes':
      return t('alerts.is.changes', { value: number(condition.faster), per: condition.per })
    case 'silent':
      return t('alerts.is.silent', { time: String(condition.for) })
    case 'not':
      return t('alerts.is.not', { condition: describeCondition(condition.of) })
    default:
      return condition.of.map(describeCondition).join(` ${t(`alerts.is.${condition.kind}`)} `)
  }
}

/** Lines of a chart. */
export function thresholdsOf({ condition, severity, reduce }: AlertRule, label: string): AlertMarks['thresholds'] {
  // A sum, a count or a score is on another scale than the readings.
  const comparable = reduce.statistic === 'last' || /^(mean|median|min|max|first|last|p[\d.]+)$/.test(reduce.statistic)
  if (!comparable) return []
  const line = (value: number) => ({ value, label, tone: severity })
  switch (condition.kind) {
    case 'above':
    case 'below': {
      const { threshold, recovery = threshold } = condition
      return [
        line(threshold),
        ...(recovery === threshold ? [] : [{ value: recovery, label: '', tone: 'recovery' as const }]),
      ]
    }
    case 'inside':
    case 'outside':
      return [line(condition.least), line(condition.most)]
    default:
      return []
  }
}
