/** One event of a replay's input, read from a line. */
import type { EpochMs } from '../../shared/model/time'
import type { ReplayKeys } from './replay-keys'

/** `time` in ms since the epoch with any fraction, `value` NaN for a gap, `series` an id of `ReplayKeys`. */
export interface ReplayEvent {
  series: number
  time: EpochMs
  value: number
  partition: string
}

/** Reads one line [from, to), without its end, into `event`; false where it is none, and `event` then means nothing. */
export interface LineReader {
  read(bytes: Uint8Array, from: number, to: number, event: ReplayEvent): boolean
}

const ISO = /^[+-]?\d{4,6}-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?)?$/
const GAP = /^(?:|nan|null|[+-]?inf(?:inity)?)$/i
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** Milliseconds whatever their magnitude, or ISO 8601 (UTC where it names no zone); NaN where it is neither. */
export function eventTime(time: unknown): EpochMs {
  if (typeof time === 'number') return time - time === 0 ? time : NaN
  if (typeof time !== 'string') return NaN
  const text = time.trim()
  if (NUMBER.test(text)) return eventTime(Number(text))
  if (!ISO.test(text)) return NaN
  const iso = text.replace(' ', 'T').replace(',', '.')
  const zoned =
    !iso.includes('T') || /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(iso) ? iso.replace(/([+-]\d\d)$/, '$1:00') : `${iso}Z`
  return Date.parse(zoned.replace(/T(.*)([+-]\d\d)(\d\d)$/, 'T$1$2:$3')) + microseconds(iso)
}

/** What Date.parse cuts off beyond the third decimal of the seconds. */
function microseconds(iso: string): number {
  const digits = /:\d\d\.\d{3}(\d{1,3})/.exec(iso)?.[1]
  return digits === undefined ? 0 : Number(`0.${digits}`)
}

/** A number, NaN for a gap (null, NaN, ±Infinity, an empty field), or undefined where it is neither. */
export function textValue(text: string): number | undefined {
  const trimmed = text.trim()
  if (GAP.test(trimmed)) return NaN
  return NUMBER.test(trimmed) ? finite(Number(trimmed)) : undefined
}

/** JSON events in full: any order of fields, escapes, labels. */
export class JsonReader implements LineReader {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  constructor(private readonly keys: ReplayKeys) {}

  read(bytes: Uint8Array, from: number, to: number, event: ReplayEvent): boolean {
    let parsed: unknown
    try {
      parsed = JSON.parse(this.decoder.decode(bytes.subarray(from, to)))
    } catch {
      return false
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return false
    const { key, time, value, partition, labels } = parsed as Record<string, unknown>
    if (typeof key !== 'string' && typeof key !== 'number') return false
    if (value !== null && typeof value !== 'number') return false
    if (labels !== undefined && (typeof labels !== 'object' || Array.isArray(labels))) return false
    event.time = eventTime(time)
    event.value = value === null ? NaN : finite(value)
    event.partition = typeof partition === 'string' || typeof partition === 'number' ? String(partition) : ''
    if (event.time !== event.time) return false
    event.series = this.keys.series(String(key), (labels ?? undefined) as Record<string, unknown> | undefined)
    return true
  }
}

/** `1e400` reads as Infinity: a gap like null. */
export const finite = (value: number): number => (value - value === 0 ? value : NaN)
