/** The time range of a screen, and how it is typed: `now-15m`, `now-6h to now-1h`, `2014-02-07 06:00 – 12:00`. */
import { formatDuration, parseDuration } from '../../shared/model/time'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { formatClock, formatDate } from './format'

export type Range =
  | { readonly kind: 'live'; readonly span: DurationMs }
  | { readonly kind: 'fixed'; readonly from: EpochMs; readonly to: EpochMs }

export const SPANS: readonly (readonly [label: string, span: DurationMs])[] = [
  '5m',
  '15m',
  '1h',
  '6h',
  '24h',
  '7d',
  '30d',
].map((label) => [label, parseDuration(label) ?? 0] as const)

const MIN_SPAN = 10

/**
 * Reads a typed range.
 * @param now what `now` means: the newest event time of what is shown.
 * @returns null where the text is not a range.
 */
export function parseRange(text: string, now: EpochMs): Range | null {
  const trimmed = text.trim()
  const alone = parseDuration(trimmed.replace(/^-/, ''))
  if (alone !== null && alone >= MIN_SPAN) return { kind: 'live', span: alone }
  const [left, right, more] = trimmed.split(/\s+(?:to|–|—|-|至|到)\s+|\s*[–—至到]\s*/)
  if (left === undefined || more !== undefined) return null
  const from = parsePoint(left, now, null)
  if (from === null) return null
  if (right === undefined || right.trim() === 'now') {
    if (!left.startsWith('now') && right === undefined) return wholeDay(left, from)
    return left.startsWith('now') && now - from >= MIN_SPAN ? { kind: 'live', span: now - from } : fixed(from, now)
  }
  const to = parsePoint(right, now, from)
  return to === null ? null : fixed(from, to)
}

function fixed(from: EpochMs, to: EpochMs): Range | null {
  return to - from >= MIN_SPAN ? { kind: 'fixed', from, to } : null
}

/** A date alone means that day. */
function wholeDay(text: string, from: EpochMs): Range | null {
  if (!/^\d{4}-\d{1,2}-\d{1,2}$/.test(text.trim())) return null
  const end = new Date(from)
  end.setDate(end.getDate() + 1)
  return fixed(from, end.getTime())
}

const ABSOLUTE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/

/** One end of a range; a clock time alone is on the day of `day`. */
function parsePoint(text: string, now: EpochMs, day: EpochMs | null): EpochMs | null {
  const trimmed = text.trim()
  if (trimmed === 'now') return now
  const relative = /^now\s*([+-])\s*(.+)$/.exec(trimmed)
  if (relative) {
    const offset = parseDuration(relative[2] ?? '')
    return offset === null ? null : now + (relative[1] === '-' ? -offset : offset)
  }
  const clock = day === null ? null : CLOCK.exec(trimmed)
  if (clock && day !== null) return new Date(day).setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0)
  const date = ABSOLUTE.exec(trimmed)
  if (!date) return null
  const [year, month, dayOfMonth, hour, minute, second, milli] = date.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const made = new Date(year, month - 1, dayOfMonth, hour, minute, second, milli)
  return made.getMonth() === month - 1 && made.getDate() === dayOfMonth ? made.getTime() : null
}

/** The form people read and could type; `to` is that word in their language. */
export function formatRange(range: Range, to = 'to'): string {
  if (range.kind === 'live') return `now-${formatDuration(range.span)} ${to} now`
  const seconds = range.to - range.from < 10 * 60_000
  const end = formatDate(range.from) === formatDate(range.to) ? '' : `${formatDate(range.to)} `
  return `${formatDate(range.from)} ${formatClock(range.from, seconds)} – ${end}${formatClock(range.to, seconds)}`
}

export function sameRange(a: Range, b: Range): boolean {
  if (a.kind === 'live') return b.kind === 'live' && a.span === b.span
  return b.kind === 'fixed' && a.from === b.from && a.to === b.to
}
