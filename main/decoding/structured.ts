/** Records that parse into one value (JSON, MessagePack, CBOR): chosen fields, or every numeric one. */
import { Rejected } from '../contracts'
import type { Decoder, SampleWriter } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import { MarkedTime } from './event-time'
import { EVERY, innerPath, memberOf, parsePath, plainPath, valueAt } from './path'
import type { PathSteps } from './path'
import { hasRules, isLabelled, RecordRules, ruleOf } from './record-rules'
import type { Place, RuleNode } from './record-rules'
import { SeriesRefs } from './series-refs'
import type { Scope, SeriesLook } from './series-refs'
import { finiteOrGap, shown } from './text'

export const MAX_NESTING = 64
/** A record of 1 MiB can hold a million empty lists, which take a second to look through. */
export const MAX_VALUES = 65_536
/** Where all numbers become series: a list of half a million is no record of sensors. */
const MAX_NUMBERS = 10_000

type WriteFields = (root: unknown, place: Place, into: SampleWriter) => void

/** A quicker way for records that are alike. Where it decodes one, it writes the same as the parser's way. */
interface Shortcut {
  decode(payload: Uint8Array, scope: Scope, into: SampleWriter): boolean
  learn(payload: Uint8Array): void
}

/**
 * @param parse throws Rejected; nests no deeper than `MAX_NESTING`.
 * @throws SyntaxError where a path of the settings cannot be read.
 */
export function createStructuredDecoder(
  config: Decoding,
  time: EventTime,
  parse: (payload: Uint8Array) => unknown,
  shortcut?: (rules: RecordRules, refs: SeriesRefs) => Shortcut,
): Decoder {
  const refs = new SeriesRefs(config)
  const rules = new RecordRules(config, time, refs)
  const write = config.fields === 'all' ? allFields(config, rules, refs) : chosenFields(config, rules, refs)
  const place: Place = { scope: refs.of(''), time: null }
  const short = shortcut?.(rules, refs)
  return {
    decode(record, into) {
      const scope = refs.ofRecord(record)
      if (short?.decode(record.payload, scope, into) === true) return true
      const root = parse(record.payload)
      place.scope = scope
      place.time = null
      rules.enter(rules.root, root, '', place)
      write(root, place, into)
      short?.learn(record.payload)
      return true
    },
  }
}

// ---- chosen fields

interface ChosenField {
  readonly path: string
  readonly steps: PathSteps
  readonly look: SeriesLook
  readonly several: boolean
}

function chosenFields({ fields, booleans }: Decoding, rules: RecordRules, refs: SeriesRefs): WriteFields {
  const chosen: ChosenField[] = (fields === 'all' ? [] : fields).map((look) => {
    const steps = parsePath(look.path)
    return { path: plainPath(look.path), steps, look, several: steps.includes(EVERY) }
  })
  const names = chosen.map(({ path }) => path).join(', ')
  return (root, place, into) => {
    let found = 0
    for (const field of chosen) {
      if (field.several) found += expand(field, 0, root, '', rules.root, place, into)
      else {
        const value = valueAt(root, field.steps)
        if (value === undefined) continue
        found += 1
        write(field, field.path, value, place, into)
      }
    }
    if (found === 0) throw new Rejected(`none of the fields ${names} is in the record: ${shown(root)}`)
  }

  function write({ path, look }: ChosenField, name: string, value: unknown, place: Place, into: SampleWriter): void {
    into.sample(refs.at(place.scope, name, look), place.time, numericField(value, path, booleans))
  }

  /** Goes on with step `at`; the name is the path so far, without the places that a label stands for. */
  function expand(
    field: ChosenField,
    at: number,
    value: unknown,
    name: string,
    node: RuleNode | undefined,
    place: Place,
    into: SampleWriter,
  ): number {
    const step = field.steps[at]
    if (step === undefined) {
      write(field, name === '' ? 'value' : name, value, place, into)
      return 1
    }
    if (step !== EVERY) {
      const inner = memberOf(value, step)
      if (inner === undefined) return 0
      const path = innerPath(name, String(step), typeof step === 'number')
      return expand(field, at + 1, inner, path, ruleOf(node, step), place, into)
    }
    if (typeof value !== 'object' || value === null) return 0
    let found = 0
    const list = Array.isArray(value)
    const next = ruleOf(node, EVERY)
    for (const key of keysOf(value)) {
      const inner = memberOf(value, key)
      const there = next === undefined ? place : { ...place }
      if (next !== undefined) rules.enter(next, inner, String(key), there)
      const path = isLabelled(next) ? name : innerPath(name, String(key), list)
      found += expand(field, at + 1, inner, path, next, there, into)
    }
    return found
  }
}

function numericField(value: unknown, path: string, booleans: boolean | undefined): number {
  const number = numeric(value, booleans)
  if (number !== undefined) return number
  if (value === null) return NaN
  throw new Rejected(`field ${path} is not a number: ${shown(value)}`)
}

/** @returns undefined where the value is no number; integers beyond 2^53 lose digits. */
function numeric(value: unknown, booleans: boolean | undefined): number | undefined {
  if (typeof value === 'number') return finiteOrGap(value)
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'boolean' && booleans === true ? Number(value) : undefined
}

// ---- all fields

function allFields({ booleans }: Decoding, rules: RecordRules, refs: SeriesRefs): WriteFields {
  let left = 0
  return (root, place, into) => {
    left = MAX_NUMBERS
    if (walk(root, '', rules.root, place, into) === 0) throw new Rejected(`no number in the record: ${shown(root)}`)
  }

  function walk(value: unknown, path: string, node: RuleNode | undefined, place: Place, into: SampleWriter): number {
    const number = numeric(value, booleans)
    if (number !== undefined) {
      if (--left < 0) throw new Rejected(`more than ${MAX_NUMBERS} numbers in a record; choose the fields that matter`)
      into.sample(refs.at(place.scope, path === '' ? 'value' : path), place.time, number)
      return 1
    }
    if (value === null) {
      // A gap only where the field has been a number before; else nobody knows that it is numeric.
      const ref = place.scope.refs.get(path)
      if (ref !== undefined) into.sample(ref, place.time, NaN)
      return ref === undefined ? 0 : 1
    }
    if (typeof value !== 'object' || value instanceof MarkedTime || ArrayBuffer.isView(value)) return 0
    let found = 0
    const list = Array.isArray(value)
    const map = value instanceof Map
    for (const key of map ? namesOf(value) : Object.keys(value)) {
      const inner: unknown = map ? value.get(key) : (value as Record<string, unknown>)[key]
      const next = node === undefined ? undefined : ruleOf(node, list ? Number(key) : String(key))
      if (next?.taken === true) continue
      if (next === undefined || !hasRules(next))
        found += walk(inner, innerPath(path, String(key), list), next, place, into)
      else found += walkRuled(inner, key, path, list, next, place, into)
    }
    return found
  }

  function walkRuled(
    inner: unknown,
    key: string | number,
    path: string,
    list: boolean,
    node: RuleNode,
    place: Place,
    into: SampleWriter,
  ): number {
    const there = { ...place }
    rules.enter(node, inner, String(key), there)
    return walk(inner, isLabelled(node) ? path : innerPath(path, String(key), list), node, there, into)
  }
}

const keysOf = (value: object): readonly (string | number)[] =>
  value instanceof Map ? namesOf(value) : Object.keys(value)

const namesOf = (map: ReadonlyMap<unknown, unknown>): (string | number)[] =>
  [...map.keys()].filter((key) => typeof key === 'string' || typeof key === 'number')
