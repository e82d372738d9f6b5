/** Puts series side by side: a k-way merge by time. */
import type { Part } from './parts'
import { ABSENT } from './table'

/** Cells of one block: a thousand series at different times must not fill the memory. */
const BLOCK_CELLS = 1 << 18

/**
 * A row a time; several samples of a series at one time are several rows. Each part brings `width` columns.
 * @param readings whether a cell without a sample is told from a gap
 */
export function* mergeRows(
  parts: readonly Part[],
  width: number,
  readings: boolean,
): Generator<{ readonly rows: number; readonly cells: Float64Array[] }> {
  const capacity = Math.max(1, Math.floor(BLOCK_CELLS / (parts.length * width + 1)))
  const at = new Uint32Array(parts.length)
  const heads = Float64Array.from(parts, ({ times }) => times[0] ?? Infinity)
  for (;;) {
    const columns = Array.from({ length: parts.length * width }, () =>
      new Float64Array(capacity).fill(readings ? ABSENT : NaN),
    )
    const times = new Float64Array(capacity)
    let rows = 0
    for (; rows < capacity; rows++) {
      const time = smallest(heads)
      if (time === Infinity) break
      times[rows] = time
      for (let k = 0; k < parts.length; k++) {
        if (heads[k] !== time) continue
        const part = parts[k] as Part
        const i = at[k] as number
        for (let c = 0; c < width; c++)
          (columns[k * width + c] as Float64Array)[rows] = (part.columns[c] as Float64Array)[i] as number
        heads[k] = part.times[i + 1] ?? Infinity
        at[k] = i + 1
      }
    }
    if (rows > 0) yield { rows, cells: [times, ...columns] }
    if (rows < capacity) return
  }
}

function smallest(heads: Float64Array): number {
  let time = Infinity
  for (let k = 0; k < heads.length; k++) if ((heads[k] as number) < time) time = heads[k] as number
  return time
}
