/**
 * After how many samples a range repeats itself: peaks of its spectrum, of which the autocorrelation has to have a hill
 * at the same place (Vlachos, Yu, Castelli, "On periodicity detection and structural periodic similarity", 2005). The
 * spectrum knows where to look and is blind for long periods; the autocorrelation is exact and has hills at all multiples.
 */
import { autocorrelation } from './autocorrelation'
import { meanOf, requireFinite } from './ranges'
import { periodogram } from './spectrum'

export interface DetectedPeriod {
  /** In whole samples. */
  readonly period: number
  /** Of the values with those a period later, in (0, 1], without the line through them. */
  readonly correlation: number
}

/** The highest peaks are looked at. */
const CANDIDATES = 20
/** Chance in all frequencies together that noise has a peak so high. */
const FALSE_ALARM = 0.01
/** A longer period, often a multiple, is another one only if its correlation is higher by so many standard errors. */
const CLEARLY = 3
/** Share of a period around it in which the autocorrelation is higher than beside, and how far beside goes. */
const HILL = 1 / 16
const FLANK = 3 / 8
/** What is left of the correlation after a second period, where noise that only swings has lost it. */
const LASTING = 0.5
/** Where a second period does not fit, the correlation has to be as high as this. */
const HIGH = 0.6
/** Peaks of the spectrum may be overtones: these multiples of their period are looked at too. */
const MULTIPLES = 6

/**
 * @param values evenly spaced, finite
 * @returns the periods from 2 to n/2 samples, most telling first; none where there is none, or less than 8 values
 * @throws RangeError where a value is not finite
 */
export function detectPeriods(values: Float64Array): DetectedPeriod[] {
  requireFinite(values, 'periods')
  const n = values.length
  if (n < 8) return []
  const rest = withoutLine(values)
  const r = autocorrelation(rest)
  // Of a line nothing is left but rounding.
  if (!(r[0] === 1)) return []
  const found = new Map<number, DetectedPeriod>()
  for (const bin of peaks(periodogram(rest, 1).density)) {
    const length = 1 / frequencyNear(rest, bin)
    for (let multiple = 1; multiple <= MULTIPLES; multiple++) {
      const period = Math.round(multiple * length)
      if (period < 2 || 2 * period > n || found.has(period) || !isHill(r, period, n)) continue
      found.set(period, { period, correlation: Math.min(1, unbiased(r, period, n)) })
    }
  }
  return inOrder([...found.values()], n)
}

/** Bins, highest first, that are higher than their neighbours and than noise of the height around them would be. */
function peaks(density: Float64Array): number[] {
  const last = density.length - 1
  const factor = -Math.log(1 - (1 - FALSE_ALARM) ** (1 / last))
  const everywhere = usualPower(density, 1, last, 0)
  const all: number[] = []
  for (let k = 2; k <= last; k++) {
    const power = density[k] as number
    if (power < (density[k - 1] as number) || power < (density[k + 1] ?? 0) || power <= factor * everywhere) continue
    // An octave to both sides: most noise is the stronger the slower.
    if (power > factor * usualPower(density, Math.max(1, k >> 1), Math.min(last, Math.max(2 * k, k + 8)), k))
      all.push(k)
  }
  return all.sort((a, b) => (density[b] as number) - (density[a] as number)).slice(0, CANDIDATES)
}

/** Of the bins [from, to], without a peak and its neighbours. Powers of noise are exponential: their median is ln 2 of their mean. */
function usualPower(density: Float64Array, from: number, to: number, peak: number): number {
  const around = density.slice(from, to + 1).filter((_, i) => peak === 0 || Math.abs(from + i - peak) > 1)
  return (around.sort()[around.length >> 1] ?? 0) / Math.LN2
}

