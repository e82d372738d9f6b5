/** One message for people: of a test, of one alert, or of many with a list. */
import type { AlertBody, OutboxItem } from '../contracts'
import { SOURCE_DOWN } from '../../shared/config/alert'
import { words } from './words'
import type { Language } from './words'

export interface Message {
  readonly title: string
  /** One for each alert, as many as are listed. */
  readonly lines: readonly string[]
  readonly critical: boolean
}

export interface MessageStyle {
  readonly language: Language
  /** The line for one alert, with {{placeholders}}; undefined: the usual one. */
  readonly text?: string | undefined
}

/** More than this nobody reads. */
const LISTED = 20
const NAMED = 3

/** @param items alerts, or one test */
export function messageOf(items: readonly OutboxItem[], style: MessageStyle): Message {
  const { language } = style
  const alerts = items.map(({ body }) => body).filter((body): body is AlertBody => body.kind === 'alert')
  const [first] = alerts
  if (first === undefined)
    return { title: words(language, 'test'), lines: [words(language, 'testBody')], critical: false }
  const listed = alerts.slice(0, LISTED).map((alert) => lineOf(alert, style, alerts.length > 1))
  const more = alerts.length - listed.length
  return {
    title: titleOf(alerts, language),
    lines: more > 0 ? [...listed, words(language, 'lines', { n: String(more) })] : listed,
    critical: alerts.some(({ severity, notify }) => severity === 'critical' && notify !== 'resolved'),
  }
}

/** What would have been said without a template, by the name of the placeholder. */
export function fillText(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  )
}

function titleOf(alerts: readonly AlertBody[], language: Language): string {
  const names = [...new Set(alerts.map((alert) => nameOf(alert, language)))]
  const [first] = alerts as [AlertBody]
  if (alerts.length === 1) return told(first, language)
  const shown = names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ' …' : '')
  return words(language, 'many', { n: String(alerts.length), names: shown })
}

function lineOf(alert: AlertBody, { language, text }: MessageStyle, inList: boolean): string {
  const values = valuesOf(alert, language)
  if (text !== undefined) return fillText(text, values)
  const { series = '', value = '', unit = '', time = '', severity = '' } = values
  const reading = `${value} ${unit}`.trim()
  const parts = [series, reading, words(language, 'at', { time }), severity].filter((part) => part !== '')
  return (inList ? [told(alert, language), ...parts] : parts).join(' · ')
}

/** The rule that every source has is told in words of its own. */
function told({ rule, name, notify }: AlertBody, language: Language): string {
  const what = notify ?? 'firing'
  return rule === SOURCE_DOWN ? words(language, `sourceDown.${what}`) : words(language, what, { name })
}

const nameOf = ({ rule, name }: AlertBody, language: Language): string =>
  rule === SOURCE_DOWN ? words(language, 'sourceDown') : name

function valuesOf(alert: AlertBody, language: Language): Record<string, string> {
  const { source, series, labels, unit, to, severity, value, time, reason, id, rule } = alert
  const named = Object.values(labels).join(' ')
  return {
    ...labels,
    id,
    rule,
    name: nameOf(alert, language),
    source,
    series: [series ?? source, named].filter((part) => part !== '').join(' · '),
    value: value === null ? '' : String(Number(value.toPrecision(6))),
    unit: unit ?? '',
    state: words(language, `state.${to}`),
    severity: words(language, `severity.${severity}`),
    time: timeText(time, language),
    reason,
  }
}

/** With the zone: whoever reads it may be elsewhere. */
const timeText = (time: number, language: Language): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    timeZoneName: 'short',
  }).format(time)
