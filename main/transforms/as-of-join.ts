/**
 * As-of join of several series, by event time: the state of one join per key (the values of the labels in which the
 * joined series agree), for an operator that keeps the clocks.
 *
 * A leading sample at t waits until the key's clock says W > t: nothing is expected at or before t any more, so that
 * the result does not depend on how the inputs interleave. It is then joined with the newest sample of every other
 * input in [t − tolerance, t] (ties: the last to arrive); where one has none, there is no joined sample. A leading
 * sample with t < W is joined at once while t ≥ W − allowedLateness, and late afterwards. A gap among the joined makes
 * a gap. Samples of the other inputs are kept while they may still be joined: down to W − allowedLateness − tolerance.
 *
 * As in kdb+ `aj`, with watermarks as in Flink's temporal join.
 */
import type { StateReader, StateWriter, WindowOutput } from '../contracts'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { after } from './after'
import type { Program } from './expression'
import { TimeColumns } from './time-columns'

export interface JoinOptions {
  readonly inputs: number
  readonly tolerance: DurationMs
  readonly allowedLateness: DurationMs
  /** Of the inputs' values, the leading one first. */
  readonly expression: Program
  /** Bit i: the series is input i. Bit 0 is the leading one. */
  inputsOf(series: SeriesId): number
  /** A joined sample of the key's derived series. */
  joined(keyId: number, time: EpochMs, value: number): void
  /** A sample behind the clock was joined: no move of the clock follows that would pass it on. */
  joinedLate(): void
}

/** The operator around the join. */
export interface JoinContext {
  readonly out: WindowOutput
  keyId(key: number): number
  seriesId(series: number): SeriesId
}

const LEADING = 1

interface KeyState {
  /** Leading samples that wait for the clock. */
  readonly waiting: TimeColumns
  /** Of the inputs from the second on. */
  readonly others: readonly TimeColumns[]
}

/** Keys and series are dense indices, times ms since the epoch; NaN is a gap. Only leading samples can be late. */
export class AsOfJoin {
  /** Per key: the watermark at which its first waiting sample is joined; +∞ where none waits. */
  due: Float64Array = new Float64Array(16).fill(Infinity)
  private readonly keys: KeyState[] = []
  private readonly values: Float64Array

  constructor(
    private readonly options: JoinOptions,
    private readonly context: JoinContext,
  ) {
    this.values = new Float64Array(options.inputs)
  }

  addKey(key: number): void {
    if (key >= this.due.length) {
      const wider = new Float64Array(Math.max(key + 1, this.due.length * 2)).fill(Infinity)
      wider.set(this.due)
      this.due = wider
    }
    this.keys[key] = {
      waiting: new TimeColumns(),
      others: Array.from({ length: this.options.inputs - 1 }, () => new TimeColumns()),
    }
  }

  add(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    const { options, context } = this
    const state = this.keys[key] as KeyState
    const id = context.seriesId(series)
    const inputs = options.inputsOf(id)
    const oldest = watermark - options.allowedLateness - options.tolerance
    state.others.forEach((column, i) => {
      if ((inputs & (2 << i)) === 0 || t < oldest) return
      column.dropBefore(oldest)
      column.insert(t, value)
    })
    if (t < watermark) context.out.missed?.(context.keyId(key), t, watermark)
    if ((inputs & LEADING) === 0) return
    if (t >= watermark) {
      state.waiting.insert(t, value)
      this.due[key] = after(state.waiting.firstTime)
    } else if (t >= watermark - options.allowedLateness) {
      this.join(key, state, t, value)
      options.joinedLate()
    } else context.out.late(id, t, value)
  }

  /** Joins what the clock has passed, in the order of time. */
  fire(key: number, watermark: EpochMs): void {
    const { waiting, others } = this.keys[key] as KeyState
    while (waiting.length > 0 && waiting.firstTime < watermark) {
      const time = waiting.firstTime
      const value = waiting.firstValue
      waiting.shift()
      this.join(key, this.keys[key] as KeyState, time, value)
    }
    this.due[key] = waiting.length > 0 ? after(waiting.firstTime) : Infinity
    const oldest = watermark - this.options.allowedLateness - this.options.tolerance
    for (const column of others) column.dropBefore(oldest)
  }

  open(): null {
    return null
  }

  write(key: number, to: StateWriter): void {
    const { waiting, others } = this.keys[key] as KeyState
    waiting.write(to)
    for (const column of others) column.write(to)
  }

  read(key: number, from: StateReader): void {
    const { waiting, others } = this.keys[key] as KeyState
    waiting.read(from)
    for (const column of others) column.read(from)
    this.due[key] = waiting.length > 0 ? after(waiting.firstTime) : Infinity
  }

  private join(key: number, { others }: KeyState, time: EpochMs, value: number): void {
    const { options, values } = this
    values[0] = value
    for (let i = 0; i < others.length; i++) {
      const column = others[i] as TimeColumns
      const at = column.newestAt(time)
      if (at < 0 || time - column.timeAt(at) > options.tolerance) return
      values[i + 1] = column.valueAt(at)
    }
    options.joined(this.context.keyId(key), time, options.expression.run(values))
  }
}
