/** How much of the variance of readings is a swing of one period, whatever their spacing. */
import type { DurationMs } from '../../../shared/model/time'
import { meanOf } from './ranges'

/**
 * Lomb, "Least-squares frequency analysis of unequally spaced data", 1976; Scargle 1982, with the standard
 * normalisation: the share of the squares about the mean that the best sine of this period takes away; astropy's
 * `LombScargle(fit_mean=False, center_data=True).power(normalization='standard')`.
 *
 * @param times in ms @param values finite, of any unit @param period above 0
 * @returns in [0, 1]; NaN where all values are equal, or there are fewer than 3
 */
export function swingPower(times: Float64Array, values: Float64Array, period: DurationMs): number {
  const n = values.length
  if (n < 3) return NaN
  const omega = (2 * Math.PI) / period
  const origin = times[0] as number
  const mean = meanOf(values)
  let sin2 = 0
  let cos2 = 0
  let largest = 0
  for (let i = 0; i < n; i++) {
    const angle = 2 * omega * ((times[i] as number) - origin)
    sin2 += Math.sin(angle)
    cos2 += Math.cos(angle)
    largest = Math.max(largest, Math.abs((values[i] as number) - mean))
  }
  // A spread below the rounding of the values is none.
  if (!(largest > 1e-12 * Math.abs(mean))) return NaN
  const shift = Math.atan2(sin2, cos2) / 2
  let withCos = 0
  let withSin = 0
  let cosSquares = 0
  let sinSquares = 0
  let squares = 0
  for (let i = 0; i < n; i++) {
    const angle = omega * ((times[i] as number) - origin) - shift
    const value = ((values[i] as number) - mean) / largest
    const cos = Math.cos(angle)
    const sin = Math.sin(angle)
    withCos += value * cos
    withSin += value * sin
    cosSquares += cos * cos
    sinSquares += sin * sin
    squares += value * value
  }
  const share = (part: number, of: number): number => (of > 1e-9 * n ? (part * part) / of : 0)
  return Math.min(1, (share(withCos, cosSquares) + share(withSin, sinSquares)) / squares)
}
