/** The newest samples of a source that are kept only in memory, in the order in which they came. */
import type { JournalBlock, RangeQuery } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { DurationMs, EpochMs } from '../../shared/model/time'

/** 28 bytes each: 14 MB. */
export const KEPT_IN_MEMORY = 500_000

export class SampleRing {
  private kept: SampleBuffer
  /** Where the oldest sample stands. */
  private oldest = 0
  length = 0
  /** Largest event time of those that made room. */
  private goneUpTo: EpochMs = -Infinity

  /**
   * @param keepFor samples that arrived longer before the newest make room
   * @param limit the oldest of more samples make room
   */
  constructor(
    public keepFor: DurationMs,
    private readonly limit = KEPT_IN_MEMORY,
  ) {
    this.kept = new SampleBuffer(Math.min(limit, 1024))
  }

  append(batch: SampleBatch): void {
    for (let i = 0; i < batch.length; i++) {
      if (this.length === this.limit) this.dropOldest()
      else if (this.length === this.kept.time.length) this.grow()
      const { kept } = this
      const at = this.place(this.length++)
      kept.series[at] = batch.series[i] as number
      kept.time[at] = batch.time[i] as number
      kept.value[at] = batch.value[i] as number
      kept.arrival[at] = batch.arrival[i] as number
    }
    const newest = this.kept.arrival[this.place(this.length - 1)] as number
    while (this.length > 1 && (this.kept.arrival[this.oldest] as number) < newest - this.keepFor) this.dropOldest()
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
    this.become(this.chosen((at) => !isIn(this.kept, at, query)))
  }

  private become(kept: SampleBuffer): void {
    this.length = kept.length
    this.kept = kept
    this.oldest = 0
  }

  private place(nth: number): number {
    const at = this.oldest + nth
    const room = this.kept.time.length
    return at < room ? at : at - room
  }

  private dropOldest(): void {
    this.goneUpTo = Math.max(this.goneUpTo, this.kept.time[this.oldest] as number)
    this.oldest = this.place(1)
    this.length--
  }

  /** To twice the room, or to the limit. */
  private grow(): void {
    const grown = new SampleBuffer(Math.min(this.limit, this.kept.time.length * 2))
    const { kept, oldest } = this
    grown.append(kept, oldest, kept.time.length)
    grown.append(kept, 0, oldest)
    this.become(grown)
  }

  private chosen(wanted: (at: number) => boolean): SampleBuffer {
    const found = new SampleBuffer(Math.min(this.limit, 1024))
    for (let i = 0; i < this.length; i++) {
      const at = this.place(i)
      if (wanted(at)) found.append(this.kept, at, at + 1)
    }
    return found
  }
}

function isIn({ series, time }: SampleBatch, at: number, { series: ids, from, to }: RangeQuery): boolean {
  const t = time[at] as number
  return t >= (from ?? -Infinity) && t <= (to ?? Infinity) && ids.has(series[at] as number)
}
