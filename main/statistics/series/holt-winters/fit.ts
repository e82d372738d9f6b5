/** Parameters that leave the least squares, and the states before the first value that belong to them. */
import { meanOf, requireFinite } from '../ranges'
import { InitialStates } from './initial'
import { pass, smooth } from './model'
import type { HoltWintersFit, HoltWintersModel, HoltWintersParameters } from './model'
import { minimise } from './nelder-mead'

const LEAST_DAMPING = 0.8
const MOST_DAMPING = 0.995
/** Where searches begin: one at each level, with what goes best with it. */
const STARTS = {
  level: [0.05, 0.3, 0.6, 0.95],
  trend: [0.05, 0.4, 0.95],
  season: [0.1, 0.5],
  damping: [0.2, 0.8],
} as const
/** Shares of the squares to which searches go, and the best of them goes on. */
const ROUGHLY = 1e-3
const FINALLY = 1e-8

/**
 * Takes about a second for a year of hours with a period of a day.
 *
 * @param values evenly spaced, finite; at least two periods, and more than there are numbers to fit; from 1e150 on
 * their squares, and with them the intervals, are infinite
 * @throws RangeError where a value is not finite or there are too few
 */
export function fitHoltWinters(values: Float64Array, model: HoltWintersModel): HoltWintersFit {
  requireFinite(values, 'Holt–Winters')
  const { period, trend } = model
  if (period !== null && !(Number.isSafeInteger(period) && period >= 2))
    throw new RangeError('Holt–Winters: the period must be a whole number from 2 on')
  const free = freeOf(model)
  const estimated = free.length + 1 + (trend === 'none' ? 0 : 1) + (period === null ? 0 : period - 1)
  const least = Math.max(estimated + 1, 2 * (period ?? 0))
  if (values.length < least)
    throw new RangeError(`Holt–Winters: ${values.length} values are fewer than the ${least} that it takes`)
  // In units of the largest distance, as halves: neither do huge values overflow, nor do squares of tiny ones vanish.
  const level = meanOf(values)
  const half = values.reduce((most, value) => Math.max(most, Math.abs(value / 2 - level / 2)), 0)
  if (half === 0) return flat(values, level, period ?? 0, estimated)
  const shares = values.map((value) => (value / 2 - level / 2) / half)
  const found = search(shares, model, free)
  const initial = new InitialStates(shares, model).best(found)
  const state = {
    level: initial.level * half * 2 + level,
    trend: initial.trend * half * 2,
    season: initial.season.map((part) => part * half * 2),
  }
  return smooth(values, found, state, estimated)
}

type Name = keyof HoltWintersParameters

function freeOf({ trend, period }: HoltWintersModel): Name[] {
  return [
    'level',
    ...(trend === 'none' ? [] : (['trend'] as const)),
    ...(period === null ? [] : (['season'] as const)),
    ...(trend === 'damped' ? (['damping'] as const) : []),
  ]
}

function search(values: Float64Array, model: HoltWintersModel, free: readonly Name[]): HoltWintersParameters {
  const states = new InitialStates(values, model)
  const errors = new Float64Array(values.length)
  const squares = (at: Float64Array): number => {
    const parameters = parametersAt(at, free)
    const { level, trend, season } = states.best(parameters)
    const sum = pass(values, parameters, { level, trend }, season, errors)
    return Number.isFinite(sum) ? sum : Infinity
  }
  const startAt = (level: number): Float64Array => {
    let starts = [[level]]
    for (const name of free.slice(1)) starts = starts.flatMap((start) => STARTS[name].map((value) => [...start, value]))
    return lowest(starts.map((start) => Float64Array.from(start)).map((at) => ({ at, value: squares(at) }))).at
  }
  const found = lowest(STARTS.level.map((level) => minimise(squares, startAt(level), ROUGHLY)))
  const best = minimise(squares, found.at, FINALLY)
  return parametersAt(best.at, free)
}

function lowest<T extends { readonly value: number }>(all: readonly T[]): T {
  return all.reduce((least, one) => (one.value < least.value ? one : least))
}

/** From numbers in [0, 1], one for each that is free. */
function parametersAt(at: Float64Array, free: readonly Name[]): HoltWintersParameters {
  const of = (name: Name): number => at[free.indexOf(name)] ?? 0
  const level = of('level')
  const damping = free.includes('damping') ? LEAST_DAMPING + of('damping') * (MOST_DAMPING - LEAST_DAMPING) : 1
  return { level, trend: of('trend'), season: of('season') * (1 - level), damping }
}

/** All values are equal. */
function flat(values: Float64Array, level: number, period: number, estimated: number): HoltWintersFit {
  const parameters = { level: 0, trend: 0, season: 0, damping: 1 }
  return smooth(values, parameters, { level, trend: 0, season: new Float64Array(period) }, estimated)
}
