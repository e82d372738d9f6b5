/**
 * A chunk: a run of samples of one series in the order in which it is kept. The layout is for good:
 *
 *     u8 version       1
 *     varint n         samples, at most 16,384
 *     times            column of whole microseconds (integers.ts)
 *     values           values.ts
 *
 * Everything below is columns of whole numbers or of doubles, and each column says which codec made it, the smallest:
 *
 *     integers   linear       one exact distance                         linear.ts
 *                packed       fixed width above a smallest number        packed.ts
 *                coded        predicted, residuals entropy-coded         coded.ts, predictors.ts, residual-model.ts
 *     values     decimal      integers over a power of ten               decimal.ts
 *                double       the bits of the doubles as integers        double.ts
 *                dictionary   places in a list of values                 dictionary.ts
 *
 * The XOR of neighbouring doubles (Gorilla, Pelkonen et al., VLDB 2015) is not among them: on 29 real series it takes
 * 4.06 bytes a sample where these take 1.65, and on full-length doubles the predicted bits of double.ts are smaller.
 *
 * Lossless for every double but the payload of NaN, which is a gap. Checksums are the database row's.
 */
import { fromMicros } from '../../../shared/model/time'
import { ByteReader, ByteWriter } from '../bytes'
import { MAX_CHUNK_SAMPLES, ChunkError, boundedVarint } from './contracts'
import { readIntegers, writeIntegers } from './integers'
import { readValues, writeValues } from './values'

const VERSION = 1
/** Within ±2^42 ms a double of milliseconds still tells microseconds apart. */
const MAX_MICROS = 2 ** 42 * 1000

const times = new Float64Array(MAX_CHUNK_SAMPLES)
const out = new ByteWriter(1 << 16)

export interface SampleColumns {
  readonly times: Float64Array
  readonly values: Float64Array
}

/**
 * The samples [from, to): times in ms with whole microseconds, within ±2^42 ms, in any order; values with NaN as a gap.
 * @throws RangeError for more than 16,384 samples or a time out of range: such a time cannot be kept exactly.
 */
export function encodeChunk(time: Float64Array, value: Float64Array, from: number, to: number): Uint8Array {
  const n = to - from
  if (!(n >= 0 && n <= MAX_CHUNK_SAMPLES)) throw new RangeError(`a chunk of ${n} samples; at most ${MAX_CHUNK_SAMPLES}`)
  for (let i = 0; i < n; i++) {
    const us = Math.round((time[from + i] as number) * 1000)
    if (!(us >= -MAX_MICROS && us <= MAX_MICROS)) throw new RangeError(`a sample at ${time[from + i]} ms, beyond ±2^42`)
    times[i] = us
  }
  out.clear()
  out.byte(VERSION)
  out.varint(n)
  writeIntegers(times, n, out)
  writeValues(value, from, n, out)
  return out.take()
}

/**
 * Writes the samples to the front of the columns, which must have room for them.
 * @returns how many there are.
 * @throws ChunkError where the bytes are not a chunk that this version reads, or hold more than there is room for;
 *     the columns may then hold anything.
 */
export function decodeChunk(bytes: Uint8Array, into: SampleColumns): number {
  try {
    const reader = new ByteReader(bytes)
    const version = reader.byte()
    if (version !== VERSION) throw new ChunkError(`chunk of version ${version}; this Weir reads version ${VERSION}`)
    const n = boundedVarint(reader, Math.min(MAX_CHUNK_SAMPLES, into.times.length, into.values.length), 'samples')
    readIntegers(reader, into.times, n)
    for (let i = 0; i < n; i++) {
      const us = into.times[i] as number
      if (!(us >= -MAX_MICROS && us <= MAX_MICROS)) throw new ChunkError('chunk with a time beyond ±2^42 ms')
      into.times[i] = fromMicros(us)
    }
    readValues(reader, into.values, n)
    if (!reader.done) throw new ChunkError('chunk with bytes after its end')
    return n
  } catch (cause) {
    if (cause instanceof RangeError) throw new ChunkError('the chunk ends too early', { cause })
    throw cause
  }
}
