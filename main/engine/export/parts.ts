/** The rows of one series on their way into a table: times, and a column for each value. */
import type { DurationMs, EpochMs } from '../../../shared/model/time'
import { BucketStream, NO_SAMPLES } from '../../pipeline/series-columns'
import type { Bucket, TimeOrder } from '../../pipeline/series-columns'

/** Takes the next samples of a series. @param end nothing of it comes before this time any more; null: who knows */
export type PartStream = (samples: TimeOrder | undefined, end: EpochMs | null) => Part

export class Part {
  constructor(
    readonly times: Float64Array,
    readonly columns: readonly Float64Array[],
  ) {}

  static readonly raw = ({ times, values }: TimeOrder = NO_SAMPLES): Part => new Part(times, [values])

  static none(width: number): Part {
    return new Part(
      new Float64Array(0),
      Array.from({ length: width }, () => new Float64Array(0)),
    )
  }

  static ofBuckets(buckets: readonly Bucket[], width: number): Part {
    return new Part(
      Float64Array.from(buckets, ({ start }) => start),
      Array.from({ length: width }, (_, i) => Float64Array.from(buckets, ({ values }) => values[i] as number)),
    )
  }

  joined(later: Part): Part {
    if (this.times.length === 0) return later
    return new Part(
      concatenated(this.times, later.times),
      this.columns.map((column, i) => concatenated(column, later.columns[i] as Float64Array)),
    )
  }

  /** What is before `time`, and the rest. */
  cut(time: EpochMs): readonly [Part, Part] {
    let at = this.times.length
    while (at > 0 && (this.times[at - 1] as number) >= time) at -= 1
    return [this.slice(0, at), this.slice(at, this.times.length)]
  }

  private slice(from: number, to: number): Part {
    return new Part(
      this.times.subarray(from, to),
      this.columns.map((column) => column.subarray(from, to)),
    )
  }
}

/** @throws Error where a name is none of a window's statistics */
export function bucketsOf(every: DurationMs, statistics: readonly string[]): PartStream {
  const stream = new BucketStream(every, statistics)
  return (samples = NO_SAMPLES, end) => {
    const done = stream.push(samples)
    if (end !== null) done.push(...stream.closeBefore(end))
    return Part.ofBuckets(done, statistics.length)
  }
}

function concatenated(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}
