/** Nelder, Mead, "A simplex method for function minimization", 1965, within the unit cube. */

const MOST_STEPS = 250

interface Corner {
  readonly at: Float64Array
  readonly value: number
}

/**
 * The lowest point that is found from `start` on.
 *
 * @param f of numbers in [0, 1] @param tolerance it ends when the values at the corners differ by no more than this share
 */
export function minimise(f: (at: Float64Array) => number, start: Float64Array, tolerance: number): Corner {
  const corner = (at: Float64Array): Corner => ({ at, value: f(at) })
  const corners = [corner(start)]
  for (let i = 0; i < start.length; i++) {
    const at = start.slice()
    const own = start[i] as number
    at[i] = own > 0.5 ? own - 0.2 : own + 0.2
    corners.push(corner(at))
  }
  for (let step = 0; step < MOST_STEPS; step++) {
    corners.sort((a, b) => a.value - b.value)
    const best = corners[0] as Corner
    const worst = corners[corners.length - 1] as Corner
    if (worst.value - best.value <= tolerance * Math.abs(best.value)) break
    const centre = start.map((_, i) => {
      let sum = 0
      for (let c = 0; c < corners.length - 1; c++) sum += (corners[c] as Corner).at[i] as number
      return sum / (corners.length - 1)
    })
    const along = (share: number): Corner => corner(between(centre, worst.at, share))
    const reflected = along(-1)
    const second = corners[corners.length - 2] as Corner
    let next = reflected
    if (reflected.value < best.value) {
      const further = along(-2)
      if (further.value < reflected.value) next = further
    } else if (reflected.value >= second.value) {
      next = along(reflected.value < worst.value ? -0.5 : 0.5)
      if (next.value >= Math.min(worst.value, reflected.value)) {
        for (let c = 1; c < corners.length; c++) corners[c] = corner(between(best.at, (corners[c] as Corner).at, 0.5))
        continue
      }
    }
    corners[corners.length - 1] = next
  }
  return corners.reduce((best, one) => (one.value < best.value ? one : best))
}

function between(from: Float64Array, to: Float64Array, share: number): Float64Array {
  return from.map((own, i) => Math.max(0, Math.min(1, own + share * ((to[i] as number) - own))))
}
