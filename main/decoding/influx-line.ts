/**
 * One line of InfluxDB line protocol: `measurement,tag=value field=1.5,other=3i 1465839830100400200`.
 * A backslash escapes comma, space and (in tags and field names) the equals sign; texts stand in quotes, where it
 * escapes quote and backslash. Elsewhere a backslash is itself.
 */
import { Rejected } from '../contracts'
import { finiteOrGap, shown } from './text'

const BACKSLASH = 0x5c
const COMMA = 0x2c
const SPACE = 0x20
const EQUALS = 0x3d
const QUOTE = 0x22
const NEWLINE = 0x0a

const INTEGER = /^[+-]?\d+[iu]$/
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const TRUE = new Set(['t', 'T', 'true', 'True', 'TRUE'])
const FALSE = new Set(['f', 'F', 'false', 'False', 'FALSE'])
const GAP = /^[+-]?(?:nan|inf|infinity)$/i

/** The end of what an unescaped character ends, or `end`. */
export function until(text: string, from: number, end: number, stop: number, orStop = stop): number {
  for (let i = from; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === BACKSLASH) i += 1
    else if (c === stop || c === orStop) return i
  }
  return end
}

/** The end of a line; a text in quotes may hold line breaks. Quotes count in the fields only. */
export function lineEnd(text: string, from: number): number {
  const plain = text.indexOf('\n', from)
  const end = plain < 0 ? text.length : plain
  // Looked for within the line: a search through the rest of the record for each line would take its square.
  if (text.charCodeAt(from) === 0x23 || !text.slice(from, end).includes('"')) return end
  let i = until(text, from, text.length, SPACE, NEWLINE)
  if (text.charCodeAt(i) === NEWLINE) return i
  for (let quoted = false; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === BACKSLASH) i += 1
    else if (c === QUOTE) quoted = !quoted
    else if (c === NEWLINE && !quoted) return i
  }
  return text.length
}

export interface Head {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
}

/** @param text what stands before the first space. @throws Rejected */
export function parseHead(text: string): Head {
  const end = until(text, 0, text.length, COMMA)
  const measurement = unescaped(text.slice(0, end))
  if (measurement === '') throw new Rejected('there is no measurement')
  const tags: [string, string][] = []
  for (let at = end + 1; at <= text.length && end < text.length;) {
    const stop = until(text, at, text.length, COMMA)
    const equals = until(text, at, stop, EQUALS)
    const name = unescaped(text.slice(at, equals))
    const value = unescaped(text.slice(equals + 1, stop))
    if (name === '' || value === '') throw new Rejected(`a tag without name or value: ${shown(text.slice(at, stop))}`)
    tags.push([name, value])
    at = stop + 1
  }
  // Not by assignment: a tag may be called __proto__.
  return { measurement, tags: Object.fromEntries(tags) }
}

export const unescaped = (text: string): string => (text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text)

/** Where the fields end: at a space outside of quotes. */
export function fieldsEnd(text: string, from: number, end: number): number {
  for (let i = from, quoted = false; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === BACKSLASH) i += 1
    else if (c === QUOTE) quoted = !quoted
    else if (c === SPACE && !quoted) return i
  }
  return end
}

/** The end of a field's value: a comma outside of quotes. */
export function valueEnd(text: string, from: number, end: number): number {
  if (text.charCodeAt(from) !== QUOTE) {
    while (from < end && text.charCodeAt(from) !== COMMA) from += 1
    return from
  }
  for (let i = from + 1; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === BACKSLASH) i += 1
    else if (c === QUOTE) return i + 1
  }
  throw new Rejected(`a text without its end: ${shown(text.slice(from, end))}`)
}

/** @throws Rejected where it is none of the kinds of values. @returns a text as it stands, in its quotes. */
export function fieldValue(text: string): number | boolean | string {
  if (FLOAT.test(text)) return finiteOrGap(Number(text))
  if (INTEGER.test(text)) return Number(text.slice(0, -1))
  if (text.charCodeAt(0) === QUOTE && text.length > 1) return text
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  if (GAP.test(text)) return NaN
  throw new Rejected(`neither number, truth value nor text in quotes: ${shown(text)}`)
}
