/** The newest samples of a source that are kept only in memory, in the order in which they came. */
import type { JournalBlock, RangeQuery } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { EpochMs } from '../../shared/model/time'

/** 28 bytes each: 14 MB. */
export const KEPT_IN_MEMORY = 500_000

export class SampleRing {
  private kept = new SampleBuffer(1024)
  /** Where the oldest sample stands, and the next one goes, once the ring is full. */
  private oldest = 0
  /** Largest event time of those that made room. */
  private goneUpTo: EpochMs = -Infinity

  constructor(private readonly limit = KEPT_IN_MEMORY) {}

  get length(): number {
    return this.kept.length
  }

  append(batch: SampleBatch): void {
    const { kept, limit } = this
    const room = Math.min(batch.length, limit - kept.length)
    if (room > 0) kept.append(batch, 0, room)
    for (let i = room; i < batch.length; i++) {
      const at = this.oldest
      this.goneUpTo = Math.max(this.goneUpTo, kept.time[at] as number)
      kept.series[at] = batch.series[i] as number
      kept.time[at] = batch.time[i] as number
      kept.value[at] = batch.value[i] as number
      kept.arrival[at] = batch.arrival[i] as number
      this.oldest = at + 1 === limit ? 0 : at + 1
    }
  }

  /** A copy of those in the range, oldest arrival first. */
  samples(query: RangeQuery): SampleBuffer {
    return this.chosen((at) => isIn(this.kept, at, query))
  }

  /** For a look at the past; partitions are not known. */
  past(source: string, query: RangeQuery & { readonly from: EpochMs }): JournalBlock & { readonly complete: boolean } {
    const samples = this.samples(query)
    const runs = [{ source, partition: '', length: samples.length }]
    return { samples, runs, marks: [], complete: query.from > this.goneUpTo }
  }

  erase(query: RangeQuery): void {
    this.kept = this.chosen((at) => !isIn(this.kept, at, query))
    this.oldest = 0
  }

  private chosen(wanted: (at: number) => boolean): SampleBuffer {
    const { kept, oldest } = this
    const found = new SampleBuffer(1024)
    for (let i = 0; i < kept.length; i++) {
      const at = (oldest + i) % kept.length
      if (wanted(at)) found.append(kept, at, at + 1)
    }
    return found
  }
}

function isIn({ series, time }: SampleBatch, at: number, { series: ids, from, to }: RangeQuery): boolean {
  const t = time[at] as number
  return t >= (from ?? -Infinity) && t <= (to ?? Infinity) && ids.has(series[at] as number)
}
