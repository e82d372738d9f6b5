/** Figures along a series that are kept up with every sample: each class one figure, each object one series. */
import type { EpochMs } from '../../../shared/model/time'

/**
 * A value that is not finite is a gap: it gives NaN (0 of change points) and changes nothing. Times that do not advance
 * are taken as no time passed. A sample allocates nothing.
 */
export interface Streaming {
  push(time: EpochMs, value: number): number
  /** All that the figure knows: its version, then its numbers. Whoever is restored from it goes on bit by bit the same. */
  snapshot(): Float64Array
  /** Into an object with the same options. @throws RangeError where another version or other options made the snapshot. */
  restore(from: Float64Array): void
}

/** Larger values are taken as this where squares are summed: those would overflow. */
const LARGEST_VALUE = 1e100
/** What is further off in standard deviations is told as this: nobody compares beyond, and a spread may be 0. */
const LARGEST_SCORE = 1e6

export function cutValue(value: number): number {
  return value > LARGEST_VALUE ? LARGEST_VALUE : value < -LARGEST_VALUE ? -LARGEST_VALUE : value
}

/** `deviation` in units of `spread`, within ±1e6; 0 where both are 0. */
export function standardised(deviation: number, spread: number): number {
  if (deviation === 0) return 0
  const score = deviation / spread
  return score > LARGEST_SCORE ? LARGEST_SCORE : score < -LARGEST_SCORE ? -LARGEST_SCORE : score
}

/** The numbers of a snapshot after its version. `length`: of the snapshot. */
export function numbersOf(figure: string, from: Float64Array, version: number, length: number): Float64Array {
  if (from[0] !== version || from.length !== length)
    throw new RangeError(
      `the state of ${figure} has version ${from[0]} and ${from.length} numbers, not ${version} and ${length}`,
    )
  return from.subarray(1)
}

/** @throws RangeError where an option is out of its range. */
export function required(holds: boolean, figure: string, rule: string): void {
  if (!holds) throw new RangeError(`${figure}: ${rule}`)
}
