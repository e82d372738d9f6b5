/** Typed arrays that grow by doubling and keep their contents. */

export function widenDoubles(from: Float64Array, atLeast: number, fill: number): Float64Array {
  if (from.length >= atLeast) return from
  const to = new Float64Array(Math.max(atLeast, from.length * 2, 16)).fill(fill, from.length)
  to.set(from)
  return to
}

export function widenInts(from: Int32Array, atLeast: number, fill: number): Int32Array {
  if (from.length >= atLeast) return from
  const to = new Int32Array(Math.max(atLeast, from.length * 2, 16)).fill(fill, from.length)
  to.set(from)
  return to
}
