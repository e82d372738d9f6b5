/** Samples at irregular times onto an even grid, which the other statistics of a range ask for. */
import type { DurationMs, EpochMs } from '../../../shared/model/time'

export interface EvenGrid {
  /** The time of the first value; the others follow every `step`. */
  readonly start: EpochMs
  readonly step: DurationMs
  /** NaN where the samples before and after are further apart than allowed. */
  readonly values: Float64Array
}

export interface ResampleOptions {
  readonly step: DurationMs
  /** Samples further apart are not joined. Default: three steps. */
  readonly maxGap?: DurationMs
  /** Time of the first value. Default: the first multiple of `step` that is not before the first sample. */
  readonly start?: EpochMs
  /** No value is after it. Default: the time of the last sample. */
  readonly end?: EpochMs
}

/** More than a browser or a database could be asked for at once. */
const MOST_VALUES = 50_000_000

/**
 * Linear between neighbours; a sample's own value at its time, of several at one time the last.
 *
 * @param times ascending, ties allowed
 * @param values of the same length; those that are not finite are gaps, and what lies on both sides are neighbours
 * @throws RangeError where the lengths differ, `step` is not above 0, or the grid would have more than 50 million values
 */
export function resample(times: Float64Array, values: Float64Array, options: ResampleOptions): EvenGrid {
  const { step, maxGap = 3 * step } = options
  if (times.length !== values.length)
    throw new RangeError(`resample: ${times.length} times and ${values.length} values`)
  if (!(step > 0)) throw new RangeError('resample: the step must be above 0')
  const first = next(values, 0)
  let last = values.length - 1
  while (last >= 0 && !Number.isFinite(values[last])) last--
  if (last < 0) return { start: options.start ?? NaN, step, values: new Float64Array(0) }
  const start = options.start ?? Math.ceil((times[first] as number) / step) * step
  const end = options.end ?? (times[last] as number)
  // The end itself is a point of the grid, whatever the rounding of a step that is no whole number.
  const count = Math.max(0, Math.floor((end - start) / step + 1e-9) + 1)
  if (count > MOST_VALUES) throw new RangeError(`resample: ${count} values are more than ${MOST_VALUES}`)
  const grid = new Float64Array(count).fill(NaN)
  let left = -1
  let right = first
  for (let i = 0; i < count; i++) {
    const at = start + i * step
    while (right < times.length && (times[right] as number) <= at) {
      left = right
      right = next(values, right + 1)
    }
    if (left >= 0) grid[i] = between(times, values, left, right, at, maxGap)
  }
  return { start, step, values: grid }
}

/** The first index from `from` on with a finite value. */
function next(values: Float64Array, from: number): number {
  let at = from
  while (at < values.length && !Number.isFinite(values[at])) at++
  return at
}

function between(
  times: Float64Array,
  values: Float64Array,
  left: number,
  right: number,
  at: EpochMs,
  maxGap: DurationMs,
): number {
  const before = times[left] as number
  const value = values[left] as number
  if (at === before) return value
  if (right >= times.length) return NaN
  const length = (times[right] as number) - before
  if (length > maxGap) return NaN
  const share = (at - before) / length
  const rise = (values[right] as number) - value
  // Between huge values the difference overflows.
  return Number.isFinite(rise) ? value + share * rise : value * (1 - share) + (values[right] as number) * share
}
