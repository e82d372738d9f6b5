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

/** What is kept beyond count, sum, variance and extremes. */
export interface MomentNeeds {
  readonly ends: boolean
  readonly slope: boolean
}

/** Of a table of statistics: one for each of MOMENT, then a place that is always NaN. */
export const NO_MOMENT = 14
export const TABLE_LENGTH = 15

/**
 * The statistics of the record at `at` of the columns into a table, by the numbers of MOMENT; NaN where the record is
 * too empty. Those of the ends and the slope only where the record has them. No branch depends on which are asked for.
 */
export function tabulate(c: Float64Array, at: number, gaps: number, has: MomentNeeds, table: Float64Array): void {
  const n = c[at + COUNT] as number
  const m2 = Math.max(0, c[at + M2] as number)
  const min = c[at + MIN] as number
  const max = c[at + MAX] as number
  const sum = sumOf(c, at)
  const varPop = n > 0 ? m2 / n : NaN
  const varSamp = n > 1 ? m2 / (n - 1) : NaN
  table[MOMENT.count] = n
  table[MOMENT.missing] = gaps
  table[MOMENT.sum] = sum
  table[MOMENT.mean] = meanOf(c, at, sum / n)
  table[MOMENT.min] = min
  table[MOMENT.max] = max
  table[MOMENT.range] = max - min
  table[MOMENT.varPop] = varPop
  table[MOMENT.varSamp] = varSamp
  table[MOMENT.stddevPop] = Math.sqrt(varPop)
  table[MOMENT.stddevSamp] = Math.sqrt(varSamp)
  if (!has.ends) return
  table[MOMENT.first] = c[at + FIRST] as number
  table[MOMENT.last] = c[at + LAST] as number
  if (has.slope) table[MOMENT.slope] = slopePerSecond(c, at)
}

/**
 * Of a table those with these numbers of MOMENT or NO_MOMENT, in their order and as an array of doubles: written out, it
 * is made in one go and not filled.
 */
export function pick(t: Float64Array, s: Int32Array): number[] {
  const of = (i: number): number => t[s[i] as number] as number
  switch (s.length) {
    case 1:
      return [of(0)]
    case 2:
      return [of(0), of(1)]
    case 3:
      return [of(0), of(1), of(2)]
    case 4:
      return [of(0), of(1), of(2), of(3)]
    case 5:
      return [of(0), of(1), of(2), of(3), of(4)]
    case 6:
      return [of(0), of(1), of(2), of(3), of(4), of(5)]
  }
  return Array.from(s, (each) => t[each] as number)
}

/** In the value's unit; 0 for an empty record, beyond the largest double ±∞. Source: see Moments. */
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
