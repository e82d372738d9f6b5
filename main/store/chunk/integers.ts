/**
 * Columns of whole numbers. A column is `smallest + unit × number`, its unit the greatest common divisor of the
 * distances (a sensor that counts in steps of 0.0625 needs it); the numbers go to the smallest codec of the table.
 *
 *     u8 codec, signed smallest, varint unit, then the codec's bytes
 */
import { ByteWriter } from '../bytes'
import type { ByteReader } from '../bytes'
import { coded } from './coded'
import { ChunkError, MAX_CHUNK_SAMPLES, MAX_DISTANCE, MAX_INTEGER, boundedSigned, boundedVarint } from './contracts'
import type { IntegerCodec } from './contracts'
import { linear } from './linear'
import { packed, packedBytes } from './packed'

export const INTEGER_CODECS: readonly IntegerCodec[] = [linear, packed, coded]

/** Packed columns are read seven times as fast, measured: worth this many times the bytes. */
const SPEED_WORTH = 1.01

const numbers = new Float64Array(MAX_CHUNK_SAMPLES)
const codecOut = new ByteWriter()

/** The first n of the column, whole and within ±2^52. */
export function writeIntegers(column: Float64Array, n: number, out: ByteWriter): void {
  const { smallest, largest } = boundsOf(column, n)
  const unit = unitOf(column, n, smallest, largest)
  for (let i = 0; i < n; i++) numbers[i] = ((column[i] as number) - smallest) / unit
  const { codec, bytes } = smallestOf(n, (largest - smallest) / unit)
  out.byte(codec.id)
  out.signed(smallest)
  out.varint(unit)
  out.raw(bytes)
}

function smallestOf(n: number, most: number): { codec: IntegerCodec; bytes: Uint8Array } {
  codecOut.clear()
  if (linear.encode(numbers, n, most, Infinity, codecOut)) return { codec: linear, bytes: codecOut.take() }
  const budget = packedBytes(n, most) / SPEED_WORTH
  if (coded.encode(numbers, n, most, budget, codecOut) && codecOut.length < budget)
    return { codec: coded, bytes: codecOut.take() }
  codecOut.clear()
  packed.encode(numbers, n, most, Infinity, codecOut)
  return { codec: packed, bytes: codecOut.take() }
}

function boundsOf(column: Float64Array, n: number): { smallest: number; largest: number } {
  let smallest = n > 0 ? (column[0] as number) : 0
  let largest = smallest
  for (let i = 1; i < n; i++) {
    const x = column[i] as number
    if (x < smallest) smallest = x
    if (x > largest) largest = x
  }
  return { smallest, largest }
}

function unitOf(column: Float64Array, n: number, smallest: number, largest: number): number {
  let unit = largest - smallest
  for (let i = 0; i < n && unit > 1; i++) {
    const distance = (column[i] as number) - smallest
    // Both are whole and at most 2^53: a quotient that is not whole cannot be rounded to a whole number.
    const quotient = distance / unit
    if (quotient !== Math.floor(quotient)) unit = commonDivisor(unit, distance)
  }
  return unit === 0 ? 1 : unit
}

function commonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}

/** Into column[0, n). @throws ChunkError, RangeError on damaged bytes. */
export function readIntegers(reader: ByteReader, column: Float64Array, n: number): void {
  const id = reader.byte()
  const codec = INTEGER_CODECS[id]
  if (codec === undefined) throw new ChunkError(`chunk with integer codec ${id}, which this version does not know`)
  const smallest = boundedSigned(reader)
  const unit = boundedVarint(reader, MAX_DISTANCE, 'as its unit')
  codec.decode(reader, column, n)
  for (let i = 0; i < n; i++) {
    const x = smallest + unit * (column[i] as number)
    if (!(x >= -MAX_INTEGER && x <= MAX_INTEGER)) throw new ChunkError('chunk with a number beyond ±2^52')
    column[i] = x
  }
}
