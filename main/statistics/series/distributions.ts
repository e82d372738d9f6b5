/** Tails of the chi-squared and the normal distribution, to about 1e-12 of themselves however small they are. */

/** Lanczos, "A precision approximation of the gamma function", 1964, with g = 7 and nine terms. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const
const G = 7

/** ln Γ(a) for a ≥ 0.5. */
function logGamma(a: number): number {
  const x = a - 1
  let sum: number = LANCZOS[0]
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (x + i)
  const t = x + G + 0.5
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** Q(a, x), the upper incomplete gamma function as a share of Γ(a): DLMF 8.7.1 (series) and 8.9.2 (continued fraction). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1
  if (x === Infinity) return 0
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (a + n)
      sum += term
    }
    return 1 - front * sum
  }
  // Lentz's way from the front of the fraction; b never is 0 for x > a.
  let b = x + 1 - a
  let c = Infinity
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    const step = c * d
    fraction *= step
    if (Math.abs(step - 1) < 1e-16) break
  }
  return front * fraction
}

/** How likely a chi-squared value of so many degrees of freedom is beyond `x`. */
export function chiSquaredTail(x: number, degrees: number): number {
  return upperGamma(degrees / 2, x / 2)
}

/** How likely a standard normal value is further from 0 than `z`, on either side. */
export function normalTails(z: number): number {
  return upperGamma(0.5, (z * z) / 2)
}

/** The z that standard normal values are within, on both sides, with a probability in [0, 1). */
export function normalWithin(probability: number): number {
  if (probability <= 0) return 0
  const outside = 1 - probability
  // Abramowitz, Stegun 26.2.23, to 4.5e-4; then Newton's steps.
  const t = Math.sqrt(-2 * Math.log(outside / 2))
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  for (let i = 0; i < 4; i++)
    z = Math.abs(z + (normalTails(z) - outside) / (2 * Math.exp((-z * z) / 2) * (1 / Math.sqrt(2 * Math.PI))))
  return z
}
