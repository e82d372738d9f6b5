/** What an operator asks of the state of a window kind: assign a sample, fire what is due. */
import type { OpenWindow, StateReader, StateWriter, WindowOutput } from '../contracts'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'

/** Keys and series are dense indices here; the operator owns the ids. */
export interface Panes {
  /** Per key: the watermark at which something is to be done next; +∞ where nothing is. */
  due: Float64Array
  addKey(key: number): void
  /** A sample (NaN: a gap) of series `series` with the key's watermark before it. */
  add(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void
  /** Does what is due at `due[key]` ≤ watermark, and sets the next. */
  fire(key: number, watermark: EpochMs): void
  /** Where keys are due at the same time: what orders them before their texts. */
  order?(key: number): number
  open(key: number): OpenWindow | null
  write(key: number, to: StateWriter): void
  read(key: number, from: StateReader): void
}

/** What panes tell about: the operator in front of the output of the moment. */
export interface PaneContext {
  readonly pipeline: string
  readonly allowedLateness: DurationMs
  out: WindowOutput
  keyId(key: number): number
  seriesId(series: number): SeriesId
}
