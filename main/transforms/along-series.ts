/**
 * A figure along each series, by event time: the state of one figure per key, for an operator that keeps the clocks.
 *
 * A reading at t waits until the key's clock says W > t: nothing is expected at or before t any more, so that the figure
 * sees the readings in the order of their times, ties as they came, whatever their disorder. A reading with t < W is
 * late: the figure has gone on. A gap stays a gap and the figure does not see it; a reading for which the figure has
 * nothing to say yet becomes nothing.
 */
import type { Follower, StateReader, StateWriter, WindowOutput } from '../contracts'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import { after } from './after'
import { TimeColumns } from './time-columns'

export interface AlongOptions {
  /** Fresh, for one key. */
  create(): Follower
  /** What a reading of the key became; NaN: a gap. */
  became(keyId: number, time: EpochMs, value: number): void
}

/** The operator around it. */
export interface AlongContext {
  readonly out: WindowOutput
  keyId(key: number): number
  seriesId(series: number): SeriesId
}

/** Keys and series are dense indices, times ms since the epoch; NaN is a gap. */
export class AlongSeries {
  /** Per key: the watermark at which its first waiting reading goes on; +∞ where none waits. */
  due: Float64Array = new Float64Array(16).fill(Infinity)
  private readonly waiting: TimeColumns[] = []
  private readonly figures: Follower[] = []

  constructor(
    private readonly options: AlongOptions,
    private readonly context: AlongContext,
  ) {}

  addKey(key: number): void {
    if (key >= this.due.length) {
      const wider = new Float64Array(Math.max(key + 1, this.due.length * 2)).fill(Infinity)
      wider.set(this.due)
      this.due = wider
    }
    this.waiting[key] = new TimeColumns()
    this.figures[key] = this.options.create()
  }

  add(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    if (t < watermark) return this.context.out.late(this.context.seriesId(series), t, value)
    const waiting = this.waiting[key] as TimeColumns
    waiting.insert(t, value)
    this.due[key] = after(waiting.firstTime)
  }

  /** Takes in what the clock has passed. */
  fire(key: number, watermark: EpochMs): void {
    const waiting = this.waiting[key] as TimeColumns
    const figure = this.figures[key] as Follower
    const id = this.context.keyId(key)
    while (waiting.length > 0 && waiting.firstTime < watermark) {
      const { firstTime: time, firstValue: value } = waiting
      waiting.shift()
      if (value !== value) this.options.became(id, time, NaN)
      else {
        const became = figure.add(time, value)
        if (became === became) this.options.became(id, time, became)
      }
    }
    this.due[key] = waiting.length > 0 ? after(waiting.firstTime) : Infinity
  }

  open(): null {
    return null
  }

  write(key: number, to: StateWriter): void {
    ;(this.waiting[key] as TimeColumns).write(to)
    ;(this.figures[key] as Follower).write(to)
  }

  read(key: number, from: StateReader): void {
    const waiting = this.waiting[key] as TimeColumns
    waiting.read(from)
    ;(this.figures[key] as Follower).read(from)
    this.due[key] = waiting.length > 0 ? after(waiting.firstTime) : Infinity
  }
}
