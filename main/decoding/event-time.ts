/** Event time from a record's time field: epoch numbers of a fixed unit, or ISO 8601 texts with or without a zone. */
import { Rejected } from '../contracts'
import type { EventTime } from '../../shared/config/decoding'
import type { EpochMs } from '../../shared/model/time'
import { shown } from './text'

/** Years 1830 to 2109: where a double of milliseconds holds whole microseconds exactly. */
const LIMIT_MS = 2 ** 42
const MS_PER_UNIT = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 } as const
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?$/

/** A time that the format itself marks as one (MessagePack's extension −1, CBOR's tags 0 and 1): needs no unit. */
export class MarkedTime {
  constructor(readonly ms: EpochMs) {}

  toJSON(): string {
    return Number.isFinite(this.ms) && Math.abs(this.ms) < 8.64e15 ? new Date(this.ms).toISOString() : String(this.ms)
  }
}

export type TimeParser = (value: unknown) => EpochMs

/** @throws Rejected (from the parser) naming the field and the value. */
export function createTimeParser(config: EventTime): TimeParser {
  const where = `time field ${config.field ?? ''}`.trim()
  if (config.format === 'iso') {
    const offset = zoneOffset(config.zone)
    return (value) => bounded(value instanceof MarkedTime ? value.ms : parseIso(value, offset), value, where)
  }
  const { format } = config
  return (value) => bounded(epochMs(value, format), value, where)
}

/** @returns NaN where the value is no epoch number. */
export function epochMs(value: unknown, unit: keyof typeof MS_PER_UNIT): EpochMs {
  if (typeof value === 'number') return value * MS_PER_UNIT[unit]
  // Nanoseconds of today are beyond 2^53: cut to whole microseconds while they are exact.
  if (typeof value === 'bigint') return unit === 'ns' ? Number(value / 1000n) / 1000 : Number(value) * MS_PER_UNIT[unit]
  if (value instanceof MarkedTime) return value.ms
  if (typeof value !== 'string' || !/^\s*-?\d+(\.\d+)?\s*$/.test(value)) return NaN
  const digits = value.trim()
  return unit === 'ns' && /^-?\d{16,}$/.test(digits)
    ? Number(digits.slice(0, -3)) / 1000
    : Number(digits) * MS_PER_UNIT[unit]
}

/** @throws Rejected where it is no time or too far away. @returns the time to the microsecond. */
export function bounded(time: EpochMs, value: unknown, where: string): EpochMs {
  if (Number.isNaN(time)) throw new Rejected(`${where} is not a time of the configured format: ${shown(value)}`)
  if (Math.abs(time) > LIMIT_MS) throw new Rejected(`${where} is outside of the years 1830 to 2109: ${shown(value)}`)
  return Math.round(time * 1000) / 1000
}

/** Milliseconds to add to a local time of the zone to get UTC, for a given local time. */
type ZoneOffset = (localMs: number) => number

/** @returns NaN where the text is not a time. */
export function parseIso(value: unknown, offset: ZoneOffset): EpochMs {
  if (typeof value !== 'string') return NaN
  const match = ISO.exec(value.trim())
  if (match === null) return NaN
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const date = new Date(whole)
  // Date.UTC rolls 31 February over; such a date is not one. (A leap second becomes the next minute.)
  if (date.getUTCMonth() !== Number(month) - 1 && Number(second) !== 60) return NaN
  if (Number(month) > 12 || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return NaN
  const local = whole + (fraction === '' ? 0 : Number(`0.${fraction}`) * 1000)
  if (zone === undefined) return local + offset(local)
  return local - explicitZone(zone)
}

function explicitZone(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0
  const digits = zone.replace(':', '')
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3) || '0')
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000
}

/**
 * Offset of an IANA zone from the system's own tables. A local time that occurs twice is the earlier one; one that
 * is skipped is moved on by the gap, as Java and JavaScript's Temporal do.
 * @throws RangeError where the zone is unknown.
 */
export function zoneOffset(zone: string): ZoneOffset {
  if (zone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const localOf = (utc: number): number => {
    const parts = Object.fromEntries(format.formatToParts(utc).map((part) => [part.type, Number(part.value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
  return (local) => {
    const whole = Math.floor(local / 1000) * 1000
    const before = whole - localOf(whole - 86_400_000) + -86_400_000
    const after = whole - localOf(whole + 86_400_000) + 86_400_000
    // `before` and `after` are the offsets (UTC − local) in force a day earlier and a day later.
    if (localOf(whole + before) === whole) return before
    if (localOf(whole + after) === whole) return after
    return before
  }
}
