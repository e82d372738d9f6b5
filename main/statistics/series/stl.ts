/**
 * Trend, season and residual of a range: Cleveland, Cleveland, McRae, Terpenning, "STL: a seasonal-trend decomposition
 * procedure based on loess", Journal of Official Statistics 6, 1990; equal to statsmodels' `STL` with lines
 * everywhere and without jumps, its defaults. A year of hours takes about 10 ms, 120 ms robust.
 */
import { Loess } from './loess'
import { requireFinite } from './ranges'

export interface StlOptions {
  /** Of the season in samples, a whole number from 2 on. */
  readonly period: number
  /** Periods over which the season is smoothed; odd, from 3 on. Default 7. */
  readonly seasonal?: number
  /** Samples over which the trend is smoothed; odd, longer than the period. Default: the paper's, about 1.9 periods. */
  readonly trend?: number
  /** Values far off count little or nothing: fifteen further rounds. Default false. */
  readonly robust?: boolean
}

/** values = trend + season + residual, each of their length. */
export interface Decomposition {
  readonly trend: Float64Array
  readonly season: Float64Array
  readonly residual: Float64Array
  /** In [0, 1]: what each value counted for; 1 where the decomposition is not robust. */
  readonly weight: Float64Array
}

/**
 * @param values evenly spaced, finite, at least two periods of them
 * @throws RangeError where a value is not finite, there are fewer than two periods, or an option is out of its range
 */
export function stl(values: Float64Array, options: StlOptions): Decomposition {
  requireFinite(values, 'STL')
  const spans = spansOf(options)
  if (values.length < 2 * spans.period)
    throw new RangeError(`STL: ${values.length} values are fewer than two periods of ${spans.period}`)
  const rounds = new Rounds(values, spans)
  const { trend, season, weight } = rounds
  if (options.robust === true) {
    for (let outer = 0; outer < 15; outer++) {
      rounds.run(2)
      rounds.weigh()
    }
    rounds.run(2)
  } else rounds.run(5)
  const residual = values.map((value, i) => value - (season[i] as number) - (trend[i] as number))
  return { trend, season, residual, weight }
}

interface Spans {
  readonly period: number
  readonly seasonal: number
  readonly trend: number
  readonly lowPass: number
}

const isOdd = (n: number): boolean => Number.isSafeInteger(n) && n % 2 === 1
const nextOdd = (n: number): number => n + (n % 2 === 0 ? 1 : 0)

function spansOf({ period, seasonal = 7, trend }: StlOptions): Spans {
  if (!(Number.isSafeInteger(period) && period >= 2))
    throw new RangeError('STL: the period must be a whole number from 2 on')
  if (!(isOdd(seasonal) && seasonal >= 3)) throw new RangeError('STL: seasonal must be odd, from 3 on')
  const trendSpan = trend ?? nextOdd(Math.ceil((1.5 * period) / (1 - 1.5 / seasonal)))
  if (!(isOdd(trendSpan) && trendSpan > period))
    throw new RangeError('STL: trend must be odd and longer than the period')
  return { period, seasonal, trend: trendSpan, lowPass: nextOdd(period + 1) }
}

class Rounds {
  readonly trend: Float64Array
  readonly season: Float64Array
  readonly weight: Float64Array
  private weighted = false
  private readonly seasonLoess: Loess
  private readonly trendLoess: Loess
  private readonly lowPassLoess: Loess
  /** A period longer than the values at both ends. */
  private readonly cycles: Float64Array
  private readonly low: Float64Array
  private readonly averages: Float64Array
  private readonly rest: Float64Array
  // One value of each period.
  private readonly part: Float64Array
  private readonly partWeight: Float64Array
  private readonly partSmoothed: Float64Array

