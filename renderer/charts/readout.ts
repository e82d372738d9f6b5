/** What the chart says at a time: the nearest raw point and the window that holds it. Pure. */
import type { SeriesFrame } from '../../shared/ipc/engine'
import type { EpochMs } from '../../shared/model/time'
import { windowAt } from './windowLine'

export interface Readout {
  readonly time: EpochMs
  /** Null in a gap. */
  readonly raw: number | null
  readonly mean: number | null
}

/** @param reach how far the nearest point may lie from the time, ms: a few pixels. */
export function readoutAt(frame: SeriesFrame, time: EpochMs, reach: number): Readout {
  const at = nearest(frame.points, time)
  const pointTime = frame.points[at * 2]
  const value = frame.points[at * 2 + 1]
  const near =
    pointTime !== undefined && value !== undefined && Number.isFinite(value) && Math.abs(pointTime - time) <= reach
  return { time: near ? pointTime : time, raw: near ? value : null, mean: windowOf(frame, time) }
}

/** The last reading of what is drawn, or null. While the view is paused it stands where the newest one stands live. */
export function lastDrawn(frame: SeriesFrame): number | null {
  for (let at = frame.points.length - 1; at > 0; at -= 2) {
    const value = frame.points[at] as number
    if (Number.isFinite(value)) return value
  }
  return null
}

/** Index of the pair whose time is nearest; the points are in time order. */
function nearest(points: Float64Array, time: EpochMs): number {
  let low = 0
  let high = points.length / 2 - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle * 2] as number) < time) low = middle + 1
    else high = middle
  }
  const before = points[(low - 1) * 2]
  return before !== undefined && time - before < (points[low * 2] as number) - time ? low - 1 : low
}

function windowOf({ windows, provisional }: SeriesFrame, time: EpochMs): number | null {
  const closed = windowAt(windows, time)
  if (closed !== null) return closed
  return provisional && provisional[0] <= time && time < provisional[1] ? provisional[2] : null
}
