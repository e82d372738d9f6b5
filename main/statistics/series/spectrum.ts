/** How the variance of a range is spread over frequencies. */
import { RealFourier } from './fourier'
import { meanOf, requireFinite } from './ranges'

export interface Spectrum {
  /** In Hz, from 0 to half the rate. */
  readonly frequency: Float64Array
  /** One-sided: in the square of the values' unit per Hz. Its integral is the variance. */
  readonly density: Float64Array
}

/** Hann's window lets less of a strong frequency leak into others; `boxcar` weighs all values the same. */
type SpectrumWindow = 'hann' | 'boxcar'

/**
 * Of all values at once, without their mean: Schuster 1898; scipy's `signal.periodogram(window=window)`.
 *
 * @param values evenly spaced, finite, below 1e140
 * @param rate samples per second, above 0
 * @throws RangeError where a value is not finite
 */
export function periodogram(values: Float64Array, rate: number, window: SpectrumWindow = 'hann'): Spectrum {
  return averaged(values, rate, values.length, window, 'periodogram')
}

/**
 * Mean of the periodograms of segments that overlap by half: Welch, "The use of fast Fourier transform for the
 * estimation of power spectra", 1967; scipy's `signal.welch(nperseg=segment, window=window)`.
 *
 * @param values evenly spaced, finite, below 1e140
 * @param rate samples per second, above 0
 * @param segment samples of a segment; all there are where these are fewer
 * @throws RangeError where a value is not finite
 */
export function welch(values: Float64Array, rate: number, segment = 256, window: SpectrumWindow = 'hann'): Spectrum {
  if (!(Number.isSafeInteger(segment) && segment >= 1))
    throw new RangeError('welch: the segment must be a whole number from 1 on')
  return averaged(values, rate, Math.min(segment, values.length), window, 'welch')
}

function averaged(values: Float64Array, rate: number, length: number, of: SpectrumWindow, name: string): Spectrum {
  requireFinite(values, name)
  if (!(rate > 0)) throw new RangeError(`${name}: the rate must be above 0`)
  if (length === 0) return { frequency: new Float64Array(0), density: new Float64Array(0) }
  const window = windowOf(length, of)
  const fourier = new RealFourier(length)
  const bins = new Float64Array(fourier.length)
  const density = new Float64Array(fourier.length / 2)
  const weighted = new Float64Array(length)
  const overlap = Math.floor(length / 2)
  const step = length - overlap
  const segments = Math.floor((values.length - overlap) / step)
  for (let s = 0; s < segments; s++) {
    const segment = values.subarray(s * step, s * step + length)
    const mean = meanOf(segment)
    for (let i = 0; i < length; i++) weighted[i] = ((segment[i] as number) - mean) * (window[i] as number)
    fourier.of(weighted, bins)
    for (let k = 0; k < density.length; k++) {
      const re = bins[2 * k] as number
      const im = bins[2 * k + 1] as number
      density[k] = (density[k] as number) + re * re + im * im
    }
  }
  let power = 0
  for (let i = 0; i < length; i++) power += (window[i] as number) ** 2
  const scale = 1 / (rate * power * segments)
  for (let k = 0; k < density.length; k++) {
    // Each frequency stands for its negative too, but for 0 and half the rate.
    const sides = k === 0 || 2 * k === length ? 1 : 2
    density[k] = (density[k] as number) * scale * sides
  }
  return { frequency: density.map((_, k) => (k * rate) / length), density }
}

/** Periodic, as for spectra: the value after the last one would be the first. */
function windowOf(length: number, window: SpectrumWindow): Float64Array {
  const all = new Float64Array(length).fill(1)
  if (window === 'boxcar' || length === 1) return all
  return all.map((_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length))
}
