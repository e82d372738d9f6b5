/** What the statistics of a record of moments are called, and how they are read from it. */
import { COUNT, ORIGIN, SUM, COMPENSATION, MEAN, M2, MIN, MAX, FIRST, LAST, TIME_M2, CROSS } from './moment-record'

/** Numbered: a firing looks no name up. */
export const MOMENT = {
  count: 0,
  missing: 1,
  sum: 2,
  mean: 3,
  min: 4,
  max: 5,
  range: 6,
  varPop: 7,
  varSamp: 8,
  stddevPop: 9,
  stddevSamp: 10,
  first: 11,
  last: 12,
  slope: 13,
} as const

export type MomentName = keyof typeof MOMENT

/**
 * Fills in the statistics of the record at `at` of the columns, each one of MOMENT (negative: left alone); NaN where
 * the record is too empty. All in one call, since every double that a call returns may be a new object.
 */
export function fillMoments(
  c: Float64Array,
  at: number,
  gaps: number,
  statistics: readonly number[],
  into: number[],
): void {
  const n = c[at + COUNT] as number
  const m2 = Math.max(0, c[at + M2] as number)
  const sum = sumOf(c, at)
  for (let i = 0; i < statistics.length; i++) {
    // The usual ones first: they are compared one after the other.
    switch (statistics[i]) {
      case MOMENT.count:
        into[i] = n
        break
      case MOMENT.sum:
        into[i] = sum
        break
      case MOMENT.mean:
        into[i] = meanOf(c, at, sum / n)
        break
      case MOMENT.min:
        into[i] = c[at + MIN] as number
        break
      case MOMENT.max:
        into[i] = c[at + MAX] as number
        break
      case MOMENT.stddevSamp:
        into[i] = n > 1 ? Math.sqrt(m2 / (n - 1)) : NaN
        break
      case MOMENT.missing:
        into[i] = gaps
        break
      case MOMENT.range:
        into[i] = (c[at + MAX] as number) - (c[at + MIN] as number)
        break
      case MOMENT.varPop:
        into[i] = n > 0 ? m2 / n : NaN
        break
      case MOMENT.varSamp:
        into[i] = n > 1 ? m2 / (n - 1) : NaN
        break
      case MOMENT.stddevPop:
        into[i] = n > 0 ? Math.sqrt(m2 / n) : NaN
        break
      case MOMENT.first:
        into[i] = c[at + FIRST] as number
        break
      case MOMENT.last:
        into[i] = c[at + LAST] as number
        break
      case MOMENT.slope:
        into[i] = slopePerSecond(c, at)
    }
  }
}

export function sumOf(c: Float64Array, at: number): number {
  const sum = c[at + SUM] as number
  const exact = sum + (c[at + COMPENSATION] as number)
  // Beyond the largest double the compensation is not a number.
  return exact - exact === 0 ? exact : sum
}

/** The quotient, or where the sum is beyond the largest double the mean that was kept beside it. */
export function meanOf(c: Float64Array, at: number, quotient: number): number {
  if (quotient - quotient === 0) return quotient
  return (c[at + ORIGIN] as number) + (c[at + MEAN] as number)
}

/** Least squares, per second; NaN where all times are equal. */
function slopePerSecond(c: Float64Array, at: number): number {
  const spread = c[at + TIME_M2] as number
  return spread > 0 ? ((c[at + CROSS] as number) / spread) * 1000 : NaN
}