/** Between bins: where the power, with Hann's window, is highest near one. In cycles per sample. */
function frequencyNear(values: Float64Array, bin: number): number {
  const n = values.length
  const weighted = values.map((value, i) => value * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n)))
  let [low, high] = [(bin - 1) / n, Math.min(0.5, (bin + 1) / n)]
  // Golden section: the power has one hill as wide as the window's main lobe.
  const golden = (Math.sqrt(5) - 1) / 2
  let left = high - golden * (high - low)
  let right = low + golden * (high - low)
  let [atLeft, atRight] = [power(weighted, left), power(weighted, right)]
  while (high - low > 1e-3 / n) {
    if (atLeft > atRight) {
      high = right
      right = left
      atRight = atLeft
      left = high - golden * (high - low)
      atLeft = power(weighted, left)
    } else {
      low = left
      left = right
      atLeft = atRight
      right = low + golden * (high - low)
      atRight = power(weighted, right)
    }
  }
  return (low + high) / 2
}

/** Of one frequency: Goertzel, "An algorithm for the evaluation of finite trigonometric series", 1958. */
function power(values: Float64Array, frequency: number): number {
  const turn = 2 * Math.cos(2 * Math.PI * frequency)
  let before = 0
  let last = 0
  for (let i = 0; i < values.length; i++) {
    const next = (values[i] as number) + turn * last - before
    before = last
    last = next
  }
  return last * last + before * before - turn * last * before
}

/** The autocorrelation is beyond chance, on the whole higher at the period than on both sides, and lasts. */
function isHill(r: Float64Array, period: number, n: number): boolean {
  const near = Math.floor(period * HILL)
  const far = Math.max(near + 1, Math.floor(period * FLANK))
  const chance = 2 / Math.sqrt(n)
  const top = mean(r, period - near, period + near)
  const flank = Math.max(mean(r, period - far, period - near - 1), mean(r, period + near + 1, period + far))
  const correlation = unbiased(r, period, n)
  const lasts = 3 * period > n ? correlation > HIGH : unbiased(r, 2 * period, n) > LASTING * correlation
  return (r[period] as number) > chance && top - flank > chance && lasts
}

/** As many pairs as there are, not as there are values. */
function unbiased(r: Float64Array, lag: number, n: number): number {
  return ((r[lag] as number) * n) / (n - lag)
}

function mean(r: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let k = from; k <= to; k++) sum += r[Math.min(k, r.length - 1)] as number
  return sum / (to - from + 1)
}

/** Without what is about the same as a shorter one, or as a multiple of it. */
function inOrder(found: DetectedPeriod[], n: number): DetectedPeriod[] {
  const kept: DetectedPeriod[] = []
  let first: DetectedPeriod | undefined
  for (const one of found.sort((a, b) => a.period - b.period)) {
    const clearly = (other: DetectedPeriod): boolean =>
      one.correlation > other.correlation + (CLEARLY * (1 - other.correlation ** 2)) / Math.sqrt(n)
    if (kept.some((other) => isMultiple(one.period, other.period) && !clearly(other))) continue
    kept.push(one)
    if (first === undefined || clearly(first)) first = one
  }
  return kept.sort((a, b) => Number(b === first) - Number(a === first) || b.correlation - a.correlation)
}

/** Also once; each period may be half a sample off. */
function isMultiple(period: number, of: number): boolean {
  const times = Math.round(period / of)
  return Math.abs(period - times * of) <= Math.max(1, times / 2 + 0.02 * of)
}

/** Least squares; what is not more than rounding is 0. */
function withoutLine(values: Float64Array): Float64Array {
  const n = values.length
  const level = meanOf(values)
  const middle = (n - 1) / 2
  // As shares of the largest: squares of huge values would overflow.
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value / 2 - level / 2)), 0)
  if (!(largest > 0)) return new Float64Array(n)
  const shares = values.map((value) => (value / 2 - level / 2) / largest)
  let cross = 0
  for (let i = 0; i < n; i++) cross += (i - middle) * (shares[i] as number)
  const slope = cross / ((n * (n * n - 1)) / 12)
  const rest = shares.map((share, i) => share - slope * (i - middle))
  return rest.every((value) => Math.abs(value) < 1e-12) ? new Float64Array(n) : rest
}
