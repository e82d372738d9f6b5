/** Columns of numbers: typed arrays that grow by doubling and keep their contents, and a search in sorted ones. */

/** A column of at least this length: `from` itself where it has it, else a longer copy, with `fill` behind. */
export function widenDoubles(from: Float64Array, atLeast: number, fill: number): Float64Array {
  if (from.length >= atLeast) return from
  const to = new Float64Array(Math.max(atLeast, from.length * 2, 16)).fill(fill, from.length)
  to.set(from)
  return to
}

/** The same for whole numbers of 32 bits. */
export function widenInts(from: Int32Array, atLeast: number, fill: number): Int32Array {
  if (from.length >= atLeast) return from
  const to = new Int32Array(Math.max(atLeast, from.length * 2, 16)).fill(fill, from.length)
  to.set(from)
  return to
}

/** The first index in [low, length) of a column sorted upwards whose entry is ≥ t; the length where there is none. */
export function lowerBound(column: ArrayLike<number>, low: number, t: number): number {
  let high = column.length
  if (high > low && (column[high - 1] as number) < t) return high
  if (high > low && (column[low] as number) >= t) return low
  while (low < high) {
    const middle = (low + high) >> 1
    if ((column[middle] as number) < t) low = middle + 1
    else high = middle
  }
  return low
}
