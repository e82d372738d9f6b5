/** Whether what is left of a range, once trend and season are taken out, is still anything but chance. */
import { quantileOfSorted } from '../percentiles'
import { autocorrelation } from './autocorrelation'
import { chiSquaredTail, normalTails } from './distributions'
import { meanOf } from './ranges'

export interface LjungBox {
  readonly statistic: number
  /** Of freedom. */
  readonly degrees: number
  /** How likely chance alone gives so large a statistic: below 0.05 the values are hardly independent. */
  readonly p: number
}

/**
 * Whether values are correlated with those before them: Ljung, Box, "On a measure of lack of fit in time series
 * models", 1978; statsmodels' `acorr_ljungbox(lags, model_df=fitted)`.
 *
 * @param values evenly spaced; those that are not finite are gaps
 * @param lags in samples; at most n − 1. Default: a fifth of the values, at most 10
 * @param fitted parameters of the model whose residuals they are; the degrees are lags − fitted
 * @returns NaN where all values are equal, or too few of them
 */
export function ljungBox(values: Float64Array, lags?: number, fitted = 0): LjungBox {
  const count = values.reduce((n, value) => n + (Number.isFinite(value) ? 1 : 0), 0)
  const most = Math.min(lags ?? Math.min(Math.floor(count / 5), 10), count - 1)
  const degrees = most - fitted
  if (most < 1) return { statistic: NaN, degrees, p: NaN }
  const r = autocorrelation(values, most)
  let sum = 0
  for (let k = 1; k <= most; k++) sum += (r[k] as number) ** 2 / (count - k)
  const statistic = count * (count + 2) * sum
  return { statistic, degrees, p: degrees > 0 && statistic >= 0 ? chiSquaredTail(statistic, degrees) : NaN }
}

export interface RunsTest {
  readonly runs: number
  /** Below 0 there are fewer runs than by chance, values go together; above 0 they take turns. */
  readonly z: number
  /** How likely chance alone gives so many or so few, on both sides. */
  readonly p: number
}

/**
 * Whether values above and below their middle follow each other as by chance: Wald, Wolfowitz, "On a test whether two
 * samples are from the same population", 1940; statsmodels' `runstest_1samp`, with its correction by one half of fewer
 * than 50 values.
 *
 * @param values in their order, whatever their spacing; those that are not finite are passed over
 * @param about what the values are split at: those equal to it are above
 * @returns z and p are NaN where all values are on one side, or there is none
 */
export function runsTest(values: Float64Array, about: 'median' | 'mean' = 'median'): RunsTest {
  const finite = values.filter(Number.isFinite)
  const n = finite.length
  const split = about === 'mean' ? meanOf(finite) : quantileOfSorted(finite.slice().sort(), 0.5)
  let above = 0
  let runs = 0
  let last = -1
  for (const value of finite) {
    const side = value >= split ? 1 : 0
    above += side
    if (side !== last) runs++
    last = side
  }
  if (runs < 2) return { runs, z: NaN, p: NaN }
  const product = 2 * above * (n - above)
  const expected = product / n + 1
  const variance = ((product / n) * ((product - n) / n)) / (n - 1)
  const surplus = runs - expected
  const correction = n >= 50 ? 0 : surplus > 0.5 ? -0.5 : surplus < 0.5 ? 0.5 : -surplus
  const z = variance > 0 ? (surplus + correction) / Math.sqrt(variance) : NaN
  return { runs, z, p: z === z ? normalTails(z) : NaN }
}
