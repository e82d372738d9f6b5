/**
 * Level, trend and season of a live series with a known period: Holt–Winters, additive, in error-correction form
 * (Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing", 2008, table 2.2), in event time after
 * Wright, "Forecasting data published at irregular time intervals", 1986. With one value in every part of the period
 * it is Holt–Winters itself.
 */
import type { DurationMs, EpochMs } from '../../../shared/model/time'
import { between } from '../forecast/season-holes'
import { cutValue, numbersOf, required } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1
const HEAD = 9

export interface SeasonalComponentsOptions {
  /** The length of the season; it is aligned to 1970-01-01T00:00Z. */
  readonly period: DurationMs
  /** Parts of the season that are told apart, a whole number from 2 on. Default 24. */
  readonly parts?: number
  /** Share of an error by which the level moves in the time of one part, in (0, 1]. Default 0.1. */
  readonly level?: number
  /** Share of the level's move that the trend takes; 0: there is no trend. In [0, 1]. Default 0. */
  readonly trend?: number
  /** Share of an error by which its part of the season moves, in [0, 1]. Default 0.3. */
  readonly season?: number
}

/**
 * At first it gathers the means of the parts: over one period, over two with a trend, which is the difference of
 * their means. value = level + season + residual; the level goes on by the trend.
 */
export class SeasonalComponents implements Streaming {
  private readonly options: Required<SeasonalComponentsOptions>
  private readonly periods: 1 | 2
  private readonly partLength: DurationMs
  private first: EpochMs = NaN
  private time: EpochMs = NaN
  private learned = 0
  private atLevel = NaN
  private atTrend = 0
  private atSeason = NaN
  private atError = NaN
  private atResidual = NaN
  /** Of every part its offset; while they are gathered its sums, and then its counts, for each period. */
  private readonly parts: Float64Array

  constructor({ period, parts = 24, level = 0.1, trend = 0, season = 0.3 }: SeasonalComponentsOptions) {
    required(period > 0, 'seasonal components', 'the period must be above 0')
    required(Number.isSafeInteger(parts) && parts >= 2, 'seasonal components', 'parts must be a whole number from 2 on')
    required(level > 0 && level <= 1, 'seasonal components', 'level must be in (0, 1]')
    required(trend >= 0 && trend <= 1 && season >= 0 && season <= 1, 'seasonal components', 'shares must be in [0, 1]')
    this.options = { period, parts, level, trend, season }
    this.periods = trend > 0 ? 2 : 1
    this.partLength = period / parts
    this.parts = new Float64Array(2 * this.periods * parts)
  }

  /** @returns the residual, in the unit of the values; NaN while it gathers */
  push(time: EpochMs, given: number): number {
    if (!Number.isFinite(given)) return NaN
    const value = cutValue(given)
    if (this.learned === 0) {
      if (this.first !== this.first) this.first = time
      const period = Math.floor((time - this.first) / this.options.period)
      if (period < this.periods) {
        this.gather(Math.max(0, period), time, value)
        return NaN
      }
      this.begin()
    }
    const elapsed = (time - this.time) / this.partLength
    this.correct(elapsed > 0 ? elapsed : 0, this.partOf(time), value)
    if (time > this.time) this.time = time
    return this.atResidual
  }

  /** NaN while it gathers, as are the others. */
  get level(): number {
    return this.atLevel
  }

  /** In the unit of the values per second. */
  get trend(): number {
    return this.learned === 0 ? NaN : (this.atTrend / this.partLength) * 1000
  }

  /** Of the last value's part. */
  get season(): number {
    return this.atSeason
  }

  /** How far the last value was from what was expected before it. */
  get error(): number {
    return this.atError
  }

  /** What is expected at a time after the last value. */
  expected(time: EpochMs): number {
    if (this.learned === 0) return NaN
    const elapsed = Math.max(0, time - this.time) / this.partLength
    return this.atLevel + this.atTrend * elapsed + (this.parts[this.partOf(time)] as number)
  }

  snapshot(): Float64Array {
    const state = new Float64Array(HEAD + this.parts.length)
    state.set([VERSION, this.first, this.time, this.learned, this.atLevel, this.atTrend])
    state.set([this.atSeason, this.atError, this.atResidual], 6)
    state.set(this.parts, HEAD)
    return state
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('the seasonal components', from, VERSION, HEAD + this.parts.length)
    this.first = numbers[0] as number
    this.time = numbers[1] as number
    this.learned = numbers[2] as number
    this.atLevel = numbers[3] as number
    this.atTrend = numbers[4] as number
    this.atSeason = numbers[5] as number
    this.atError = numbers[6] as number
    this.atResidual = numbers[7] as number
    this.parts.set(numbers.subarray(HEAD - 1))
  }

  private partOf(time: EpochMs): number {
    const { period, parts } = this.options
    const into = time - Math.floor(time / period) * period
    return Math.min(parts - 1, Math.floor(into / this.partLength))
  }

  /** `elapsed`: since the last value, in parts. A time that was no time at all moves nothing. */
  private correct(elapsed: number, part: number, value: number): void {
    const { level, trend, season } = this.options
    const { parts } = this
    const ahead = this.atLevel + this.atTrend * elapsed
    const offset = parts[part] as number
    const error = value - ahead - offset
    const moved = shareOf(level, elapsed) * error
    this.atLevel = ahead + moved
    if (elapsed > 0) this.atTrend += (shareOf(trend, elapsed) * moved) / elapsed
    this.atSeason = parts[part] = offset + shareOf(season, Math.min(1, elapsed)) * error
    this.atError = error
    this.atResidual = value - this.atLevel - this.atSeason
  }

  private gather(period: number, time: EpochMs, value: number): void {
    const { parts } = this.options
    const at = 2 * period * parts + this.partOf(time)
    this.parts[at] = (this.parts[at] as number) + value
    this.parts[at + parts] = (this.parts[at + parts] as number) + 1
    if (!(time <= this.time)) this.time = time
  }

  /** Level and trend of the end of what was gathered; a part without a value is taken from between its neighbours. */
  private begin(): void {
    const { parts } = this.options
    const means: Float64Array[] = []
    for (let p = 0; p < this.periods; p++) {
      const at = 2 * p * parts
      means.push(
        Float64Array.from({ length: parts }, (_, i) => {
          const count = this.parts[at + parts + i] as number
          return count === 0 ? NaN : (this.parts[at + i] as number) / count
        }),
      )
    }
    const filled = means
      .filter((of) => of.some((mean) => mean === mean))
      .map((of) => of.map((_, part) => between(of, part)))
    const levels = filled.map((of) => of.reduce((sum, mean) => sum + mean, 0) / parts)
    const trend = levels.length === 2 ? ((levels[1] as number) - (levels[0] as number)) / parts : 0
    const begun = this.partOf(this.first)
    this.parts.fill(0)
    for (let i = 0; i < parts; i++) {
      // How far the part is from the middle of a period, which begins where the first value was.
      const along = ((i - begun + parts) % parts) - (parts - 1) / 2
      let offset = 0
      filled.forEach((of, p) => (offset += ((of[i] as number) - (levels[p] as number)) / filled.length))
      this.parts[i] = offset - trend * along
    }
    this.atTrend = trend
    this.atLevel = (levels[levels.length - 1] as number) + (trend * (parts - 1)) / 2
    this.learned = 1
  }
}

/** What a share in the time of one part is in another time: it forgets as much in two halves as in one whole. */
function shareOf(share: number, elapsed: number): number {
  if (elapsed === 1) return share
  return elapsed === 0 ? 0 : 1 - (1 - share) ** elapsed
}
