/** What notifications of alerts say. */
import type { AlertNotice } from '../../shared/ipc/alerts'
import { SOURCE_DOWN } from '../../shared/config/alert'
import type { Words } from './translations'

export interface NotificationText {
  readonly title: string
  readonly body: string
  readonly critical: boolean
  /** What a click leads to. */
  readonly notice: AlertNotice
}

/** More of one kind at once become one with a list. */
const ONE_BY_ONE = 3
const LISTED = 5

/** Those of one rule and kind together. */
export function notificationsOf(notices: readonly AlertNotice[], words: Words): NotificationText[] {
  const groups = new Map<string, AlertNotice[]>()
  for (const notice of notices) {
    const key = `${notice.rule}\0${notice.notify}`
    groups.set(key, [...(groups.get(key) ?? []), notice])
  }
  return [...groups.values()].flatMap((group) =>
    group.length <= ONE_BY_ONE ? group.map((notice) => textOf(notice, words)) : [listOf(group, words)],
  )
}

const nameOf = ({ rule, name }: AlertNotice, words: Words): string =>
  rule === SOURCE_DOWN ? words('alert.sourceDown') : name
const isCritical = ({ notify, severity }: AlertNotice): boolean => notify !== 'resolved' && severity === 'critical'

function textOf(notice: AlertNotice, words: Words): NotificationText {
  const { title, value, unit, time, notify } = notice
  const reading = Number.isFinite(value) ? `${Number(value.toPrecision(6))} ${unit}`.trim() : ''
  const at = words('alert.at', { time: clock(time) })
  return {
    title: words(`alert.${notify ?? 'firing'}`, { name: nameOf(notice, words) }),
    body: [title, reading, at].filter((part) => part !== '').join(' · '),
    critical: isCritical(notice),
    notice,
  }
}

function listOf(group: readonly AlertNotice[], words: Words): NotificationText {
  const [first] = group as [AlertNotice]
  const shown = group.slice(0, LISTED).map(({ title }) => title)
  const more = group.length - shown.length
  return {
    title: words(`alert.${first.notify ?? 'firing'}`, { name: nameOf(first, words) }),
    body: [words('alert.count', { n: String(group.length) }), ...shown, ...(more > 0 ? [`… +${more}`] : [])].join('\n'),
    critical: isCritical(first),
    notice: first,
  }
}

const clock = (time: number): string =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' })
