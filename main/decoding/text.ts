/** Bytes to text and text to numbers, by the rules of "Bad input": nothing is replaced, nothing is guessed. */
import { isUtf8 } from 'node:buffer'
import { Rejected } from '../contracts'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const GAP = /^(?:[+-]?(?:nan|inf|infinity)|null|na|n\/a)$/i
/** Longest piece of a record that an error shows. */
const SHOWN = 80

/** @throws Rejected where the bytes are not UTF-8. A byte order mark is skipped. */
export function textOf(payload: Uint8Array): string {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const text = bytes.toString('utf8')
  // The decoder writes U+FFFD for what it cannot read, so only texts with one need the full check.
  if (text.includes('\uFFFD') && !isUtf8(bytes)) throw new Rejected('the payload is not UTF-8 text')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** A number as people write it; empty and "NaN" are gaps (NaN). @throws Rejected with the value shown. */
export function numberOf(text: string, where: string): number {
  const trimmed = text.trim()
  if (trimmed === '' || GAP.test(trimmed)) return NaN
  if (!NUMBER.test(trimmed)) throw new Rejected(`${where} is not a number: ${shown(trimmed)}`)
  return finiteOrGap(Number(trimmed))
}

/**
 * A copy that may be kept. V8 makes a part of a text a view of the whole: one name in a map would hold on to the
 * payload that it was read from.
 */
export const owned = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')

/** ±Infinity (1e400 in JSON) is a gap. */
export const finiteOrGap = (value: number): number => (Number.isFinite(value) ? value : NaN)

/** The beginning of a value as JSON; the time that it takes does not grow with the value. */
export function shown(value: unknown): string {
  let values = 0
  // Each value is a character at least, so those behind the limit would be cut off anyway.
  const few = (_key: string, inner: unknown): unknown => (++values > SHOWN + 1 ? undefined : beginning(inner))
  const text = JSON.stringify(value, few) ?? String(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

/** A value without what JSON has no form of (the integers, maps and bytes of the binary formats), and cut. */
function beginning(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, SHOWN)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return value.slice(0, SHOWN)
  if (value instanceof Map) return Object.fromEntries([...(value as Map<unknown, unknown>)].slice(0, SHOWN)) as unknown
  return value
}
