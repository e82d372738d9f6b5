/** What the statistics of a range ask of its values. */

/** @throws RangeError at the first value that is not finite. */
export function requireFinite(values: Float64Array, statistic: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value))
  if (at >= 0)
    throw new RangeError(`${statistic}: value ${at} is ${values[at]}; gaps have to be filled or cut out before`)
}

/** Of finite values, NaN of none. As offsets from the first: a constant is its own mean to the bit. */
export function meanOf(values: Float64Array): number {
  const { length } = values
  const origin = values[0] ?? NaN
  let sum = 0
  // Halves: the distance of two huge values may overflow.
  for (let i = 0; i < length; i++) sum += ((values[i] as number) / 2 - origin / 2) / length
  return origin + 2 * sum
}
