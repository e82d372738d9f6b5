/** A small line with a soft area under it, on a canvas of its own: a thousand of them must be cheap. */
import type { EpochMs } from '../../shared/model/time'

export interface SparklineInput {
  readonly points: Float64Array
  readonly from: EpochMs
  readonly to: EpochMs
  readonly width: number
  readonly height: number
  readonly colour: string
  readonly faded: boolean
}

/** What of a 2D context is used. */
export type SparklineContext = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'stroke'
  | 'fill'
  | 'clearRect'
  | 'strokeStyle'
  | 'fillStyle'
  | 'lineWidth'
  | 'globalAlpha'
  | 'lineJoin'
>

/** Unbroken stretches of pixel positions x, y, x, y …; a NaN ends one. */
export function sparklineRuns(input: SparklineInput): number[][] {
  const { points, from, to, width, height } = input
  let low = Infinity
  let high = -Infinity
  for (let at = 0; at + 1 < points.length; at += 2) {
    const value = points[at + 1] as number
    if (!Number.isFinite(value) || (points[at] as number) < from) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  const span = high - low || 1
  const base = high === low ? 0.5 : 0
  const runs: number[][] = []
  let run: number[] = []
  for (let at = 0; at + 1 < points.length; at += 2) {
    const time = points[at] as number
    const value = points[at + 1] as number
    if (!Number.isFinite(value) || time < from || time > to) {
      if (run.length > 0) runs.push(run)
      run = []
    } else {
      run.push(((time - from) / (to - from)) * width, height - 2 - ((value - low) / span + base) * (height - 6))
    }
  }
  if (run.length > 0) runs.push(run)
  return runs
}

export function drawSparkline(context: SparklineContext, input: SparklineInput): void {
  context.clearRect(0, 0, input.width, input.height)
  context.lineJoin = 'round'
  const strength = input.faded ? 0.5 : 1
  for (const run of sparklineRuns(input)) {
    trace(context, run)
    context.lineTo(run[run.length - 2] as number, input.height)
    context.lineTo(run[0] as number, input.height)
    context.closePath()
    context.globalAlpha = 0.11 * strength
    context.fillStyle = input.colour
    context.fill()
    trace(context, run)
    // A lone reading is a dot, not nothing.
    if (run.length === 2) context.lineTo((run[0] as number) + 1.5, run[1] as number)
    context.globalAlpha = strength
    context.strokeStyle = input.colour
    context.lineWidth = 1.5
    context.stroke()
  }
}

function trace(context: SparklineContext, run: readonly number[]): void {
  context.beginPath()
  context.moveTo(run[0] as number, run[1] as number)
  for (let at = 2; at < run.length; at += 2) context.lineTo(run[at] as number, run[at + 1] as number)
}
