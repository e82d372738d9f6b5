/** What is watched of a series: many weak measures of its level, changes, spread, season, shape and silence. */
import type { EpochMs } from '../../../shared/model/time'
import { MovingMeans } from './moving-means'
import { NearestShape } from './nearest-shape'
import { Season } from './season'
import type { StateLayout } from './state-layout'

/** Why a sample is unusual: a single value, a level that stays, more or less noise, no data, or a course not seen yet. */
export const ANOMALY_REASONS = ['spike', 'level', 'spread', 'shape', 'silence'] as const
export type AnomalyReason = (typeof ANOMALY_REASONS)[number]

const [SPIKE, LEVEL, SPREAD, SHAPE, SILENCE] = [0, 1, 2, 3, 4]
const LENGTHS = [1, 4, 16, 64, 256]
const SHORT = [1, 4, 16, 64]
/** Index into LENGTHS. */
const [ONE, FOUR, SIXTEEN, SIXTY_FOUR, ALL] = [0, 1, 2, 3, 4] as const
/** A short mean against a long one. */
const AGAINST = [
  [ONE, SIXTEEN],
  [ONE, SIXTY_FOUR],
  [FOUR, SIXTY_FOUR],
  [SIXTEEN, ALL],
  [SIXTY_FOUR, ALL],
] as const
const RELATIVE = [
  [ONE, SIXTEEN],
  [FOUR, SIXTY_FOUR],
  [SIXTEEN, ALL],
] as const
const LAGS = [8, 32, 128]
const SEASONAL = [SPIKE, SHAPE, SHAPE, SHAPE] as const
const SHAPE_PARTS = [4, 16]

/** The reason that each measure speaks for, in the order in which `measure` writes them. */
export const MEASURE_REASONS: readonly number[] = [
  ...[SPIKE, LEVEL, LEVEL, LEVEL],
  ...[SPIKE, SPIKE, LEVEL, LEVEL, LEVEL],
  ...[SPIKE, LEVEL, LEVEL],
  ...LAGS.map(() => SHAPE),
  ...SHAPE_PARTS.map(() => SHAPE),
  ...[SPREAD, SPREAD, SPREAD, SPREAD, SPREAD],
  ...[...SEASONAL, ...SEASONAL, ...SEASONAL, ...SEASONAL],
  ...[SPREAD, SPREAD],
  SILENCE,
]
/** The measure of silence: the only one that a gap has. */
export const SILENCE_MEASURE = MEASURE_REASONS.length - 1
/** An interval has changed when it is longer by half, however regular it was. */
export const SILENCE_WIDTH = 0.5

const DAY = 48
const WEEK = 168
const HOUR_MS = 3_600_000

/** Serves any number of series: `state` is that of one, all zeros at first. */
export class Measures {
  /** Values of the measures of the sample just measured, of whichever series. */
  readonly now = new Float64Array(MEASURE_REASONS.length)
  private at = 0
  private readonly last: number
  private readonly value: MovingMeans
  private readonly step: MovingMeans
  private readonly deviation: MovingMeans
  private readonly ofDay: MovingMeans
  private readonly ofWeek: MovingMeans
  private readonly residual: MovingMeans
  private readonly relativeOfDay: MovingMeans
  private readonly relativeOfWeek: MovingMeans
  private readonly activity: MovingMeans
  private readonly unusualActivity: MovingMeans
  private readonly day: Season
  private readonly week: Season
  private readonly activeWeek: Season
  private readonly shapes: NearestShape[]

  constructor(layout: StateLayout) {
    const means = (lengths: number[]): MovingMeans => new MovingMeans(layout, lengths)
    this.last = layout.take(2)
    this.value = means(LENGTHS)
    this.step = means(LENGTHS)
    this.deviation = means(LENGTHS)
    this.residual = means(LENGTHS)
    this.ofDay = means(SHORT)
    this.ofWeek = means(SHORT)
    this.relativeOfDay = means(SHORT)
    this.relativeOfWeek = means(SHORT)
    this.activity = means(SHORT)
    this.unusualActivity = means(SHORT)
    this.day = new Season(layout, DAY, HOUR_MS / 2)
    this.week = new Season(layout, WEEK, HOUR_MS)
    this.activeWeek = new Season(layout, WEEK, HOUR_MS)
    this.shapes = SHAPE_PARTS.map((part) => new NearestShape(layout, part))
  }

