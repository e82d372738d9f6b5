/** JSON records: chosen fields, or every numeric one. */
import { Rejected } from '../contracts'
import type { Decoder, RawRecord, SampleWriter, SeriesKeyRef } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import type { EpochMs } from '../../shared/model/time'
import { createTimeParser } from './event-time'
import { parsePath, valueAt } from './path'
import { SeriesRefs } from './series-refs'
import { finiteOrGap, numberOf, shown, textOf } from './text'

const MAX_NESTING = 64

export function createJsonDecoder(config: Decoding, time: EventTime): Decoder {
  const refs = new SeriesRefs(config)
  const timeOf = createTimeOf(time)
  const { fields } = config
  const write =
    fields === 'all'
      ? allFields(refs, time.field)
      : chosenFields(
          refs,
          fields.map((field) => field.path),
        )
  return {
    decode(record, into) {
      const root = parse(textOf(record.payload))
      write(root, record, timeOf(root), into)
      return true
    },
  }
}

function createTimeOf(config: EventTime): (root: unknown) => EpochMs | null {
  const { field } = config
  if (field === undefined) return () => null
  const parse = createTimeParser(config)
  const steps = parsePath(field)
  return (root) => {
    const value = valueAt(root, steps)
    if (value === undefined) throw new Rejected(`the time field ${field} is not in the record`)
    return parse(value)
  }
}

function parse(text: string): unknown {
  // Deeper nesting than 64 needs at least 130 characters; most records are shorter.
  if (text.length > 2 * MAX_NESTING && nesting(text) > MAX_NESTING)
    throw new Rejected(`nested deeper than ${MAX_NESTING} levels`)
  try {
    return JSON.parse(text)
  } catch {
    throw new Rejected(`not JSON: ${shown(text)}`)
  }
}

/** Deepest nesting; brackets within strings do not count. */
function nesting(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) quoted = !quoted
    else if (quoted) {
      if (c === 0x5c) i += 1
    } else if (c === 0x7b || c === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (c === 0x7d || c === 0x5d) depth -= 1
  }
  return deepest
}

type WriteFields = (root: unknown, record: RawRecord, time: EpochMs | null, into: SampleWriter) => void

function chosenFields(refs: SeriesRefs, paths: readonly string[]): WriteFields {
  const chosen = paths.map((path) => ({ path, steps: parsePath(path) }))
  return (root, record, time, into) => {
    const known = refs.of(record.key)
    let found = 0
    for (const { path, steps } of chosen) {
      const value = valueAt(root, steps)
      if (value === undefined) continue
      found += 1
      into.sample(known.get(path) ?? refs.create(known, record.key, path), time, numericField(value, path))
    }
    if (found === 0) throw new Rejected(`none of the fields ${paths.join(', ')} is in the record: ${shown(root)}`)
  }
}

function numericField(value: unknown, path: string): number {
  if (typeof value === 'number') return finiteOrGap(value)
  if (value === null) return NaN
  throw new Rejected(`field ${path} is not a number: ${shown(value)}`)
}

function allFields(refs: SeriesRefs, timeField: string | undefined): WriteFields {
  const timePath = timeField?.replace(/^\$\./, '')
  return (root, record, time, into) => {
    const known = refs.of(record.key)
    if (walk(root, '', known, record, time, into) === 0) throw new Rejected(`no number in the record: ${shown(root)}`)
  }

  function walk(
    value: unknown,
    path: string,
    known: Map<string, SeriesKeyRef>,
    record: RawRecord,
    time: EpochMs | null,
    into: SampleWriter,
  ): number {
    if (typeof value === 'number') {
      const name = path === '' ? 'value' : path
      into.sample(known.get(name) ?? refs.create(known, record.key, name), time, finiteOrGap(value))
      return 1
    }
    if (value === null) {
      // A gap only where the field has been a number before; else nobody knows that it is numeric.
      const ref = known.get(path)
      if (ref !== undefined) into.sample(ref, time, NaN)
      return ref === undefined ? 0 : 1
    }
    if (typeof value !== 'object') return 0
    let found = 0
    const list = Array.isArray(value)
    for (const name of Object.keys(value)) {
      const inner = list ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
      if (inner === timePath) continue
      found += walk((value as Record<string, unknown>)[name], inner, known, record, time, into)
    }
    return found
  }
}

/** A record that is one number, such as `21.5`. */
export function createNumberDecoder(config: Decoding): Decoder {
  const refs = new SeriesRefs(config)
  return {
    decode(record, into) {
      const known = refs.of(record.key)
      into.sample(
        known.get('value') ?? refs.create(known, record.key, 'value'),
        null,
        numberOf(textOf(record.payload), 'the payload'),
      )
      return true
    },
  }
}
