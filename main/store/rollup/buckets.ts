/** Samples of one series summed up by spans of time. */
import type { SampleBucket } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import type { DurationMs } from '../../../shared/model/time'

/** A bucket that grows. Times in ms. */
type Growing = { -readonly [K in keyof SampleBucket]: SampleBucket[K] }

/**
 * Buckets of ordered samples [from, to), cut at multiples of `length` ms from the epoch and wherever gaps (NaN) begin
 * and end, so that every bucket is all gaps or has none: what is drawn from them shows where the gaps are.
 * @returns null where there would be more than `most`.
 */
export function bucketsOf(
  series: SeriesId,
  time: Float64Array,
  value: Float64Array,
  from: number,
  to: number,
  length: DurationMs,
  most: number,
): SampleBucket[] | null {
  const buckets: Growing[] = []
  let current: Growing | null = null
  let end = -Infinity
  for (let i = from; i < to; i++) {
    const t = time[i] as number
    const x = value[i] as number
    const gap = x !== x
    if (current === null || t >= end || gap !== current.gaps > 0) {
      if (buckets.length === most) return null
      current = { series, from: t, to: t, samples: 0, gaps: 0, min: x, max: x, sum: 0, first: x, last: x }
      end = (Math.floor(t / length) + 1) * length
      buckets.push(current)
    }
    current.to = t
    current.samples += 1
    current.last = x
    if (gap) current.gaps += 1
    if (x < current.min) current.min = x
    if (x > current.max) current.max = x
    current.sum += x
  }
  return buckets
}
