/**
 * How far each value is from what was to be expected, in usual errors of that expectation: exponential smoothing in
 * event time (Wright 1986), with a season (Holt–Winters, additive) or without one and then with a damped trend, made
 * robust by cutting what one error can do (Gelper, Fried, Croux 2010). It sees each value once and never a later one.
 */
import type { Follower, StateReader, StateWriter } from '../../contracts'
import type { DurationMs, EpochMs } from '../../../shared/model/time'
import { between } from './season-holes'

const VERSION = 1
/** Errors before anything is said. */
const LEARNING = 30
/** Parts of a season that are told apart. */
const BINS = 96
/** Without a season: what one error moves the level and the trend by, and what stays of the trend. */
const LEVEL = 0.1
const TREND = 0.01
const DAMPING = 0.98
/** With a season: the level forgets half in half a season; a part of the season moves by 0.3 of its errors in one. */
const LEVEL_HALF_LIFE = 0.5
const SEASON_KEPT = 0.7
/** The spread of errors is that of about so many. */
const SPREAD_VALUES = 500
/** Beyond so many usual errors a value does no more to level, season and spread. */
const CUT = 3
/** Larger values are taken as this: their squares would overflow. */
const LARGEST_VALUE = 1e100
/** Errors far beyond what anybody compares are told as this. */
const LARGEST = 1e6

// Places of the state.
const SEEN = 0
const FIRST = 1
const TIME = 2
const VALUE = 3
const AT_LEVEL = 4
const AT_TREND = 5
const VARIANCE = 6
/** The smallest step from one value to the next: values are not finer than that. */
const STEP = 7
/** The season is known. */
const SEASONED = 8
const ERRORS = 9
const HEAD = 10

/** One series: times in ms since the epoch, finite values of any unit, errors in usual errors (no unit). */
export class ForecastError implements Follower {
  /** Head, offsets of the parts of the season, and, while the first one is seen, how many values each part has. */
  private readonly state: Float64Array

  /** What the last value was expected to be, in its unit; NaN where nothing was expected. */
  expected = NaN
  /** The usual error of that, in the same unit; NaN likewise. */
  usualError = NaN

  /** @param season its length; null: none */
  constructor(private readonly season: DurationMs | null) {
    this.state = new Float64Array(season === null ? HEAD : HEAD + 2 * BINS)
    this.state[STEP] = Infinity
  }

  /**
   * @param given finite; its time must be later than that of the value before
   * @returns the error of the forecast in usual errors, positive above it; NaN in the first season, and for 30 values
   */
  add(time: EpochMs, given: number): number {
    const { state } = this
    const value = Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, given))
    const seen = state[SEEN] as number
    if (seen === 0) {
      state[FIRST] = time
      state[AT_LEVEL] = value
    } else {
      const step = Math.abs(value - (state[VALUE] as number))
      if (step > 0 && step < (state[STEP] as number)) state[STEP] = step
    }
    const learned = (state[ERRORS] as number) >= LEARNING
    this.expected = this.usualError = NaN
    const error = this.season === null ? this.plain(time, value) : this.seasonal(this.season, time, value)
    state[SEEN] = seen + 1
    state[TIME] = time
    state[VALUE] = value
    return learned ? error : NaN
  }

  write(to: StateWriter): void {
    to.number(VERSION)
    to.numbers(this.state)
  }

  /** @throws RangeError where another version wrote the state, or one with another season. */
  read(from: StateReader): void {
    const version = from.number()
    const numbers = from.numbers()
    if (version !== VERSION || numbers.length !== this.state.length)
      throw new RangeError(`the forecast's state has version ${version} and ${numbers.length} numbers`)
    this.state.set(numbers)
  }

  private plain(time: EpochMs, value: number): number {
    const { state } = this
    if (state[SEEN] === 0) return NaN
    const elapsed = time - (state[TIME] as number)
    const forecast = (state[AT_LEVEL] as number) + (state[AT_TREND] as number) * elapsed
    const error = value - forecast
    this.foresee(forecast)
    const told = this.inUsualErrors(error)
    const cut = this.learnSpread(error)
    state[AT_LEVEL] = forecast + LEVEL * cut
    state[AT_TREND] = DAMPING * (state[AT_TREND] as number) + (LEVEL * TREND * cut) / elapsed
    return told
  }

  private seasonal(season: DurationMs, time: EpochMs, value: number): number {
    const { state } = this
    const bin = Math.min(BINS - 1, Math.floor((((time % season) + season) % season) / (season / BINS)))
    if (state[SEASONED] === 0) {
      if (time - (state[FIRST] as number) < season) {
        this.gather(bin, value)
        return NaN
      }
      this.beginSeason()
    }
    const place = HEAD + bin
    const offset = state[place] as number
    const forecast = (state[AT_LEVEL] as number) + offset
    const error = value - forecast
    this.foresee(forecast)
    const told = this.inUsualErrors(error)
    const cut = this.learnSpread(error)
    const elapsed = time - (state[TIME] as number)
    state[AT_LEVEL] = (state[AT_LEVEL] as number) + (1 - 2 ** (-elapsed / (season * LEVEL_HALF_LIFE))) * cut
    state[place] = offset + (1 - SEASON_KEPT ** Math.min(1, elapsed / (season / BINS))) * cut
    return told
  }

  /** Of the first season: sums and counts of its parts. */
  private gather(bin: number, value: number): void {
    const { state } = this
    state[HEAD + bin] = (state[HEAD + bin] as number) + value
    state[HEAD + BINS + bin] = (state[HEAD + BINS + bin] as number) + 1
  }

  /** The mean of each part against that of all; a part without a value is taken from between its neighbours. */
  private beginSeason(): void {
    const { state } = this
    const means = Float64Array.from({ length: BINS }, (_, bin) => {
      const count = state[HEAD + BINS + bin] as number
      return count === 0 ? NaN : (state[HEAD + bin] as number) / count
    })
    const known = means.filter((mean) => !Number.isNaN(mean))
    const level = known.reduce((sum, mean) => sum + mean, 0) / known.length
    for (let bin = 0; bin < BINS; bin++) state[HEAD + bin] = between(means, bin) - level
    state[AT_LEVEL] = level
    state[SEASONED] = 1
  }

  private foresee(forecast: number): void {
    if ((this.state[ERRORS] as number) < LEARNING) return
    this.expected = forecast
    this.usualError = this.usual
  }

  private inUsualErrors(error: number): number {
    const usual = this.usual
    if (usual === 0) return error === 0 ? 0 : Math.sign(error) * LARGEST
    return Math.max(-LARGEST, Math.min(LARGEST, error / usual))
  }

  /** Not finer than half a step of the values. */
  private get usual(): number {
    const { state } = this
    const step = state[STEP] as number
    return Math.max(Math.sqrt(state[VARIANCE] as number), step === Infinity ? 0 : step / 2)
  }

  /** @returns the error as far as it is let in */
  private learnSpread(error: number): number {
    const { state } = this
    const errors = state[ERRORS] as number
    const { usual } = this
    const most = errors < LEARNING || usual === 0 ? Infinity : CUT * usual
    const cut = Math.max(-most, Math.min(most, error))
    const variance = state[VARIANCE] as number
    state[ERRORS] = errors + 1
    state[VARIANCE] = variance + (cut * cut - variance) / Math.min(errors + 1, SPREAD_VALUES)
    return cut
  }
}
