/**
 * The shape of a JSON record: the bytes that stay the same from one record of a sender to the next (names, brackets,
 * white space), and the places of its numbers and texts. A record of a known shape is read from its bytes in one pass
 * that makes no text and no object. Whatever differs in the least is left to the whole parser, so that a shape never
 * accepts or rejects anything by itself.
 */

/** A number or a text (whose quotes belong to the bytes around it). */
export interface Slot {
  /** Names from the root to the value. */
  readonly path: readonly string[]
  readonly kind: 'number' | 'text'
  /** The bytes between the value before and this one. */
  readonly before: Uint8Array
}

export interface Shape {
  readonly slots: readonly Slot[]
  /** The bytes behind the last value. */
  readonly tail: Uint8Array
}

/** Longer records would take long to compare, and gain little. */
const MAX_BYTES = 4096
export const MAX_SLOTS = 256
/** JSON.parse puts the names of array indexes before all others, wherever they stand. */
const INDEX = /^\d+$/
const LITERAL = /^(?:true|false)$/

/**
 * @param payload JSON that the parser has accepted.
 * @returns null where it is no object, or holds lists, nulls, the same name twice or what only the parser understands.
 */
export function shapeOf(payload: Uint8Array): Shape | null {
  if (payload.length > MAX_BYTES) return null
  return new ShapeScanner(Buffer.from(payload).toString('latin1')).scan()
}

/** Works on text of one character a byte. Goes from token to token; that the record is JSON is known. */
class ShapeScanner {
  private readonly slots: Slot[] = []
  private readonly token = /[\s:,]*(?:([{}])|"([ !#-[\]-~]*)"|(-?\d[-+.\deE]*)|([a-z]+))/y
  private readonly path: string[] = []
  /** Names of each open object. */
  private readonly open: Set<string>[] = []
  private from = 0
  /** The name was read, and its value comes next. */
  private named = false

  constructor(private readonly text: string) {}

  scan(): Shape | null {
    const { text, token, slots } = this
    while (token.lastIndex < text.length) {
      const match = token.exec(text)
      if (match === null || !this.take(match) || slots.length > MAX_SLOTS) return null
      if (this.open.length === 0) break
    }
    return /^\s*$/.test(text.slice(token.lastIndex)) ? { slots, tail: bytesOf(text.slice(this.from)) } : null
  }

  private take([, bracket, quoted, number, literal]: RegExpExecArray): boolean {
    const { open, path } = this
    const end = this.token.lastIndex
    if (bracket === '{') {
      open.push(new Set())
      this.named = false
      return true
    }
    if (open.length === 0) return false
    if (bracket === '}') open.pop()
    else if (quoted !== undefined && !this.named) return this.name(quoted)
    else if (quoted !== undefined) this.slot('text', end - 1 - quoted.length, end - 1)
    else if (number !== undefined) this.slot('number', end - number.length, end)
    else if (!LITERAL.test(literal ?? '')) return false
    path.pop()
    this.named = false
    return true
  }

  private name(name: string): boolean {
    const names = this.open.at(-1) as Set<string>
    if (names.has(name) || INDEX.test(name)) return false
    names.add(name)
    this.path.push(name)
    this.named = true
    return true
  }

  private slot(kind: Slot['kind'], start: number, end: number): void {
    this.slots.push({ path: [...this.path], kind, before: bytesOf(this.text.slice(this.from, start)) })
    this.from = end
  }
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

// ---- reading

/** Exact as a double, as are integers to 2^53: so their quotient is rounded right (Clinger, PLDI 1990). */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** The values of the last record that matched, by the index of their slots. */
export class ShapeReader {
  readonly numbers = new Float64Array(MAX_SLOTS + 1)
  private readonly starts = new Uint32Array(MAX_SLOTS + 1)
  private readonly ends = new Uint32Array(MAX_SLOTS + 1)

  /** @returns whether the record has the shape, to the last byte. */
  match({ slots, tail }: Shape, bytes: Uint8Array): boolean {
    let at = 0
    for (let i = 0; i < slots.length; i++) {
      const { before, kind } = slots[i] as Slot
      if (!holds(bytes, at, before)) return false
      at += before.length
      const end = kind === 'number' ? this.number(bytes, at, i) : endOfText(bytes, at)
      if (end < 0) return false
      this.starts[i] = at
      this.ends[i] = end
      at = end
    }
    return at + tail.length === bytes.length && holds(bytes, at, tail)
  }

  /** Of a slot of texts. */
  text(bytes: Uint8Array, slot: number): string {
    const from = this.starts[slot] as number
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, (this.ends[slot] as number) - from).toString('latin1')
  }

  /** @returns where the number ends; −1 where it has an exponent, no exact double, or no form of JSON. */
  private number(bytes: Uint8Array, from: number, slot: number): number {
    const negative = bytes[from] === 0x2d
    const first = negative ? from + 1 : from
    let at = first
    let digits = 0
    let digit: number
    while ((digit = (bytes[at] as number) - 0x30) >= 0 && digit <= 9) {
      digits = digits * 10 + digit
      at += 1
    }
    if (at === first || (bytes[first] === 0x30 && at > first + 1)) return -1
    let decimals = 0
    if (bytes[at] === 0x2e) {
      const point = at++
      while ((digit = (bytes[at] as number) - 0x30) >= 0 && digit <= 9) {
        digits = digits * 10 + digit
        at += 1
      }
      decimals = at - point - 1
      if (decimals === 0 || decimals >= POWERS_OF_TEN.length) return -1
    }
    if (digits > Number.MAX_SAFE_INTEGER) return -1
    const value = decimals === 0 ? digits : digits / (POWERS_OF_TEN[decimals] as number)
    this.numbers[slot] = negative ? -value : value
    return at
  }
}

function holds(bytes: Uint8Array, at: number, piece: Uint8Array): boolean {
  if (at + piece.length > bytes.length) return false
  for (let i = 0; i < piece.length; i++) if (bytes[at + i] !== piece[i]) return false
  return true
}

/** @returns the closing quote; −1 where there are escapes, control characters or bytes beyond ASCII. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === 0x22) return at
    if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return -1
  }
  return -1
}
