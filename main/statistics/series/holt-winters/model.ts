/**
 * Holt–Winters, additive: Holt 1957, Winters 1960; damped by Gardner and McKenzie 1985; in the error-correction form of
 * Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing", 2008. Equal to statsmodels'
 * `ExponentialSmoothing(trend='add', damped_trend=…, seasonal='add')`.
 */

export interface HoltWintersModel {
  /** A damped trend comes to rest in the long run. */
  readonly trend: 'none' | 'additive' | 'damped'
  /** Of the season in samples, from 2 on; null: there is none. */
  readonly period: number | null
}

/** Shares of what a value is off; those that a model has no use for are 0, damping is then 1. */
export interface HoltWintersParameters {
  /** By which the level moves, in [0, 1]: α. */
  readonly level: number
  /** Of the level's move, by which the trend moves, in [0, 1]: β*. */
  readonly trend: number
  /** By which its part of the season moves, in [0, 1 − α]: γ. */
  readonly season: number
  /** What is left of the trend after a sample, in (0, 1]: φ. */
  readonly damping: number
}

/** Before the first value, or after the last one. */
export interface HoltWintersState {
  readonly level: number
  /** Per sample; 0 where the model has none. */
  readonly trend: number
  /** Of the next value, of the one after it and so on, for one period; empty where the model has none. */
  readonly season: Float64Array
}

export interface HoltWintersFit {
  readonly parameters: HoltWintersParameters
  readonly initial: HoltWintersState
  /** After the last value. */
  readonly final: HoltWintersState
  /** What was expected of every value before it came. */
  readonly fitted: Float64Array
  /** Sum of the squared distances of the values from `fitted`. */
  readonly squares: number
  /** Of one step's error: `squares` by the values, without as many as numbers were fitted. */
  readonly variance: number
}

/**
 * One pass with given parameters.
 *
 * @param values evenly spaced, finite @param estimated numbers that were fitted to them
 */
export function smooth(
  values: Float64Array,
  parameters: HoltWintersParameters,
  initial: HoltWintersState,
  estimated = 0,
): HoltWintersFit {
  const fitted = new Float64Array(values.length)
  const season = initial.season.slice()
  const end = { level: initial.level, trend: initial.trend }
  const squares = pass(values, parameters, end, season, fitted)
  const period = season.length
  // The next value's part comes first.
  const turned = season.map((_, i) => season[(values.length + i) % period] as number)
  for (let i = 0; i < values.length; i++) fitted[i] = (values[i] as number) - (fitted[i] as number)
  const variance = squares / Math.max(1, values.length - estimated)
  return { parameters, initial, final: { ...end, season: turned }, fitted, squares, variance }
}

/**
 * Runs over the values, and leaves the states as they are after the last one.
 *
 * @param season of the parts in their order, none where there is no season @param errors receives value − expected
 * @returns the sum of their squares
 */
export function pass(
  values: Float64Array,
  { level: alpha, trend: beta, season: gamma, damping }: HoltWintersParameters,
  state: { level: number; trend: number },
  season: Float64Array,
  errors: Float64Array,
): number {
  const period = season.length
  let { level, trend } = state
  let squares = 0
  let part = 0
  for (let i = 0; i < values.length; i++) {
    const ahead = level + damping * trend
    const offset = period === 0 ? 0 : (season[part] as number)
    const error = (values[i] as number) - ahead - offset
    level = ahead + alpha * error
    trend = damping * trend + alpha * beta * error
    if (period > 0) {
      season[part] = offset + gamma * error
      part = part + 1 === period ? 0 : part + 1
    }
    errors[i] = error
    squares += error * error
  }
  state.level = level
  state.trend = trend
  return squares
}
