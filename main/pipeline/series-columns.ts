/** Stored samples in columns by series, and their statistics by bucket as they are read on. */
import type { RangeQuery, Reading, SampleSpan, WindowFrame } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { createAccumulators } from '../statistics'

/** Where stored samples come from: the store of the engine, or a file that is only read. */
export interface StoredSamples {
  /** Each series in event time, ties in the order of arrival. */
  samples(query: RangeQuery): AsyncIterable<SampleBatch>
  spans(query: RangeQuery): Promise<readonly SampleSpan[]>
}

export interface TimeOrder {
  readonly times: Float64Array
  /** NaN: a gap. */
  readonly values: Float64Array
}

export const NO_SAMPLES: TimeOrder = { times: new Float64Array(0), values: new Float64Array(0) }

/** Each series of the query that has samples, in event time, ties in the order of arrival. */
export async function readColumns(stored: StoredSamples, query: RangeQuery): Promise<Map<SeriesId, TimeOrder>> {
  const parts = new Map<SeriesId, TimeOrder[]>()
  for await (const batch of stored.samples(query)) {
    if (batch.length === 0) continue
    const part = { times: batch.time.subarray(0, batch.length), values: batch.value.subarray(0, batch.length) }
    const series = batch.series[0] as number
    const list = parts.get(series)
    if (list === undefined) parts.set(series, [part])
    else list.push(part)
  }
  return new Map([...parts].map(([series, list]) => [series, joined(list)]))
}

function joined(parts: readonly TimeOrder[]): TimeOrder {
  if (parts.length === 1) return parts[0] as TimeOrder
  const length = parts.reduce((sum, { times }) => sum + times.length, 0)
  const all = { times: new Float64Array(length), values: new Float64Array(length) }
  let at = 0
  for (const { times, values } of parts) {
    all.times.set(times, at)
    all.values.set(values, at)
    at += times.length
  }
  return all
}

export interface Bucket {
  readonly start: EpochMs
  /** In the order of the statistics; NaN stands for null. */
  readonly values: readonly number[]
}

/**
 * Tumbling windows since the epoch over one series, those that hold a value. Steps into the first sample of a bucket
 * come from the last of the range before it, as in windows. It holds one bucket, however long the series is.
 * @throws Error where a name is none of a window's statistics
 */
export class BucketStream {
  private readonly accumulators
  private readonly slot: number
  private start: EpochMs = NaN
  private readonly last: Reading = { time: NaN, value: NaN }
  private readonly before: Reading = { time: NaN, value: NaN }

  constructor(
    private readonly every: DurationMs,
    statistics: readonly string[],
  ) {
    this.accumulators = createAccumulators(statistics, { grouped: false })
    this.slot = this.accumulators.create()
  }

  /** Buckets that these samples, later than all before, leave behind. */
  push({ times, values }: TimeOrder): Bucket[] {
    const done: Bucket[] = []
    for (let i = 0; i < times.length; i++) {
      const time = times[i] as number
      if (!(time < this.start + this.every)) {
        done.push(...this.close())
        this.start = Math.floor(time / this.every) * this.every
      }
      const value = values[i] as number
      if (Number.isNaN(value)) this.accumulators.addGaps(this.slot, 1)
      else {
        this.accumulators.add(this.slot, time, value, 0)
        this.last.time = time
        this.last.value = value
      }
    }
    return done
  }

  /** The bucket under way, where it ends at or before `time`. */
  closeBefore(time: EpochMs): Bucket[] {
    return this.start + this.every <= time ? this.close() : []
  }

  private close(): Bucket[] {
    if (Number.isNaN(this.start)) return []
    const { start, last, before } = this
    const frame: WindowFrame = { start, end: start + this.every, carry: (_series, into) => carried(before, into) }
    const done = last.time >= start ? [{ start, values: this.accumulators.result(this.slot, frame) }] : []
    this.accumulators.clear(this.slot)
    before.time = last.time
    before.value = last.value
    this.start = NaN
    return done
  }
}

function carried(before: Reading, into: Reading): boolean {
  if (Number.isNaN(before.time)) return false
  into.time = before.time
  into.value = before.value
  return true
}