  /** Logarithm of the time since the last finite value; 0 before there is one and at times that do not advance. */
  silence(state: Float64Array, time: EpochMs): number {
    return state[this.last] === 0 ? 0 : Math.log1p(Math.max(0, time - (state[this.last + 1] as number)) / 1000)
  }

  measure(state: Float64Array, time: EpochMs, value: number): void {
    this.at = 0
    const first = state[this.last] === 0
    const step = first ? 0 : value - this.value.back(state, 0)
    const silence = this.silence(state, time)
    this.value.add(state, value)
    this.step.add(state, Math.abs(step))
    this.deviation.add(state, Math.abs(value - this.value.mean(state, SIXTEEN)))
    this.putLevels(state)
    this.putSpread(state)
    this.putSeason(state, time, value)
    this.putActivity(state, time, Math.log(Math.abs(step) + 1e-2 * this.step.mean(state, ALL) + 1e-12))
    this.put(silence)
    state[this.last + 1] = first ? time : Math.max(time, state[this.last + 1] as number)
    state[this.last] = 1
  }

  private put(measure: number): void {
    this.now[this.at++] = measure
  }

  private putAll(state: Float64Array, means: MovingMeans): void {
    for (let i = 0; i < SHORT.length; i++) this.put(means.mean(state, i))
  }

  private putLevels(state: Float64Array): void {
    const { value, deviation } = this
    this.putAll(state, value)
    for (let i = 0; i < AGAINST.length; i++) {
      const pair = AGAINST[i] as (typeof AGAINST)[number]
      this.put(value.mean(state, pair[0]) - value.mean(state, pair[1]))
    }
    const least = 1e-3 * deviation.mean(state, ALL) + 1e-9 * Math.abs(value.back(state, 0)) + 1e-12
    for (let i = 0; i < RELATIVE.length; i++) {
      const pair = RELATIVE[i] as (typeof RELATIVE)[number]
      this.put((value.mean(state, pair[0]) - value.mean(state, pair[1])) / (deviation.mean(state, pair[1]) + least))
    }
    for (let i = 0; i < LAGS.length; i++) this.put(value.back(state, 0) - value.back(state, LAGS[i] as number))
    for (let i = 0; i < this.shapes.length; i++) this.put((this.shapes[i] as NearestShape).distance(state, value))
  }

  private putSpread(state: Float64Array): void {
    const { step, deviation } = this
    const leastStep = 1e-3 * step.mean(state, ALL) + 1e-12
    this.put(Math.log(step.mean(state, FOUR) + leastStep))
    this.put(Math.log(step.mean(state, SIXTEEN) + leastStep))
    this.put(Math.log(step.mean(state, SIXTY_FOUR) + leastStep))
    const least = 1e-3 * deviation.mean(state, ALL) + 1e-12
    this.put(Math.log(deviation.mean(state, SIXTEEN) + least))
    this.put(Math.log(deviation.mean(state, SIXTY_FOUR) + least))
  }

  private putSeason(state: Float64Array, time: EpochMs, value: number): void {
    const { day, week } = this
    const dayBin = day.bin(time)
    const weekBin = week.bin(time)
    const usual = this.value.mean(state, ALL)
    const ofDay = value - day.expected(state, dayBin, usual)
    const ofWeek = value - week.expected(state, weekBin, day.expected(state, dayBin, usual))
    day.learn(state, dayBin, value, ofDay)
    week.learn(state, weekBin, value, ofWeek)
    this.residual.add(state, Math.abs(ofDay))
    const scale = (day.deviation(state, dayBin) + this.residual.mean(state, ALL)) / 2 + 1e-9 * Math.abs(value) + 1e-12
    this.ofDay.add(state, ofDay)
    this.ofWeek.add(state, ofWeek)
    this.relativeOfDay.add(state, ofDay / scale)
    this.relativeOfWeek.add(state, ofWeek / scale)
    this.putAll(state, this.ofDay)
    this.putAll(state, this.ofWeek)
    this.putAll(state, this.relativeOfDay)
    this.putAll(state, this.relativeOfWeek)
  }

  private putActivity(state: Float64Array, time: EpochMs, activity: number): void {
    const bin = this.activeWeek.bin(time)
    const unusual = activity - this.activeWeek.expected(state, bin, this.activity.mean(state, SIXTY_FOUR))
    this.activeWeek.learn(state, bin, activity, unusual)
    this.activity.add(state, activity)
    this.unusualActivity.add(state, unusual)
    this.put(this.unusualActivity.mean(state, SIXTEEN))
    this.put(this.unusualActivity.mean(state, SIXTY_FOUR))
  }
}
