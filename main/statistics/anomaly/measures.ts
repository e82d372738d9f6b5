/** What is watched of a series: many weak measures of its level, changes, spread, season, shape and silence. */
import type { EpochMs } from '../../../shared/model/time'
import type { StateBlock } from './block'
import { MovingMeans } from './moving-means'
import { NearestShape } from './nearest-shape'
import { Season } from './season'

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

/** A finite value at a time gives the values of all measures; sees each sample once. */
export class Measures {
  /** Values of the measures of the last sample. */
  readonly now = new Float64Array(MEASURE_REASONS.length)
  private at = 0
  private readonly last: Float64Array
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

  constructor(block: StateBlock) {
    const means = (lengths: number[]): MovingMeans => new MovingMeans(block, lengths)
    this.last = block.take(2)
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
    this.day = new Season(block, DAY, HOUR_MS / 2)
    this.week = new Season(block, WEEK, HOUR_MS)
    this.activeWeek = new Season(block, WEEK, HOUR_MS)
    this.shapes = SHAPE_PARTS.map((part) => new NearestShape(block, part))
  }

  static readonly size =
    2 +
    4 * MovingMeans.size(LENGTHS) +
    6 * MovingMeans.size(SHORT) +
    Season.size(DAY) +
    2 * Season.size(WEEK) +
    SHAPE_PARTS.length * NearestShape.size

  /** Logarithm of the time since the last finite value; 0 before there is one and at times that do not advance. */
  silence(time: EpochMs): number {
    return this.last[0] === 0 ? 0 : Math.log1p(Math.max(0, time - (this.last[1] as number)) / 1000)
  }

  measure(time: EpochMs, value: number): void {
    this.at = 0
    const first = this.last[0] === 0
    const step = first ? 0 : value - this.value.back(0)
    const silence = this.silence(time)
    this.value.add(value)
    this.step.add(Math.abs(step))
    this.deviation.add(Math.abs(value - this.value.mean(SIXTEEN)))
    this.day.seek(time)
    this.week.seek(time)
    this.activeWeek.seek(time)
    this.putLevels()
    this.putSpread()
    this.putSeason(value)
    this.putActivity(Math.log(Math.abs(step) + 1e-2 * this.step.mean(ALL) + 1e-12))
    this.put(silence)
    this.last[1] = first ? time : Math.max(time, this.last[1] as number)
    this.last[0] = 1
  }

  private put(measure: number): void {
    this.now[this.at++] = measure
  }

  private putAll(means: MovingMeans): void {
    for (let i = 0; i < SHORT.length; i++) this.put(means.mean(i))
  }

  private putLevels(): void {
    const { value, deviation } = this
    this.putAll(value)
    for (let i = 0; i < AGAINST.length; i++) {
      const pair = AGAINST[i] as (typeof AGAINST)[number]
      this.put(value.mean(pair[0]) - value.mean(pair[1]))
    }
    const least = 1e-3 * deviation.mean(ALL) + 1e-9 * Math.abs(value.back(0)) + 1e-12
    for (let i = 0; i < RELATIVE.length; i++) {
      const pair = RELATIVE[i] as (typeof RELATIVE)[number]
      this.put((value.mean(pair[0]) - value.mean(pair[1])) / (deviation.mean(pair[1]) + least))
    }
    for (let i = 0; i < LAGS.length; i++) this.put(value.back(0) - value.back(LAGS[i] as number))
    for (let i = 0; i < this.shapes.length; i++) this.put((this.shapes[i] as NearestShape).distance(value))
  }

  private putSpread(): void {
    const { step, deviation } = this
    const leastStep = 1e-3 * step.mean(ALL) + 1e-12
    this.put(Math.log(step.mean(FOUR) + leastStep))
    this.put(Math.log(step.mean(SIXTEEN) + leastStep))
    this.put(Math.log(step.mean(SIXTY_FOUR) + leastStep))
    const least = 1e-3 * deviation.mean(ALL) + 1e-12
    this.put(Math.log(deviation.mean(SIXTEEN) + least))
    this.put(Math.log(deviation.mean(SIXTY_FOUR) + least))
  }

  private putSeason(value: number): void {
    const { day, week } = this
    const usual = this.value.mean(ALL)
    const ofDay = value - day.expected(usual)
    const ofWeek = value - week.expected(day.expected(usual))
    day.learn(value, ofDay)
    week.learn(value, ofWeek)
    this.residual.add(Math.abs(ofDay))
    const scale = (day.deviation + this.residual.mean(ALL)) / 2 + 1e-9 * Math.abs(value) + 1e-12
    this.ofDay.add(ofDay)
    this.ofWeek.add(ofWeek)
    this.relativeOfDay.add(ofDay / scale)
    this.relativeOfWeek.add(ofWeek / scale)
    this.putAll(this.ofDay)
    this.putAll(this.ofWeek)
    this.putAll(this.relativeOfDay)
    this.putAll(this.relativeOfWeek)
  }

  private putActivity(activity: number): void {
    const unusual = activity - this.activeWeek.expected(this.activity.mean(SIXTY_FOUR))
    this.activeWeek.learn(activity, unusual)
    this.activity.add(activity)
    this.unusualActivity.add(unusual)
    this.put(this.unusualActivity.mean(SIXTEEN))
    this.put(this.unusualActivity.mean(SIXTY_FOUR))
  }
}
