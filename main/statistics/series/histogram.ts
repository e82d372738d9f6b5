/** How often values are where. */
import { quantileOfSorted } from '../percentiles'

export interface Histogram {
  /** One more than counts, ascending; bin i is [edges[i], edges[i + 1]), the last one with its end. */
  readonly edges: Float64Array
  readonly counts: Float64Array
}

/**
 * A number of bins between the least and the largest value; a width, by whose multiples they are cut; or `auto`: as wide
 * as Freedman and Diaconis (1981) or Sturges (1926) say, whoever says less.
 */
export type HistogramBins = { readonly count: number } | { readonly width: number } | 'auto'

/** More cannot be drawn, and would hardly hold a value each. */
const MOST_BINS = 100_000

/**
 * numpy's `histogram`, and for `width` over edges at its multiples.
 *
 * @param values in any order; those that are not finite are left out
 * @returns of no values no bins; of equal values bins over one half on both sides of them, as numpy has it
 * @throws RangeError where there would be no bin, more than 100,000, or some narrower than numbers can be
 */
export function histogram(values: Float64Array, bins: HistogramBins): Histogram {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return { edges: new Float64Array(0), counts: new Float64Array(0) }
  let low = Infinity
  let high = -Infinity
  for (const value of finite) {
    if (value < low) low = value
    if (value > high) high = value
  }
  const edges = edgesOf(finite, bins, low, high)
  for (let i = 1; i < edges.length; i++)
    if (!((edges[i - 1] as number) < (edges[i] as number)))
      throw new RangeError(`histogram: between ${low} and ${high} there is no room for ${edges.length - 1} bins`)
  return { edges, counts: countsOf(finite, edges) }
}

function edgesOf(values: Float64Array, bins: HistogramBins, low: number, high: number): Float64Array {
  if (bins !== 'auto' && 'width' in bins) {
    const { width } = bins
    if (!(width > 0)) throw new RangeError('histogram: the width must be above 0')
    // A quotient may have been rounded over a whole number.
    const first = Math.floor(low / width) - (Math.floor(low / width) * width > low ? 1 : 0)
    const last = Math.floor(high / width) + ((Math.floor(high / width) + 1) * width > high ? 1 : 2)
    const count = counted(last - first)
    return Float64Array.from({ length: count + 1 }, (_, i) => (first + i) * width)
  }
  const count = bins === 'auto' ? autoCount(values, low, high) : bins.count
  if (!(Number.isSafeInteger(count) && count >= 1))
    throw new RangeError('histogram: the number of bins must be a whole number from 1 on')
  return linear(low === high ? low - 0.5 : low, low === high ? high + 0.5 : high, counted(count))
}

function counted(count: number): number {
  if (!(count <= MOST_BINS)) throw new RangeError(`histogram: ${count} bins are more than ${MOST_BINS}`)
  return count
}

/** As numpy's linspace, to the bit; where the distance overflows as the sum of two parts. */
function linear(from: number, to: number, count: number): Float64Array {
  const step = (to - from) / count
  const edges = Float64Array.from({ length: count + 1 }, (_, i) =>
    Number.isFinite(step) ? i * step + from : from * (1 - i / count) + to * (i / count),
  )
  edges[count] = to
  return edges
}

/** numpy's `auto`, in which Freedman and Diaconis make no more than twice as many bins as the root of the values. */
function autoCount(values: Float64Array, low: number, high: number): number {
  const range = high - low
  if (!(range > 0 && Number.isFinite(range))) return 1
  const n = values.length
  const sorted = values.slice().sort()
  const freedman = 2 * (quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25)) * n ** (-1 / 3)
  const width = Math.min(Math.max(freedman, range / Math.sqrt(n) / 2), range / (Math.log2(n) + 1))
  return Math.ceil(range / width)
}

/** The bin by the distance from the first edge, put right where rounding took the neighbour's. */
function countsOf(values: Float64Array, edges: Float64Array): Float64Array {
  const count = edges.length - 1
  const counts = new Float64Array(count)
  const from = edges[0] as number
  const to = edges[count] as number
  // Halves: the distance may overflow.
  const range = to / 2 - from / 2
  for (const value of values) {
    let bin = Math.min(count - 1, Math.floor(((value / 2 - from / 2) / range) * count))
    while (bin > 0 && value < (edges[bin] as number)) bin--
    while (bin < count - 1 && value >= (edges[bin + 1] as number)) bin++
    counts[bin] = (counts[bin] as number) + 1
  }
  return counts
}
