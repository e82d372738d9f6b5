/** Figures along a series by their names. */
import type { Follower, StateReader, StateWriter } from '../contracts'
import type { FollowingReduction } from '../../shared/config/alert'
import type { Along } from '../../shared/config/along'
import { durationMs } from '../../shared/config/duration'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { AnomalyScore } from './anomaly/anomaly-score'
import { ForecastError } from './forecast/forecast-error'
import * as series from './series'
import type { Streaming } from './series'

/** Readings from which 95 of 100 are expected within so many usual errors. */
const BOUND = 1.96
const PER_SECOND = { s: 1, min: 60, h: 3600 } as const

/**
 * Fresh, and of one series. An anomaly score lies in [0, 1] and has no unit; a forecast error counts usual errors of the
 * forecast. Sources: AnomalyScore, ForecastError.
 * @throws Error where the season is no duration
 */
export function createFollower(of: FollowingReduction): Follower {
  return of.statistic === 'anomaly' ? new AnomalyScore() : new ForecastError(seasonOf(of))
}

/**
 * Fresh, and of one series; units are those of the readings, where `Along` does not say otherwise. Times that do not
 * advance are taken as no time passed; of those that look ahead only the first reading of a time counts.
 * @throws RangeError where an option is out of its range; Error where a duration is none
 */
export function createAlong(of: Along): Follower {
  switch (of.figure) {
    case 'anomaly':
      return new AnomalyScore()
    case 'forecast-error':
      return new Forward(new ForecastError(seasonOf(of)), (_, error) => error)
    case 'forecast': {
      const bounds = { expected: 0, low: -BOUND, high: BOUND }[of.bound]
      return new Forward(new ForecastError(seasonOf(of)), ({ expected, usualError }) => expected + bounds * usualError)
    }
    case 'trend':
    case 'season':
    case 'residual':
      return new Component(durationMs(of.period), of.figure)
    default:
      return new Streamed(streamingOf(of))
  }
}

type StreamingFigure = Exclude<
  Along,
  { figure: 'anomaly' | 'forecast' | 'forecast-error' | 'trend' | 'season' | 'residual' }
>

function streamingOf(of: StreamingFigure): Streaming {
  switch (of.figure) {
    case 'ewma':
      return of.over === undefined
        ? new series.Ewma(2 / ((of.readings ?? 1) + 1))
        : new series.TimedEwma(durationMs(of.over))
    case 'moving-average':
      return of.over === undefined
        ? new series.MovingAverage(of.readings ?? 1)
        : new series.TimedMovingAverage(durationMs(of.over))
    case 'cumulative-sum':
      return new series.CumulativeSum()
    case 'derivative':
      return new Scaled(new series.Derivative({ counter: of.counter }), PER_SECOND[of.per])
    case 'z-score':
      return new series.RollingZScore({ size: of.readings, against: 'past' })
    case 'change-point':
      return new series.ChangePoints({ method: of.method, learning: of.learning, threshold: of.threshold })
    case 'autocorrelation':
      return new series.RecentReadings(
        of.readings,
        (_, values) => series.autocorrelation(values, of.lag)[of.lag] as number,
      )
    case 'period':
      return new series.RecentReadings(of.readings, periodInSeconds)
    case 'randomness':
      return new series.RecentReadings(of.readings, (_, values) => series.ljungBox(values).p)
    case 'share':
      return new series.RecentReadings(of.readings, (_, values) => shareWithin(values, of.least, of.most))
    case 'power': {
      const period = durationMs(of.period)
      return new series.RecentReadings(of.readings, (times, values) => series.swingPower(times, values, period))
    }
  }
}

const seasonOf = ({ season }: { season?: string | undefined }): DurationMs | null =>
  season === undefined ? null : durationMs(season)

/** Readings are taken as evenly spaced; NaN where nothing repeats itself. */
function periodInSeconds(times: Float64Array, values: Float64Array): number {
  const [first] = series.detectPeriods(values)
  if (first === undefined) return NaN
  const step = ((times[times.length - 1] as number) - (times[0] as number)) / (times.length - 1)
  return (first.period * step) / 1000
}

function shareWithin(values: Float64Array, least: number, most: number): number {
  let inside = 0
  for (const value of values) if (value >= least && value <= most) inside += 1
  return inside / values.length
}

/** One that tells in another unit. */
class Scaled implements Streaming {
  constructor(
    private readonly inner: Streaming,
    private readonly factor: number,
  ) {}

  push(time: EpochMs, value: number): number {
    return this.inner.push(time, value) * this.factor
  }

  snapshot(): Float64Array {
    return this.inner.snapshot()
  }

  restore(from: Float64Array): void {
    this.inner.restore(from)
  }
}

class Streamed implements Follower {
  constructor(private readonly figure: Streaming) {}

  add(time: EpochMs, value: number): number {
    return this.figure.push(time, value)
  }

  write(to: StateWriter): void {
    to.numbers(this.figure.snapshot())
  }

  read(from: StateReader): void {
    this.figure.restore(from.numbers())
  }
}

/** Of one that returns the residual. */
class Component implements Follower {
  private readonly components: series.SeasonalComponents

  constructor(
    period: DurationMs,
    private readonly part: 'trend' | 'season' | 'residual',
  ) {
    this.components = new series.SeasonalComponents({ period })
  }

  add(time: EpochMs, value: number): number {
    const residual = this.components.push(time, value)
    if (this.part === 'residual' || residual !== residual) return residual
    return this.part === 'trend' ? this.components.level : this.components.season
  }

  write(to: StateWriter): void {
    to.numbers(this.components.snapshot())
  }

  read(from: StateReader): void {
    this.components.restore(from.numbers())
  }
}

/** Of one that looks ahead: its times must advance. */
class Forward implements Follower {
  private time = -Infinity

  constructor(
    private readonly forecast: ForecastError,
    private readonly told: (forecast: ForecastError, error: number) => number,
  ) {}

  add(time: EpochMs, value: number): number {
    if (!(time > this.time)) return NaN
    this.time = time
    return this.told(this.forecast, this.forecast.add(time, value))
  }

  write(to: StateWriter): void {
    to.number(this.time)
    this.forecast.write(to)
  }

  read(from: StateReader): void {
    this.time = from.number()
    this.forecast.read(from)
  }
}
