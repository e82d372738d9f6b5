/** What the codecs of a chunk have in common. */
import type { ByteReader, ByteWriter } from '../bytes'

/** A chunk holds at most this many samples: the decoder checks every count it reads against it. */
export const MAX_CHUNK_SAMPLES = 16_384

/** Whole numbers lie within ±2^52, so the difference of any two is exact in a double. */
export const MAX_INTEGER = 2 ** 52
export const MAX_DISTANCE = 2 ** 53

/** A column of whole numbers from 0 to `most`, at most 2^53: linear, packed and coded share this. */
export interface IntegerCodec {
  readonly name: string
  /** Stands in the file; never reused. */
  readonly id: number
  /** Writes the first n. @returns false where this codec cannot hold them, or not in `budget` bytes. */
  encode(numbers: Float64Array, n: number, most: number, budget: number, out: ByteWriter): boolean
  /** @throws ChunkError, RangeError on damaged bytes. */
  decode(reader: ByteReader, numbers: Float64Array, n: number): void
}

/** A column of doubles without gaps: decimal, double and dictionary share this. */
export interface ValueCodec {
  readonly name: string
  /** Stands in the file; never reused. */
  readonly id: number
  /** Writes the first n values, bit for bit. @returns false where it cannot, or is sure to lose; `out` may be dirty. */
  encode(values: Float64Array, n: number, out: ByteWriter): boolean
  /** @throws ChunkError, RangeError on damaged bytes. */
  decode(reader: ByteReader, values: Float64Array, n: number): void
}

/** The bytes are not a chunk that this version reads. */
export class ChunkError extends Error {
  override readonly name = 'ChunkError'
}

/** A count read from the file, before anything is looped or allocated by it. */
export function boundedVarint(reader: ByteReader, most: number, what: string): number {
  const value = reader.varint()
  if (!(value <= most)) throw new ChunkError(`chunk with ${value} ${what}; at most ${most} are possible`)
  return value
}

/** A whole number read from the file. */
export function boundedSigned(reader: ByteReader): number {
  const value = reader.signed()
  if (!(Math.abs(value) <= MAX_DISTANCE)) throw new ChunkError('chunk with a number beyond 2^53')
  return value
}
