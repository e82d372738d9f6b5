/** Closed windows (start, end, value …) as the line of a chart, and the value of the one that a time falls into. Pure. */
import type { EpochMs } from '../../shared/model/time'

export type Pair = readonly [EpochMs, number]

const FIELDS = 3

/**
 * Every window is a step, and the line breaks where one is missing. A window that overlaps the one before is drawn over
 * the stretch by which it reaches further; where it reaches further than its neighbours usually do, one between them is
 * missing. Windows that end at no regular pace (such as those of so many readings) have no such stretch: they are a
 * line through what was known at the end of each.
 */
export function windowLine(windows: Float64Array): Pair[] {
  const line: Pair[] = []
  const overlap = overlapping(windows)
  const pace = overlap ? usualPace(windows) : null
  let lastEnd = NaN
  for (let at = 0; at + 2 < windows.length; at += FIELDS) {
    const end = windows[at + 1] as number
    const value = windows[at + 2] as number
    const start = pace === null ? (windows[at] as number) : end - pace
    const joined = pace === null && overlap ? start <= lastEnd : Math.abs(start - lastEnd) < 1
    if (line.length > 0 && !joined) line.push([lastEnd, NaN])
    if (!overlap || pace !== null) line.push([start, value])
    line.push([end, value])
    lastEnd = end
  }
  return line
}

/** Of the windows that hold the time, the first that closed; null where none does. */
export function windowAt(windows: Float64Array, time: EpochMs): number | null {
  for (let at = 0; at + 2 < windows.length; at += FIELDS)
    if ((windows[at] as number) <= time && time < (windows[at + 1] as number)) return windows[at + 2] as number
  return null
}

function overlapping(windows: Float64Array): boolean {
  for (let at = FIELDS; at < windows.length; at += FIELDS)
    if ((windows[at] as number) < (windows[at - 2] as number)) return true
  return false
}

/** How far one window ends after the one before, where that is the same for most of them. */
function usualPace(windows: Float64Array): number | null {
  const paces: number[] = []
  for (let at = FIELDS; at + 2 < windows.length; at += FIELDS)
    paces.push((windows[at + 1] as number) - (windows[at - 2] as number))
  const middle = [...paces].sort((a, b) => a - b)[paces.length >> 1] as number
  return middle > 0 && paces.filter((pace) => pace === middle).length * 2 > paces.length ? middle : null
}
