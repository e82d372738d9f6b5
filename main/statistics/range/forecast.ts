/** What comes next after a range. */
import type { ForecastReport } from '../../../shared/ipc/analysis'
import type { DurationMs } from '../../../shared/model/time'
import { fitHoltWinters, forecastHoltWinters } from '../series'
import { gridOf } from './decompose'
import { evenly } from './even'
import type { Even } from './even'
import type { Readings } from './gathered'
import { periodOf } from './season'

/** The search for parameters goes over all points hundreds of times. */
const MOST = 4000
const MOST_OF_PERIOD = 96
const COVERAGE = 0.95
/** Without a season: as long as so much of the range. */
const AHEAD = 0.2
/** Points beyond two periods: fewer than the numbers that are fitted tell nothing. */
const LEARNED = 8

/**
 * Holt–Winters, additive, with a damped trend, fitted to the range (Hyndman, Koehler, Ord, Snyder 2008); without a
 * season where none is given and none is found.
 * @throws AnalysisError where there are too few readings
 */
export function forecast(readings: Readings, given: DurationMs | null): ForecastReport {
  const fine = evenly(readings, MOST, 12)
  const found = periodOf(fine, given)
  const seasonal = found === null ? null : seasonalGrid(readings, fine, found)
  const { values, ...basis } = seasonal?.grid ?? fine
  const period = seasonal?.length ?? null
  const fit = fitHoltWinters(values, { trend: 'damped', period })
  const horizon = Math.max(1, Math.round(values.length * AHEAD), Math.min(period ?? 0, values.length >> 1))
  const { mean, low, high } = forecastHoltWinters(fit, horizon, COVERAGE)
  return {
    ...basis,
    what: 'forecast',
    period: period === null ? null : found,
    ...{ seen: values, fitted: fit.fitted, mean, low, high },
    coverage: COVERAGE,
    error: Math.sqrt(fit.squares / values.length),
  }
}

/** The last points of it; null where the range holds less than two periods. */
function seasonalGrid(readings: Readings, fine: Even, period: DurationMs): ReturnType<typeof gridOf> | null {
  const step = Math.max(fine.step, period / MOST_OF_PERIOD)
  const { grid, length } = gridOf(readings, { ...fine, step }, period)
  if (grid.values.length < 2 * length + LEARNED) return null
  const more = grid.values.length - MOST
  if (more <= 0) return { grid, length }
  const start = grid.start + more * grid.step
  const end = grid.start + (grid.values.length - 1) * grid.step
  return { grid: { ...grid, start, part: [start, end], values: grid.values.slice(more) }, length }
}
