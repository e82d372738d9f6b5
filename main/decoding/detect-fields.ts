/** What the values of some records could be: readings, the time, labels. */
import type { EpochMs } from '../../shared/model/time'
import { MarkedTime, parseIso } from './event-time'
import { innerPath, memberOf } from './path'
import { MAX_NESTING } from './structured'
import { shown } from './text'

export type TimeFormat = 's' | 'ms' | 'us' | 'ns' | 'iso'

export interface FieldProposal {
  readonly path: string
  readonly sample: string
  /** Record keys (topics) that it was found under. */
  readonly keys: readonly string[]
  readonly reason: string
}
export interface TimeProposal {
  readonly field: string
  readonly format: TimeFormat
  readonly reason: string
}
export interface LabelProposal {
  readonly name: string
  readonly path: string
  readonly reason: string
}

/** A path with the values that were found there. */
export interface Found {
  readonly path: string
  readonly values: unknown[]
  readonly keys: Set<string>
}

const TIME_NAME = /^(ts|t|time|timestamp|datetime|date|at|when|epoch)$|time(stamp)?$/i
const LABEL_NAME =
  /^(id|name|key|tag|device|sensor|node|host|site|line|machine|unit_?id|serial|mac|eui)$|(_id|Id|_name|Name)$/
const UNITS = { s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' } as const
/** More values of one path say nothing new. */
const MAX_VALUES = 100

/** Values by path; the elements of a list of objects are taken together, as `sensors[*].temp`. */
export class FoundValues {
  private readonly byPath = new Map<string, Found>()

  get all(): readonly Found[] {
    return [...this.byPath.values()]
  }

  collect(value: unknown, key: string, path = '', depth = 0): void {
    if (depth > MAX_NESTING) return
    if (typeof value !== 'object' || value === null || value instanceof MarkedTime || ArrayBuffer.isView(value)) {
      this.add(path === '' ? 'value' : path, value, key)
      return
    }
    const list = Array.isArray(value)
    const together = list && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null)
    for (const name of value instanceof Map ? value.keys() : Object.keys(value)) {
      const inner = together ? `${path}[*]` : innerPath(path, String(name), list)
      this.collect(memberOf(value, name as string), key, inner, depth + 1)
    }
  }

  add(path: string, value: unknown, key: string): void {
    let found = this.byPath.get(path)
    if (found === undefined) this.byPath.set(path, (found = { path, values: [], keys: new Set() }))
    found.keys.add(key)
    if (found.values.length < MAX_VALUES) found.values.push(value)
  }
}

export interface FieldsProposal {
  readonly fields: readonly FieldProposal[]
  readonly time: TimeProposal | null
  readonly labels: readonly LabelProposal[]
  /** Paths of truth values, which become readings only where that is asked for. */
  readonly booleans: readonly string[]
}

export function proposeFields(found: readonly Found[]): FieldsProposal {
  const time = proposeTime(found)
  const labels = found.filter(({ path }) => path !== time?.field).flatMap(proposeLabel)
  const fields = found
    .filter(({ path }) => path !== time?.field && !labels.some((label) => label.path === path))
    .flatMap(({ path, values, keys }) => {
      const numbers = values.filter((value) => typeof value === 'number' || typeof value === 'bigint')
      if (numbers.length === 0) return []
      const reason = `a number in ${numbers.length} of ${values.length} places`
      return [{ path, sample: shown(numbers[0]), keys: [...keys], reason }]
    })
  const booleans = found
    .filter(({ values }) => values.some((value) => typeof value === 'boolean'))
    .map(({ path }) => path)
  return { fields, time, labels, booleans }
}

function proposeTime(found: readonly Found[]): TimeProposal | null {
  const times = found.flatMap(({ path, values }) => {
    const format = timeFormat(values.find((value) => value !== null))
    return format === null ? [] : [{ field: path, format, named: TIME_NAME.test(lastName(path)) }]
  })
  const best = times.find((time) => time.named) ?? times.find((time) => time.format === 'iso')
  if (best === undefined) return null
  const { field, format } = best
  const reason =
    format === 'iso'
      ? 'its values have the form of a time'
      : `its name says so, and its values are ${UNITS[format]} by their size`
  return { field, format, reason }
}

/** The unit of an epoch number by its magnitude: 1e8–1e11 s, 1e11–1e14 ms, 1e14–1e17 µs, above ns. */
export function timeFormat(value: unknown): TimeFormat | null {
  if (value instanceof MarkedTime) return 'ms'
  if (typeof value === 'string') return Number.isNaN(parseIso(value, (): EpochMs => 0)) ? null : 'iso'
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || number < 1e8) return null
  if (number < 1e11) return 's'
  if (number < 1e14) return 'ms'
  return number < 1e17 ? 'us' : 'ns'
}

/** A text that tells senders apart; a whole number only where its name says so. */
function proposeLabel({ path, values }: Found): LabelProposal[] {
  const name = lastName(path)
  if (!LABEL_NAME.test(name)) return []
  if (!values.every((value) => typeof value === 'string' || Number.isInteger(value))) return []
  const different = new Set(values).size
  return [
    {
      name,
      path,
      reason: `its name says so; ${different} different in ${values.length} places, such as ${shown(values[0])}`,
    },
  ]
}

const lastName = (path: string): string => /[^.[\]]*$/.exec(path)?.[0] ?? path
