/**
 * Derived samples and their clock: what one operator gives to the next. Results as input are taken once, when their
 * window's state is dropped, at `end − 1 µs`, and their clock is W − allowedLateness; joined samples go to their
 * windows with the join's own clock. In both the clock follows the samples.
 */
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { WindowResult } from '../../shared/model/results'

/** A result is a sample so long before the end of its window. */
export const RESULT_BEFORE_END: DurationMs = 0.001

/** What derived samples go into; its clock moves by `advanceTo` only (`movedBy: 'given'`). */
export interface DerivedTarget {
  /** `source`: one clock, whose members are the keys upstream (or all of them together, the member ''). */
  readonly clock: 'series' | 'source'
  process(samples: SampleBatch): void
  advanceTo(member: SeriesId | string, watermark: EpochMs): void
  end(): void
  /** The earliest watermark at which something happens in the target, or beyond it. */
  nextDue(member: SeriesId | null): EpochMs
}

export interface DerivedOptions {
  /** How far the clock of what is derived is behind that of the operator it comes from. */
  readonly behind: DurationMs
  /** The derived series of a key; the same at every call. */
  seriesOf(key: number): SeriesId
}

export class DerivedInput {
  private readonly samples = new SampleBuffer(16)
  /** Names of the members by key. */
  private readonly names = new Map<number, string>()

  constructor(
    private readonly target: DerivedTarget,
    private readonly options: DerivedOptions,
  ) {}

  /** @param statistic which of the result's values is the sample's */
  result({ key, end, values }: WindowResult, statistic: number): void {
    this.sample(key, end - RESULT_BEFORE_END, values[statistic] as number)
  }

  /** A value beyond the doubles, such as the sum of large ones, is a gap. */
  sample(key: number, time: EpochMs, value: number): void {
    this.samples.push(this.options.seriesOf(key), time, value - value === 0 ? value : NaN, 0)
  }

  /** Samples do not wait for the clock beyond the batch that made them: a snapshot holds none. */
  flush(): void {
    if (this.samples.length === 0) return
    this.target.process(this.samples)
    this.samples.clear()
  }

  /** The clock of a key (null: of all) moved to this watermark, after the samples so far. */
  advance(key: number | null, watermark: EpochMs): void {
    this.flush()
    if (watermark === Infinity && key === null) this.target.end()
    else this.target.advanceTo(this.member(key), watermark - this.options.behind)
  }

  /** The watermark upstream at which something happens here. */
  due(key: number | null): EpochMs {
    const { target, options } = this
    const member = key === null || target.clock === 'source' ? null : options.seriesOf(key)
    return target.nextDue(member) + options.behind
  }

  private member(key: number | null): SeriesId | string {
    if (key === null) return ''
    if (this.target.clock === 'series') return this.options.seriesOf(key)
    let name = this.names.get(key)
    if (name === undefined) this.names.set(key, (name = String(key)))
    return name
  }
}
