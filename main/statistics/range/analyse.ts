/** What is asked of a range of readings, by its name. Pure. */
import type { AnalysisReport, AnalysisRequest, SpectrumReport } from '../../../shared/ipc/analysis'
import { quantileOfSorted } from '../percentiles'
import { autocorrelation, detectPeriods, histogram, periodogram, welch } from '../series'
import { anomalies } from './anomalies'
import { decompose } from './decompose'
import { AnalysisError } from './error'
import { evenly, usualStep } from './even'
import { forecast } from './forecast'
import type { Readings } from './gathered'

const MOST_POINTS = 1 << 20
const MOST_LAGS = 20_000
/** Points that are drawn. */
const DRAWN = 2000
const SHORT = 1 << 17
const PEAKS = 5
/** Bins on each side that belong to a peak. */
const BESIDE = 3
const LEAST_SHARE = 0.01
const PERIODS = 3
const NORMAL_95 = 1.96

/**
 * @param readings those of the range; for anomalies of before it too
 * @throws AnalysisError where they do not tell it
 */
export function analyse(readings: Readings, { what, from, period }: Omit<AnalysisRequest, 'job'>): AnalysisReport {
  switch (what) {
    case 'decompose':
      return decompose(readings, period)
    case 'forecast':
      return forecast(readings, period)
    case 'anomalies':
      return anomalies(readings, from)
    case 'spectrum':
      return spectrum(readings)
    case 'autocorrelation':
      return lags(readings)
    case 'figures':
      return figures(readings)
    case 'histogram': {
      const { count, values, averagedOver } = readings
      const { edges, counts } = histogram(values, 'auto')
      if (counts.length === 0) throw new AnalysisError('TOO_FEW', 'no readings in the range')
      return {
        ...{ what, edges, counts, readings: count, step: averagedOver, averaged: averagedOver !== null },
        ...{ filled: false, part: null },
      }
    }
  }
}

/** Short ranges whole, longer ones by the mean of three halves (Welch 1967). */
function spectrum(readings: Readings): SpectrumReport {
  const { values, start: _start, ...basis } = evenly(readings, MOST_POINTS, 8)
  const rate = 1000 / basis.step
  const { frequency, density } =
    values.length <= SHORT ? periodogram(values, rate) : welch(values, rate, powerOfTwo(values.length / 2))
  const width = (frequency[1] as number) - (frequency[0] as number)
  const variance = density.reduce((sum, each, i) => sum + (i === 0 ? 0 : each * width), 0)
  if (!(variance > 0)) throw new AnalysisError('ALL_EQUAL', 'all readings of the range are equal')
  return { ...basis, what: 'spectrum', ...thinned(frequency, density), peaks: peaksOf(frequency, density, variance) }
}

/** The highest with what stands beside it, since a window spreads a swing over its neighbours, then the highest of the rest. */
function peaksOf(frequency: Float64Array, density: Float64Array, variance: number): SpectrumReport['peaks'] {
  const width = (frequency[1] as number) - (frequency[0] as number)
  const left = density.slice()
  left[0] = 0
  const peaks: { period: number; share: number }[] = []
  while (peaks.length < PEAKS) {
    const top = left.reduce((best, each, i) => (each > (left[best] as number) ? i : best), 0)
    const [from, to] = [Math.max(1, top - BESIDE), Math.min(left.length, top + BESIDE + 1)]
    const share = (left.subarray(from, to).reduce((sum, each) => sum + each, 0) * width) / variance
    if (share < LEAST_SHARE) break
    peaks.push({ period: 1000 / (width * (top + offsetOf(density, top))), share })
    left.fill(0, from, to)
  }
  return peaks
}

/** Where the top is between bins, from −1/2 to 1/2: of the parabola through the logarithms of three. */
function offsetOf(density: Float64Array, top: number): number {
  const [a, b, c] = [top - 1, top, top + 1].map((i) => Math.log(density[i] ?? 0)) as [number, number, number]
  const offset = (a - c) / (2 * (a - 2 * b + c))
  return top > 1 && Number.isFinite(offset) ? Math.max(-0.5, Math.min(0.5, offset)) : 0
}

/** Without frequency 0; evenly on a logarithmic axis, where each point stands for the highest around it. */
function thinned(frequency: Float64Array, density: Float64Array): Pick<SpectrumReport, 'frequency' | 'density'> {
  const n = density.length - 1
  if (n <= DRAWN) return { frequency: frequency.slice(1), density: density.slice(1) }
  const kept: number[] = []
  const ratio = Math.log(n) / DRAWN
  for (let i = 1; i <= n;) {
    const end = Math.min(n + 1, Math.max(i + 1, Math.floor(Math.exp(ratio * (Math.floor(Math.log(i) / ratio) + 1)))))
    let highest = i
    for (let k = i; k < end; k++) if ((density[k] as number) > (density[highest] as number)) highest = k
    kept.push(highest)
    i = end
  }
  return {
    frequency: Float64Array.from(kept, (i) => frequency[i] as number),
    density: Float64Array.from(kept, (i) => density[i] as number),
  }
}

function lags(readings: Readings): AnalysisReport {
  const { values, start: _start, ...basis } = evenly(readings, MOST_LAGS, 8)
  const correlation = autocorrelation(values, values.length >> 1)
  if (Number.isNaN(correlation[0])) throw new AnalysisError('ALL_EQUAL', 'all readings of the range are equal')
  return {
    ...basis,
    what: 'autocorrelation',
    lagStep: basis.step,
    correlation,
    bound: NORMAL_95 / Math.sqrt(values.length),
    periods: detectPeriods(values)
      .slice(0, PERIODS)
      .map(({ period, correlation: of }) => ({ period: period * basis.step, correlation: of })),
  }
}

/** In usual steps. */
const GAP = 3

const powerOfTwo = (n: number): number => 2 ** Math.floor(Math.log2(n))

/** Of averaged readings those of the averages. */
function figures({ times, values, count, averagedOver }: Readings): AnalysisReport {
  let mean = 0
  let squares = 0
  values.forEach((value, i) => {
    const delta = value - mean
    mean += delta / (i + 1)
    squares += delta * (value - mean)
  })
  const longest = GAP * usualStep(times)
  let gaps = 0
  for (let i = 1; i < times.length; i++) if ((times[i] as number) - (times[i - 1] as number) > longest) gaps += 1
  return {
    ...{ what: 'figures', readings: count, step: averagedOver, averaged: averagedOver !== null },
    ...{ filled: false, part: null, gaps },
    stddev: values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1)),
    p95: values.length === 0 ? NaN : quantileOfSorted(values.slice().sort(), 0.95),
  }
}
