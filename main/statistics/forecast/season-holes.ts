/** Of means of the parts of a season: one of them, or what lies on the line between its known neighbours around the season. */
export function between(means: Float64Array, part: number): number {
  const own = means[part] as number
  if (!Number.isNaN(own)) return own
  const { length } = means
  let [back, on] = [1, 1]
  while (Number.isNaN(means[(part - back + length) % length])) back++
  while (Number.isNaN(means[(part + on) % length])) on++
  const [before, after] = [means[(part - back + length) % length] as number, means[(part + on) % length] as number]
  return before + ((after - before) * back) / (back + on)
}
