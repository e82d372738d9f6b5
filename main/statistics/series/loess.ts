/**
 * Locally weighted lines over evenly spaced values: Cleveland, "Robust locally weighted regression and smoothing
 * scatterplots", 1979, with the rules of STL's `est` and `ess` (1990) for its ends.
 */

/** Tricube weights by the distance from the point, in samples, within `reach`. */
function tricube(distance: number, reach: number): number {
  if (distance > 0.999 * reach) return 0
  if (distance <= 0.001 * reach) return 1
  const share = distance / reach
  // Products: powers take ten times as long.
  const weight = 1 - share * share * share
  return weight * weight * weight
}

/** For windows of one length; a point allocates nothing. */
export class Loess {
  /** Within the series all windows weigh the same: by the distance from their middle. */
  private readonly inner: Float64Array
  private readonly weights: Float64Array
  private readonly half: number

  /** @param span values of a window, odd, from 3 on @param longest values of the longest series to come */
  constructor(
    private readonly span: number,
    longest: number,
  ) {
    this.half = (span - 1) / 2
    this.inner = Float64Array.from({ length: this.half + 1 }, (_, distance) => tricube(distance, this.half))
    this.weights = new Float64Array(Math.max(1, Math.min(span, longest)))
  }

  /**
   * Every one of the first `n` values smoothed into `into`, from its place `at` on. `robustness`: a weight of each
   * value, or null. Where no value of a window has any weight the value stays what it is.
   */
  smooth(values: Float64Array, n: number, robustness: Float64Array | null, into: Float64Array, at = 0): void {
    const { span, half } = this
    if (n < 2) {
      into[at] = values[0] as number
      return
    }
    for (let i = 0; i < n; i++) {
      const whole = span >= n
      const left = whole ? 0 : Math.max(0, Math.min(i - half, n - span))
      const right = whole ? n - 1 : left + span - 1
      const smoothed =
        i - left !== half || right - i !== half
          ? this.point(values, n, i, left, right, robustness)
          : robustness === null
            ? this.middle(values, i)
            : this.robustMiddle(values, n, i, robustness)
      into[at + i] = smoothed === smoothed ? smoothed : (values[i] as number)
    }
  }

  /**
   * The line through the values [left, right] of `n`, at `x`, which may lie outside of them; NaN where none of them has
   * any weight.
   */
  point(
    values: Float64Array,
    n: number,
    x: number,
    left: number,
    right: number,
    robustness: Float64Array | null,
  ): number {
    const { weights, span } = this
    const reach = Math.max(x - left, right - x) + (span > n ? Math.floor((span - n) / 2) : 0)
    for (let j = left; j <= right; j++)
      weights[j - left] = tricube(Math.abs(j - x), reach) * (robustness === null ? 1 : (robustness[j] as number))
    return this.line(values, n, x, left, right)
  }

  /** In the middle of a window all weighs the same on both sides: the line is as high as the mean there. */
  private middle(values: Float64Array, x: number): number {
    const { inner, half } = this
    let sum = inner[0] as number
    let total = sum * (values[x] as number)
    for (let d = 1; d <= half; d++) {
      const weight = inner[d] as number
      sum += 2 * weight
      total += weight * ((values[x - d] as number) + (values[x + d] as number))
    }
    return total / sum
  }

  private robustMiddle(values: Float64Array, n: number, x: number, robustness: Float64Array): number {
    const { inner, weights, half } = this
    for (let d = -half; d <= half; d++)
      weights[d + half] = (inner[d < 0 ? -d : d] as number) * (robustness[x + d] as number)
    return this.line(values, n, x, x - half, x + half)
  }

  /** With the weights of the values [left, right] as they have been laid down; a flat line where these hardly spread. */
  private line(values: Float64Array, n: number, x: number, left: number, right: number): number {
    const { weights } = this
    const count = right - left + 1
    let sum = 0
    let first = 0
    let total = 0
    for (let j = 0; j < count; j++) {
      const weight = weights[j] as number
      sum += weight
      first += weight * j
      total += weight * (values[left + j] as number)
    }
    if (!(sum > 0)) return NaN
    const middle = first / sum
    let squares = 0
    let cross = 0
    for (let j = 0; j < count; j++) {
      const leverage = (weights[j] as number) * (j - middle)
      squares += leverage * (j - middle)
      cross += leverage * (values[left + j] as number)
    }
    if (!(Math.sqrt(squares / sum) > 0.001 * (n - 1))) return total / sum
    return total / sum + ((x - left - middle) * cross) / squares
  }
}
