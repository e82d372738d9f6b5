/** Trend, season and residual of a range. */
import type { DecomposeReport } from '../../../shared/ipc/analysis'
import type { DurationMs } from '../../../shared/model/time'
import { ljungBox, runsTest, stl } from '../series'
import { AnalysisError } from './error'
import { evenly } from './even'
import type { Even } from './even'
import type { Readings } from './gathered'
import { periodOf } from './season'

const MOST = 20_000
/** Points of a period: more tell no more of its shape, and cost time. */
const MOST_OF_PERIOD = 288
/** Cycles from which on the season may change from one to the next. */
const SETTLED = 8

/**
 * STL (Cleveland, Cleveland, McRae, Terpenning 1990), robust where there are enough cycles, so that what is unusual stays in the residual. Strengths:
 * 1 − var(residual) / var(residual + part), not below 0 (Wang, Smith, Hyndman 2006).
 * @throws AnalysisError where nothing repeats itself, or less than two periods are in the range
 */
export function decompose(readings: Readings, given: DurationMs | null): DecomposeReport {
  const fine = evenly(readings, MOST, 8)
  const period = periodOf(fine, given)
  if (period === null) throw noPeriod()
  const { grid, length } = gridOf(readings, fine, period)
  const { values, ...basis } = grid
  if (values.length < 2 * length)
    throw new AnalysisError('TOO_FEW', 'the range holds less than two periods; choose a longer range')
  const cycles = values.length / length
  // A season that follows each of few cycles would take in all that is unusual in them, and where a line through three
  // points leaves one out, the other two are met exactly.
  const few = cycles < SETTLED
  const { trend, season, residual } = stl(values, {
    period: length,
    robust: !few,
    ...(few ? { seasonal: 20 * SETTLED + 1 } : {}),
  })
  return {
    ...basis,
    what: 'decompose',
    period,
    ...{ trend, season, residual },
    trendStrength: strength(trend, residual),
    seasonStrength: strength(season, residual),
    ljungBox: ljungBox(residual).p,
    runs: runsTest(residual).p,
  }
}

/** A grid of which a period is a whole number of steps, at least two. */
export function gridOf(readings: Readings, fine: Even, period: DurationMs): { grid: Even; length: number } {
  const length = Math.min(Math.round(period / fine.step), MOST_OF_PERIOD)
  if (length < 2) throw noPeriod()
  return { grid: evenly(readings, MOST, 2, period / length), length }
}

const noPeriod = (): AnalysisError =>
  new AnalysisError(
    'NO_PERIOD',
    'nothing in the range repeats itself clearly; give the period, or choose a longer range',
  )

function strength(part: Float64Array, residual: Float64Array): number {
  const both = variance(part.map((value, i) => value + (residual[i] as number)))
  return both === 0 ? 0 : Math.max(0, 1 - variance(residual) / both)
}

function variance(values: Float64Array): number {
  let mean = 0
  let squares = 0
  values.forEach((value, i) => {
    const delta = value - mean
    mean += delta / (i + 1)
    squares += delta * (value - mean)
  })
  return squares / values.length
}
