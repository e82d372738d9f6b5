/**
 * The values of a chunk. Gaps (NaN) are a column of zeros and ones; the codec sees the value before instead.
 *
 *     u8 0 or 1: with gaps, then their column (integers.ts)
 *     u8 codec, then its bytes
 */
import type { ByteReader, ByteWriter } from '../bytes'
import { MAX_CHUNK_SAMPLES, ChunkError } from './contracts'
import type { ValueCodec } from './contracts'
import { decimal } from './decimal'
import { dictionary } from './dictionary'
import { double } from './double'
import { readIntegers, writeIntegers } from './integers'
import { attempt, encodePlain } from './plain'

export const VALUE_CODECS: readonly ValueCodec[] = [decimal, double, dictionary]

const filled = new Float64Array(MAX_CHUNK_SAMPLES)
const gaps = new Float64Array(MAX_CHUNK_SAMPLES)

/** values[from, from + n). */
export function writeValues(values: Float64Array, from: number, n: number, out: ByteWriter): void {
  const withGaps = fill(values, from, n)
  out.byte(withGaps ? 1 : 0)
  if (withGaps) writeIntegers(gaps, n, out)
  const plain = encodePlain(filled, n)
  const listed = attempt(dictionary, filled, n)
  out.raw(listed !== null && listed.length < plain.length ? listed : plain)
}

function fill(values: Float64Array, from: number, n: number): boolean {
  let last = 0
  for (let i = 0; i < n; i++) {
    const value = values[from + i] as number
    if (Number.isNaN(value)) continue
    last = value
    break
  }
  let withGaps = false
  for (let i = 0; i < n; i++) {
    const value = values[from + i] as number
    const gap = value !== value
    withGaps ||= gap
    gaps[i] = gap ? 1 : 0
    if (!gap) last = value
    filled[i] = last
  }
  return withGaps
}

/** Into values[0, n). @throws ChunkError, RangeError on damaged bytes. */
export function readValues(reader: ByteReader, values: Float64Array, n: number): void {
  const withGaps = reader.byte()
  if (withGaps > 1) throw new ChunkError('chunk with unknown flags')
  if (withGaps === 1) readIntegers(reader, gaps, n)
  const id = reader.byte()
  const codec = VALUE_CODECS[id]
  if (codec === undefined) throw new ChunkError(`chunk with value codec ${id}, which this version does not know`)
  codec.decode(reader, values, n)
  if (withGaps === 1) for (let i = 0; i < n; i++) if (gaps[i] !== 0) values[i] = NaN
}
