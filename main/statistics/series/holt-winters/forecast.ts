/** What is to come after a range, and how far it may be off. */
import { normalWithin } from '../distributions'
import type { HoltWintersFit } from './model'

/** One number for each of the samples to come. */
export interface Forecast {
  readonly mean: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/**
 * Intervals by the variances of the linear models with additive errors (class 1): Hyndman, Koehler, Ord, Snyder 2008,
 * table 6.1. They hold for normal errors, and leave out that the parameters are only estimated.
 *
 * @param fit of `fitHoltWinters` or `smooth` @param horizon samples to come
 * @param coverage probability in [0, 1) of the interval between low and high
 */
export function forecastHoltWinters(fit: HoltWintersFit, horizon: number, coverage = 0.95): Forecast {
  if (!(coverage >= 0 && coverage < 1)) throw new RangeError('forecast: the coverage must be in [0, 1)')
  const { parameters, final, variance } = fit
  const { level: alpha, trend: beta, season: gamma, damping } = parameters
  const period = final.season.length
  const mean = new Float64Array(Math.max(0, horizon))
  const low = new Float64Array(mean.length)
  const high = new Float64Array(mean.length)
  const within = normalWithin(coverage)
  let damped = 0
  let growth = 1
  for (let i = 0; i < mean.length; i++) {
    damped += damping ** (i + 1)
    const expected = final.level + damped * final.trend + (period === 0 ? 0 : (final.season[i % period] as number))
    const reach = within * Math.sqrt(variance * growth)
    mean[i] = expected
    low[i] = expected - reach
    high[i] = expected + reach
    // What an error of this sample does to the one after the horizon so far.
    const passed = alpha * (1 + beta * damped) + (period > 0 && (i + 1) % period === 0 ? gamma : 0)
    growth += passed * passed
  }
  return { mean, low, high }
}
