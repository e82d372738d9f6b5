/** Numbers, sizes, spans and clock times as people read them. Pure; the language is passed in. */
import type { DurationMs, EpochMs } from '../../shared/model/time'

export const NOTHING = '—'
const cache = new Map<string, Intl.NumberFormat>()

function numberFormat(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options)
  let format = cache.get(key)
  if (!format) cache.set(key, (format = new Intl.NumberFormat(language, options)))
  return format
}

/** A measured value with about `digits` significant digits, never fewer than its whole part. */
export function formatValue(value: number, language: string, digits = 3): string {
  if (!Number.isFinite(value)) return NOTHING
  const size = Math.abs(value)
  if (size >= 1e9 || (size > 0 && size < 1e-4)) return value.toExponential(2).replace('-', '−')
  return decimals(value, decimalsFor(size, digits), language)
}

/** Digits after the point that leave `digits` significant ones. */
function decimalsFor(size: number, digits: number): number {
  if (size === 0 || !Number.isFinite(size)) return 0
  const whole = Math.floor(Math.log10(size)) + 1
  return Math.min(6, Math.max(0, digits - Math.max(whole, 0) + (whole < 0 ? -whole : 0)))
}

/** A value with a fixed number of digits after the point. */
export function decimals(value: number, count: number, language: string): string {
  if (!Number.isFinite(value)) return NOTHING
  const text = numberFormat(language, { minimumFractionDigits: count, maximumFractionDigits: count }).format(value)
  return text.replace('-', '−')
}

/** One figure: enough digits to tell 0/1 states, small and large readings apart. */
export function formatReading(value: number, language: string): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return formatCount(value, language).replace('-', '−')
  return formatValue(value, language)
}

/** One computed figure: whole numbers such as counts as they are, others with `digits` significant digits. */
export function formatComputed(value: number, language: string, digits = 4): string {
  return Number.isInteger(value) ? formatReading(value, language) : formatValue(value, language, digits)
}

export function formatCount(value: number, language: string): string {
  return Number.isFinite(value) ? numberFormat(language, { maximumFractionDigits: 0 }).format(value) : NOTHING
}

/** 418,213,009 → 418.2 M; exact below a million. */
export function formatMany(value: number, language: string): string {
  if (value < 1e6) return formatCount(value, language)
  const [unit, name] = value < 1e9 ? [1e6, 'M'] : [1e9, 'G']
  return `${decimals(value / unit, value / unit < 100 ? 2 : 1, language)} ${name}`
}

/** A rate: small ones keep a digit after the point. */
export function formatRate(value: number, language: string): string {
  return value > 0 && value < 10
    ? decimals(value, value < 0.1 ? 2 : 1, language)
    : formatCount(Math.round(value), language)
}

export function formatBytes(bytes: number, language: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let step = 0
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000
    step++
  }
  return `${step === 0 ? formatCount(value, language) : formatValue(value, language)} ${units[step]}`
}

/** How long something has lasted: 0:42, 12:05, 3:12:09. */
export function formatElapsed(ms: DurationMs): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number): string => String(n).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
  return `${Math.floor(minutes / 1440)} d`
}

export type SpanUnit = 'second' | 'minute' | 'hour' | 'day' | 'year'

/** A rough span, its unit as a word of the language: `8 h`, `12 years`, `12 年`. */
export function formatSpan(ms: DurationMs, language: string): string {
  const size = Math.abs(ms)
  const units: readonly (readonly [SpanUnit, number])[] = [
    ['year', 365.25 * 86_400_000],
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ]
  const [unit, length] = units.find(([, step]) => size >= step) ?? (['second', 1000] as const)
  const count = Math.floor(size / length)
  const unitDisplay = unit === 'year' || unit === 'day' ? 'long' : 'short'
  return numberFormat(language, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 0 })
    .format(count)
    .replace(/\bhr\b/, 'h')
}

const two = (n: number): string => String(n).padStart(2, '0')

/** 2014-02-07 in the local zone. */
export function formatDate(t: EpochMs): string {
  const d = new Date(t)
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
}

/** 06:00, with seconds where they are asked for. */
export function formatClock(t: EpochMs, seconds = false): string {
  const d = new Date(t)
  return `${two(d.getHours())}:${two(d.getMinutes())}${seconds ? `:${two(d.getSeconds())}` : ''}`
}

export const formatDateTime = (t: EpochMs, seconds = true): string => `${formatDate(t)} ${formatClock(t, seconds)}`

/** The zone all times on the screen are shown in. */
export const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
