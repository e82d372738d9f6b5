/** Points of an even grid as a frame of a chart. Pure. */
import type { SeriesFrame } from '../../../shared/ipc/engine'

export function gridFrame(
  id: number,
  { start, step }: { readonly start: number; readonly step: number },
  values: Float64Array,
): SeriesFrame {
  const points = new Float64Array(values.length * 2)
  values.forEach((value, i) => {
    points[2 * i] = start + i * step
    points[2 * i + 1] = value
  })
  const figures = { count: values.length, min: NaN, max: NaN, mean: NaN, last: null, stale: false }
  return { id, points, windows: new Float64Array(0), provisional: null, ...figures }
}
