/** CBOR records (RFC 8949): one value a record. Times, large numbers and decimal fractions have tags; others are passed over. */
import { decode, Tokenizer, Type } from 'cborg'
import type { TagDecodeControl } from 'cborg'
import { Rejected } from '../contracts'
import type { Decoder } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import { MarkedTime, parseIso } from './event-time'
import { Nesting } from './nesting'
import { createStructuredDecoder } from './structured'
import { shown } from './text'

export function createCborDecoder(config: Decoding, time: EventTime): Decoder {
  return createStructuredDecoder(config, time, parseCbor)
}

/** Objects are Maps: keys of SenML and others are numbers. @throws Rejected */
export function parseCbor(payload: Uint8Array): unknown {
  checkCbor(payload)
  try {
    // A plain view: the library takes another way for Buffers.
    const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
    return decode(bytes, { ...OPTIONS, tokenizer: new KnownTags(bytes, OPTIONS) }) as unknown
  } catch (error) {
    if (error instanceof Rejected) throw error
    throw new Rejected(`not CBOR: ${error instanceof Error ? error.message : String(error)}`)
  }
}

// ---- tags (RFC 8949, 3.4)

const TAGS: Record<number, (decode: TagDecodeControl) => unknown> = {
  0: (content) => {
    const text = content()
    const ms = parseIso(text, () => 0)
    if (Number.isNaN(ms)) throw new Rejected(`a time in the record is none: ${shown(text)}`)
    return new MarkedTime(ms)
  },
  1: (content) => new MarkedTime(finite(content()) * 1000),
  2: (content) => big(content()),
  3: (content) => {
    const value = big(content())
    return typeof value === 'bigint' ? -1n - value : value
  },
  4: (content) => {
    const [exponent, mantissa] = pair(content())
    return Number(`${mantissa}e${exponent}`)
  },
  5: (content) => {
    const [exponent, mantissa] = pair(content())
    return Number(mantissa) * 2 ** Number(exponent)
  },
}
const OPTIONS = { useMaps: true, allowBigInt: true, tags: TAGS }

/** More than a double can be: a gap, and no time spent on a million digits. */
const MAX_BIG_BYTES = 128

function big(value: unknown): bigint | number {
  if (!(value instanceof Uint8Array)) throw new Rejected(`a large number in the record is none: ${shown(value)}`)
  if (value.length > MAX_BIG_BYTES) return NaN
  return BigInt(`0x0${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`)
}

function finite(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  throw new Rejected(`a time in the record is none: ${shown(value)}`)
}

function pair(value: unknown): readonly [exponent: number, mantissa: number | bigint] {
  const [exponent, mantissa] = Array.isArray(value) ? (value as unknown[]) : []
  if (Number.isInteger(exponent) && (typeof mantissa === 'bigint' || Number.isInteger(mantissa)))
    return [exponent as number, mantissa as number | bigint]
  throw new Rejected(`a fraction in the record is none: ${shown(value)}`)
}

/** Of an unknown tag the content counts, as RFC 8949 (3.4) allows; the library would refuse the record. */
class KnownTags extends Tokenizer {
  override next(): ReturnType<Tokenizer['next']> {
    let token = super.next()
    while (Type.equals(token.type, Type.tag) && TAGS[token.value as number] === undefined) token = super.next()
    return token
  }
}

// ---- the look over

/** Complete, not too deep, its texts UTF-8, its ends where something can end. */
export function checkCbor(bytes: Uint8Array): void {
  const nesting = new Nesting('CBOR', bytes)
  let at = 0
  while (nesting.next()) {
    const first = nesting.number(at++, 1)
    const major = first >> 5
    const minor = first & 31
    if (minor >= 28 && minor <= 30) throw nesting.wrong(`byte ${at - 1} is 0x${first.toString(16)}`)
    if (minor === 31) {
      endless(nesting, major, at - 1)
      continue
    }
    const size = minor < 24 ? 0 : 1 << (minor - 24)
    const argument = size === 0 ? minor : nesting.number(at, size)
    at += size
    if (major === 2) at = nesting.skip(at, argument)
    else if (major === 3) at = nesting.text(at, argument)
    else if (major === 4) nesting.open(argument, at)
    else if (major === 5) nesting.open(2 * argument, at)
    else if (major === 6) nesting.open(1, at)
  }
  nesting.end(at)
}

function endless(nesting: Nesting, major: number, at: number): void {
  if (major === 4 || major === 5) nesting.openEndless(major === 5)
  else if (major === 7) nesting.close(at)
  else if (major === 2 || major === 3) throw new Rejected(`texts in pieces are not read (CBOR, byte ${at})`)
  else throw nesting.wrong(`byte ${at} is 0x${((major << 5) | 31).toString(16)}`)
}