  constructor(
    private readonly values: Float64Array,
    private readonly spans: Spans,
  ) {
    const n = values.length
    const { period } = spans
    const periods = Math.ceil(n / period)
    this.trend = new Float64Array(n)
    this.season = new Float64Array(n)
    this.weight = new Float64Array(n).fill(1)
    this.seasonLoess = new Loess(spans.seasonal, periods)
    this.trendLoess = new Loess(spans.trend, n)
    this.lowPassLoess = new Loess(spans.lowPass, n)
    this.cycles = new Float64Array(n + 2 * period)
    this.low = new Float64Array(n + 2 * period)
    this.averages = new Float64Array(n + 2 * period)
    this.rest = new Float64Array(n)
    this.part = new Float64Array(periods)
    this.partWeight = new Float64Array(periods)
    this.partSmoothed = new Float64Array(periods + 2)
  }

  /** The inner loop. */
  run(times: number): void {
    const { values, trend, season, cycles, low, averages, rest } = this
    const n = values.length
    const { period } = this.spans
    for (let inner = 0; inner < times; inner++) {
      for (let i = 0; i < n; i++) rest[i] = (values[i] as number) - (trend[i] as number)
      this.smoothParts()
      movingAverage(cycles, n + 2 * period, period, low)
      movingAverage(low, n + period + 1, period, averages)
      movingAverage(averages, n + 2, 3, low)
      this.lowPassLoess.smooth(low, n, null, averages)
      for (let i = 0; i < n; i++) {
        season[i] = (cycles[period + i] as number) - (averages[i] as number)
        rest[i] = (values[i] as number) - (season[i] as number)
      }
      this.trendLoess.smooth(rest, n, this.weighted ? this.weight : null, trend)
    }
  }

  /** The outer loop: bisquare weights by the distance from the fit, in six times its median. */
  weigh(): void {
    const { values, trend, season, weight } = this
    const n = values.length
    this.weighted = true
    for (let i = 0; i < n; i++)
      weight[i] = Math.abs((values[i] as number) - ((trend[i] as number) + (season[i] as number)))
    const sorted = weight.slice().sort()
    const middle = n >> 1
    const six = 3 * ((sorted[middle] as number) + (sorted[n - middle - 1] as number))
    for (let i = 0; i < n; i++) {
      const distance = weight[i] as number
      if (six === 0 || distance <= 0.001 * six) weight[i] = 1
      else weight[i] = distance <= 0.999 * six ? (1 - (distance / six) ** 2) ** 2 : 0
    }
  }

  /** The values of the same place in all periods, smoothed, and gone on with by one period at both ends. */
  private smoothParts(): void {
    const { rest, weight, cycles, part, partWeight, partSmoothed, seasonLoess } = this
    const { period, seasonal } = this.spans
    const robustness = this.weighted ? partWeight : null
    for (let place = 0; place < period; place++) {
      const count = Math.floor((rest.length - place - 1) / period) + 1
      for (let i = 0; i < count; i++) {
        part[i] = rest[i * period + place] as number
        if (this.weighted) partWeight[i] = weight[i * period + place] as number
      }
      seasonLoess.smooth(part, count, robustness, partSmoothed, 1)
      const before = seasonLoess.point(part, count, -1, 0, Math.min(seasonal, count) - 1, robustness)
      partSmoothed[0] = before === before ? before : (partSmoothed[1] as number)
      const after = seasonLoess.point(part, count, count, Math.max(0, count - seasonal), count - 1, robustness)
      partSmoothed[count + 1] = after === after ? after : (partSmoothed[count] as number)
      for (let i = 0; i < count + 2; i++) cycles[i * period + place] = partSmoothed[i] as number
    }
  }
}

/** Means of `length` neighbours among the first `n` values: n − length + 1 of them. */
function movingAverage(values: Float64Array, n: number, length: number, into: Float64Array): void {
  let sum = 0
  for (let i = 0; i < length; i++) sum += values[i] as number
  into[0] = sum / length
  for (let i = 1; i <= n - length; i++) {
    sum += (values[i + length - 1] as number) - (values[i - 1] as number)
    into[i] = sum / length
  }
}
