/** How alike a range is to itself some samples later. */
import { RealFourier } from './fourier'
import { meanOf } from './ranges'

/**
 * r(k) = Σ (x[t] − x̄)(x[t+k] − x̄) / Σ (x[t] − x̄)², all pairs over the same sum (Box, Jenkins, "Time Series Analysis",
 * 1970; statsmodels' `acf(adjusted=False, missing='conservative')`), from the spectrum (Wiener–Khinchin).
 *
 * @param values evenly spaced; those that are not finite are gaps, whose pairs drop out
 * @param maxLag in samples; at most n − 1, which is the default
 * @returns maxLag + 1 numbers in [−1, 1], 1 at lag 0; NaN where all values are equal, or there is none
 */
export function autocorrelation(values: Float64Array, maxLag = values.length - 1): Float64Array {
  const n = values.length
  const lags = Math.max(-1, Math.min(maxLag, n - 1))
  const centred = centre(values)
  if (centred === null) return new Float64Array(lags + 1).fill(NaN)
  let size = 2
  while (size < n + lags) size *= 2
  const padded = new Float64Array(size)
  padded.set(centred)
  const fourier = new RealFourier(size)
  const bins = new Float64Array(fourier.length)
  fourier.of(padded, bins)
  // The power is real and even, and so the transform of it, up to a factor, is the inverse one.
  for (let k = 0; k <= size / 2; k++) {
    const re = bins[2 * k] as number
    const im = bins[2 * k + 1] as number
    padded[k] = padded[(size - k) % size] = re * re + im * im
  }
  fourier.of(padded, bins)
  const whole = bins[0] as number
  return Float64Array.from({ length: lags + 1 }, (_, k) => (bins[2 * k] as number) / whole)
}

/** Deviations from the mean, 0 at gaps, as shares of the largest; null where there are none. */
function centre(values: Float64Array): Float64Array | null {
  const mean = meanOf(values.filter(Number.isFinite))
  let largest = 0
  const centred = values.map((value) => {
    // Halves: the distance of two huge values may overflow.
    const deviation = Number.isFinite(value) ? value / 2 - mean / 2 : 0
    largest = Math.max(largest, Math.abs(deviation))
    return deviation
  })
  return largest > 0 ? centred.map((deviation) => deviation / largest) : null
}
