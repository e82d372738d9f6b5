/** The stored samples of one series in a range, and their statistics by bucket. */
import type { RangeQuery, Reading, WindowFrame } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { createAccumulators } from '../statistics'

/** Where stored samples come from: the store of the engine, or a file that is only read. */
export interface StoredSamples {
  /** Each series in event time, ties in the order of arrival. */
  samples(query: RangeQuery): AsyncIterable<SampleBatch>
}

export interface TimeOrder {
  readonly times: Float64Array
  /** NaN: a gap. */
  readonly values: Float64Array
}

/** In event time, ties in the order of arrival. */
export async function readSeriesColumns(
  stored: StoredSamples,
  series: SeriesId,
  { from, to }: Pick<RangeQuery, 'from' | 'to'>,
): Promise<TimeOrder> {
  const parts: { time: Float64Array; value: Float64Array }[] = []
  let length = 0
  for await (const batch of stored.samples({ series: new Set([series]), from, to })) {
    parts.push({ time: batch.time.slice(0, batch.length), value: batch.value.slice(0, batch.length) })
    length += batch.length
  }
  const times = new Float64Array(length)
  const values = new Float64Array(length)
  let at = 0
  for (const part of parts) {
    times.set(part.time, at)
    values.set(part.value, at)
    at += part.time.length
  }
  return { times, values }
}

export interface Bucket {
  readonly start: EpochMs
  /** In the order of the statistics; NaN stands for null. */
  readonly values: readonly number[]
}

/**
 * Tumbling windows since the epoch, those that hold a value. Steps into the first sample of a bucket come from the last
 * of the range before it, as in windows.
 * @throws Error where a name is none of a window's statistics
 */
export function* buckets(
  { times, values }: TimeOrder,
  every: DurationMs,
  statistics: readonly string[],
): Generator<Bucket> {
  const accumulators = createAccumulators(statistics, { grouped: false })
  const slot = accumulators.create()
  const before: Reading = { time: NaN, value: NaN }
  for (let at = 0; at < times.length;) {
    const start = Math.floor((times[at] as number) / every) * every
    const frame: WindowFrame = { start, end: start + every, carry: (_series, into) => carried(before, into) }
    accumulators.clear(slot)
    let last = -1
    for (; at < times.length && (times[at] as number) < start + every; at++) {
      const value = values[at] as number
      if (Number.isNaN(value)) accumulators.addGaps(slot, 1)
      else accumulators.add(slot, times[(last = at)] as number, value, 0)
    }
    if (last < 0) continue
    yield { start, values: accumulators.result(slot, frame) }
    before.time = times[last] as number
    before.value = values[last] as number
  }
}

function carried(before: Reading, into: Reading): boolean {
  if (Number.isNaN(before.time)) return false
  into.time = before.time
  into.value = before.value
  return true
}
