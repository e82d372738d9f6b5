/** Readings of a range wherever they are kept: in the file, and those that are only in memory behind them. */
import type { RangeQuery, Store } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { MemoryOnlySources } from './memory-only'

/** As of `Store.samples`: series by series, each in the order of event time, equal times as they arrived. */
export async function* allSamples(
  store: Pick<Store, 'samples'>,
  memoryOnly: Pick<MemoryOnlySources, 'samples'>,
  query: RangeQuery,
): AsyncGenerator<SampleBatch> {
  const inMemory = bySeries(memoryOnly.samples(query))
  const plain = [...query.series].filter((id) => !inMemory.has(id))
  if (plain.length > 0) yield* store.samples({ ...query, series: new Set(plain) })
  for (const [id, samples] of inMemory) {
    yield* store.samples({ ...query, series: new Set([id]) })
    yield samples
  }
}

function bySeries(batches: readonly SampleBatch[]): Map<SeriesId, SampleBuffer> {
  const positions = new Map<SeriesId, (readonly [batch: SampleBatch, at: number])[]>()
  for (const batch of batches)
    for (let at = 0; at < batch.length; at++) {
      const id = batch.series[at] as SeriesId
      const own = positions.get(id)
      if (own === undefined) positions.set(id, [[batch, at]])
      else own.push([batch, at])
    }
  return new Map(
    [...positions].map(([id, own]) => {
      const sorted = own
        .map(([batch, at], order) => ({ batch, at, order, time: batch.time[at] as number }))
        .sort((a, b) => a.time - b.time || a.order - b.order)
      const samples = new SampleBuffer(Math.max(1, sorted.length))
      for (const { batch, at, time } of sorted)
        samples.push(id, time, batch.value[at] as number, batch.arrival[at] as number)
      return [id, samples]
    }),
  )
}
