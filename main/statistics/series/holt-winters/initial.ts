/**
 * The states before the first value that leave the least squares: for given parameters every error is linear in them,
 * so that they need no search (Hyndman et al. 2008, section 10.1; a least-squares problem of as many unknowns).
 */
import { pass } from './model'
import type { HoltWintersModel, HoltWintersParameters, HoltWintersState } from './model'

/** A pivot that is no more than this share of its own is rounding: what it stands for is told by others already. */
const SINGULAR = 1e-11

/** For one range and one model; a search asks for many parameters. */
export class InitialStates {
  private readonly start: HoltWintersState
  private readonly period: number
  /** Unknowns: level, trend where there is one, and all parts of the season but the last one, which the level stands for. */
  private readonly unknowns: number
  private readonly hasTrend: boolean
  private readonly errors: Float64Array
  private readonly byLevel: Float64Array
  private readonly byTrend: Float64Array
  private readonly bySeason: Float64Array
  private readonly gram: Float64Array
  private readonly right: Float64Array
  private readonly none: Float64Array

  constructor(
    private readonly values: Float64Array,
    model: HoltWintersModel,
  ) {
    const n = values.length
    this.period = model.period ?? 0
    this.hasTrend = model.trend !== 'none'
    this.unknowns = 1 + (this.hasTrend ? 1 : 0) + Math.max(0, this.period - 1)
    this.start = roughly(values, this.period, this.hasTrend)
    this.errors = new Float64Array(n)
    this.byLevel = new Float64Array(n)
    this.byTrend = new Float64Array(this.hasTrend ? n : 0)
    this.bySeason = new Float64Array(this.period > 0 ? n : 0)
    this.gram = new Float64Array(this.unknowns * this.unknowns)
    this.right = new Float64Array(this.unknowns)
    this.none = new Float64Array(n)
  }

  best(parameters: HoltWintersParameters): HoltWintersState {
    const { start, period, hasTrend, none } = this
    const season = (first: number): Float64Array =>
      Float64Array.from({ length: period }, (_, i) => (i === 0 ? first : 0))
    pass(this.values, parameters, { ...start }, start.season.slice(), this.errors)
    pass(none, parameters, { level: 1, trend: 0 }, season(0), this.byLevel)
    if (hasTrend) pass(none, parameters, { level: 0, trend: 1 }, season(0), this.byTrend)
    if (period > 0) pass(none, parameters, { level: 0, trend: 0 }, season(1), this.bySeason)
    this.equations()
    const moved = solve(this.gram, this.right, this.unknowns)
    const parts = start.season.slice()
    const from = hasTrend ? 2 : 1
    for (let i = 0; i + 1 < period; i++) parts[i] = (parts[i] as number) + (moved[from + i] as number)
    // The season is to be 0 on the mean; the level takes the rest.
    const mean = period === 0 ? 0 : parts.reduce((sum, part) => sum + part / period, 0)
    return {
      level: start.level + (moved[0] as number) + mean,
      trend: start.trend + (hasTrend ? (moved[1] as number) : 0),
      season: parts.map((part) => part - mean),
    }
  }

  /**
   * Normal equations. What a part of the season does to the errors is what the first one does, as many samples later:
   * so their products are sums over one sequence with itself, not over a matrix.
   */
  private equations(): void {
    const { gram, right, unknowns, byLevel, byTrend, bySeason, errors, period, hasTrend } = this
    const n = errors.length
    const from = hasTrend ? 2 : 1
    const set = (row: number, column: number, value: number): void => {
      gram[row * unknowns + column] = gram[column * unknowns + row] = value
    }
    set(0, 0, product(byLevel, byLevel, 0))
    right[0] = -product(errors, byLevel, 0)
    if (hasTrend) {
      set(1, 0, product(byTrend, byLevel, 0))
      set(1, 1, product(byTrend, byTrend, 0))
      right[1] = -product(errors, byTrend, 0)
    }
    for (let part = 0; part + 1 < period; part++) {
      set(from + part, 0, product(byLevel, bySeason, part))
      if (hasTrend) set(from + part, 1, product(byTrend, bySeason, part))
      right[from + part] = -product(errors, bySeason, part)
    }
    for (let apart = 0; apart + 1 < period; apart++) {
      // Of two parts so far apart the later one begins at `later`: the sum ends the earlier, the later it is.
      let sum = 0
      let u = 0
      for (let later = period - 2; later >= apart; later--) {
        for (; u < n - later; u++) sum += (bySeason[u] as number) * (bySeason[u + apart] as number)
        set(from + later, from + later - apart, sum)
      }
    }
  }
}

/** Σ a[t] · b[t − later] */
function product(a: Float64Array, b: Float64Array, later: number): number {
  let sum = 0
  for (let t = later; t < a.length; t++) sum += (a[t] as number) * (b[t - later] as number)
  return sum
}

/** Means of the first periods, or of the first values, without a season. */
function roughly(values: Float64Array, period: number, hasTrend: boolean): HoltWintersState {
  const n = values.length
  const length = period > 0 ? period : Math.max(1, Math.min(10, n >> 1))
  const meanFrom = (from: number): number =>
    values.subarray(from, from + length).reduce((sum, value) => sum + value / length, 0)
  const first = meanFrom(0)
  const trend = hasTrend && n >= 2 * length ? (meanFrom(length) - first) / length : 0
  const middle = (length - 1) / 2
  const season = Float64Array.from({ length: period }, (_, i) => (values[i] as number) - first - trend * (i - middle))
  return { level: first - trend * (middle + 1), trend, season }
}

/** Cholesky; an unknown that others tell already stays 0. The matrix is overwritten. */
function solve(matrix: Float64Array, right: Float64Array, n: number): Float64Array {
  for (let row = 0; row < n; row++) {
    const own = matrix[row * n + row] as number
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column] as number
      for (let k = 0, a = row * n, b = column * n; k < column; k++, a++, b++)
        sum -= (matrix[a] as number) * (matrix[b] as number)
      const root = matrix[column * n + column] as number
      if (column === row) matrix[row * n + row] = sum > SINGULAR * own ? Math.sqrt(sum) : 0
      else matrix[row * n + column] = root === 0 ? 0 : sum / root
    }
  }
  const x = right.slice()
  for (let row = 0; row < n; row++) {
    let sum = x[row] as number
    for (let k = 0; k < row; k++) sum -= (matrix[row * n + k] as number) * (x[k] as number)
    const root = matrix[row * n + row] as number
    x[row] = root === 0 ? 0 : sum / root
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = x[row] as number
    for (let k = row + 1; k < n; k++) sum -= (matrix[k * n + row] as number) * (x[k] as number)
    const root = matrix[row * n + row] as number
    x[row] = root === 0 ? 0 : sum / root
  }
  return x
}
