/**
 * The body of a rollup: buckets in columns, by the codecs of chunks. The layout is for good:
 *
 *     u8 version     1
 *     varint n       buckets, at most 512
 *     integers.ts    first times in microseconds, from the first to the last time, samples
 *     values.ts      min, max, sum, first, last; NaN in a bucket of gaps
 */
import type { SampleBucket } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { fromMicros, toMicros } from '../../../shared/model/time'
import { ByteReader, ByteWriter } from '../bytes'
import { ChunkError, boundedVarint } from '../chunk/contracts'
import { readIntegers, writeIntegers } from '../chunk/integers'
import { readValues, writeValues } from '../chunk/values'

const VERSION = 1
/** Of a full chunk, where each bucket has at least 32 samples. */
export const MAX_BUCKETS = 512

const VALUES = ['min', 'max', 'sum', 'first', 'last'] as const
const column = new Float64Array(MAX_BUCKETS)
const out = new ByteWriter()

/** @param buckets at most 512 of one series, each all gaps or without any. */
export function encodeRollup(buckets: readonly SampleBucket[]): Uint8Array {
  out.clear()
  out.byte(VERSION)
  out.varint(buckets.length)
  const integers = [
    (bucket: SampleBucket) => toMicros(bucket.from),
    (bucket: SampleBucket) => toMicros(bucket.to) - toMicros(bucket.from),
    (bucket: SampleBucket) => bucket.samples,
  ]
  for (const number of integers) {
    buckets.forEach((bucket, i) => (column[i] = number(bucket)))
    writeIntegers(column, buckets.length, out)
  }
  for (const name of VALUES) {
    buckets.forEach((bucket, i) => (column[i] = bucket[name]))
    writeValues(column, 0, buckets.length, out)
  }
  return out.take()
}

/** @throws ChunkError, RangeError where the bytes are not a rollup that this version reads. */
export function decodeRollup(bytes: Uint8Array, series: SeriesId): SampleBucket[] {
  const reader = new ByteReader(bytes)
  const version = reader.byte()
  if (version !== VERSION) throw new ChunkError(`rollup of version ${version}; this Weir reads version ${VERSION}`)
  const n = boundedVarint(reader, MAX_BUCKETS, 'buckets')
  const read = (kind: typeof readIntegers): Float64Array => {
    kind(reader, column, n)
    return column.slice(0, n)
  }
  const [from, span, samples] = [read(readIntegers), read(readIntegers), read(readIntegers)]
  const [min, max, sum, first, last] = VALUES.map(() => read(readValues)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  if (!reader.done) throw new ChunkError('rollup with bytes after its end')
  return Array.from({ length: n }, (_, i) => {
    const count = samples[i] as number
    return {
      series,
      from: fromMicros(from[i] as number),
      to: fromMicros((from[i] as number) + (span[i] as number)),
      samples: count,
      gaps: Number.isNaN(min[i]) ? count : 0,
      min: min[i] as number,
      max: max[i] as number,
      sum: sum[i] as number,
      first: first[i] as number,
      last: last[i] as number,
    }
  })
}
