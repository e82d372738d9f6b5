/**
 * The state of all rules and keys. States that are like new ones are left out, so that it is as long as what is going
 * on. Rules are named with their meaning, keys by series and pipeline: what no longer is is passed over.
 *
 *     version, rules { id, meaning }, sources { id, … }, keys { pipeline, series, source, clocks, inputs }
 *     input   = its name, values, window, the numbers of the rules with a state, and those states
 */
import type { StateReader, StateWriter } from '../contracts'
import type { AlertReduction } from '../../shared/config/alert'
import type { CompiledRule } from './compiled-rule'
import { Input } from './input'
import type { KeyTable } from './key-table'
import type { Notices } from './notices'
import type { StateColumns } from './state-columns'
import type { WatchedKey } from './watched-key'

const VERSION = 1

export interface EngineParts {
  readonly keys: KeyTable
  readonly columns: StateColumns
  readonly notices: Notices
}

export function writeState({ keys, columns, notices }: EngineParts, to: StateWriter, monotonic: number): void {
  to.number(VERSION)
  const numbers = new Map<CompiledRule, number>()
  keys.each((_slot, rule) => {
    if (!numbers.has(rule)) numbers.set(rule, numbers.size)
  })
  to.number(numbers.size)
  for (const { id, meaning } of numbers.keys()) {
    to.text(id)
    to.text(meaning)
  }
  to.number(keys.sources.size)
  for (const source of keys.sources.values()) {
    to.text(source.id)
    source.write(columns, to, monotonic)
    to.number(notices.silencedUntil(source.slot))
  }
  const all = [...keys.all()]
  to.number(all.length)
  for (const key of all) {
    writeKey(key, to, monotonic)
    for (const input of key.inputs) writeInput({ columns, notices }, input, numbers, to)
  }
}

function writeKey(key: WatchedKey, to: StateWriter, monotonic: number): void {
  to.text(key.pipeline ?? '')
  to.number(key.id)
  to.text(key.source)
  to.numbers([key.heard, key.clock, key.anchor, key.seenAt - monotonic, key.turns])
  to.number(key.inputs.length)
}

function writeInput(
  { columns, notices }: Pick<EngineParts, 'columns' | 'notices'>,
  input: Input,
  numbers: ReadonlyMap<CompiledRule, number>,
  to: StateWriter,
): void {
  to.text((input.rules[0] as CompiledRule).input)
  input.write(to)
  const written: number[] = []
  input.slots.forEach((slot, i) => {
    if (!columns.isNew(slot, input.time) || notices.silencedUntil(slot) !== -Infinity) written.push(i)
  })
  to.numbers(written.map((i) => numbers.get(input.rules[i] as CompiledRule) as number))
  for (const i of written) {
    const slot = input.slots[i] as number
    to.number(notices.silencedUntil(slot))
    columns.write(slot, to)
  }
}

/** @throws Error where the state is of another version, RangeError where it ends too early */
export function readState({ keys, columns, notices }: EngineParts, from: StateReader, monotonic: number): void {
  const version = from.number()
  if (version !== VERSION) throw new Error(`alert states of version ${version}; this Weir reads ${VERSION}`)
  const known = new Map<string, CompiledRule>()
  keys.each((_slot, rule) => known.set(named(rule), rule))
  const rules: (CompiledRule | undefined)[] = []
  for (let left = from.number(); left > 0; left--)
    rules.push(known.get(named({ id: from.text(), meaning: from.text() })))
  for (let left = from.number(); left > 0; left--) {
    const source = keys.source(from.text())
    source.read(columns, from, monotonic)
    restoreSilence(notices, source.slot, from.number())
  }
  for (let left = from.number(); left > 0; left--) readKey({ keys, columns, notices }, rules, from, monotonic)
}

function readKey(
  parts: EngineParts,
  rules: readonly (CompiledRule | undefined)[],
  from: StateReader,
  monotonic: number,
): void {
  const pipeline = from.text()
  const id = from.number()
  const source = from.text()
  const key = pipeline === '' ? parts.keys.readings[id] : parts.keys.ofResults(pipeline, id, source)
  const [heard, clock, anchor, seen, turns] = from.numbers() as unknown as [number, number, number, number, number]
  if (key !== undefined)
    Object.assign(key, { heard, clock, anchor, seenAt: seen + monotonic, turns, armedAt: Infinity })
  for (let left = from.number(); left > 0; left--) readInput(parts, key, rules, from)
}

function readInput(
  parts: EngineParts,
  key: WatchedKey | undefined,
  rules: readonly (CompiledRule | undefined)[],
  from: StateReader,
): void {
  const { columns, notices } = parts
  const name = from.text()
  const input = key?.inputs.find(({ rules: [rule] }) => rule?.input === name)
  if (input === undefined) passOver(parts, name, from)
  else input.read(from)
  const slots = new Map(input?.rules.map((rule, i) => [rule, input.slots[i] as number]))
  for (const number of from.numbers()) {
    const until = from.number()
    const rule = rules[number]
    const slot = rule === undefined ? undefined : slots.get(rule)
    if (slot === undefined) from.numbers()
    else {
      columns.read(slot, from)
      restoreSilence(notices, slot, until)
    }
  }
}

/** What of the state belongs to no key. */
function passOver({ keys }: EngineParts, name: string, from: StateReader): void {
  const [reduce, statistic] = JSON.parse(name) as [AlertReduction, string | null]
  const nobody = { id: null, source: '', heard: NaN, clock: NaN }
  const input = new Input(nobody, reduce, statistic, keys.reducers)
  input.read(from)
  input.release()
}

function restoreSilence(notices: Notices, slot: number, until: number): void {
  if (until !== -Infinity) notices.silence(slot, until)
}

const named = ({ id, meaning }: Pick<CompiledRule, 'id' | 'meaning'>): string => `${id} ${meaning}`
