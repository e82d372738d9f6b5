/** Doubles without a dictionary: `u8 codec` and its bytes. */
import { ByteWriter } from '../bytes'
import type { ByteReader } from '../bytes'
import { ChunkError } from './contracts'
import type { ValueCodec } from './contracts'
import { decimal } from './decimal'
import { double } from './double'

/** From this size a value, decimals may be no better than the bits of the doubles. */
const DOUBTFUL_BYTES = 5.5
/** What a column costs before its first sample. */
const OVERHEAD = 40

/** One for each codec, by its number: a dictionary's values are encoded while its own writer is in use. */
const writers = [new ByteWriter(), new ByteWriter(), new ByteWriter()]

/** The first n values, by the smaller codec. */
export function encodePlain(values: Float64Array, n: number): Uint8Array {
  const decimals = attempt(decimal, values, n)
  if (decimals !== null && decimals.length < n * DOUBTFUL_BYTES + OVERHEAD) return decimals
  const doubles = attempt(double, values, n)
  if (doubles === null) throw new RangeError('doubles that no codec holds')
  return decimals !== null && decimals.length <= doubles.length ? decimals : doubles
}

/** The codec's number and bytes; null where it declines. */
export function attempt(codec: ValueCodec, values: Float64Array, n: number): Uint8Array | null {
  const out = writers[codec.id] as ByteWriter
  out.clear()
  out.byte(codec.id)
  return codec.encode(values, n, out) ? out.take() : null
}

/** @throws ChunkError, RangeError on damaged bytes. */
export function decodePlain(reader: ByteReader, values: Float64Array, n: number): void {
  const id = reader.byte()
  if (id === decimal.id) decimal.decode(reader, values, n)
  else if (id === double.id) double.decode(reader, values, n)
  else throw new ChunkError(`chunk with value codec ${id} in a dictionary`)
}
