/** Where stored samples lie in time, without reading the bodies of chunks. */
import type { RangeQuery, SampleSpan } from '../contracts'
import type { SeriesId } from '../../shared/model/series'
import { listChunks } from './chunk-rows'
import type { HistoryContext } from './history'
import { readBlocks, selectSamples } from './reader'

/** Neighbouring chunks up to this size are one span, so that the spans of years are few. */
const JOINED_SAMPLES = 65_536

type Span = { -readonly [K in keyof SampleSpan]: SampleSpan[K] }

/** Of chunks as they stand in their rows, and one a series for what is only in the journal yet. */
export async function* readSpans(context: HistoryContext, query: RangeQuery): AsyncGenerator<SampleSpan> {
  for (const series of query.series) {
    let joined: Span | null = null
    for (const { from, to, samples } of await listChunks(context.db, series, query)) {
      if (joined === null || joined.samples + samples > JOINED_SAMPLES) {
        if (joined !== null) yield joined
        joined = { series, from, to, samples }
        continue
      }
      joined.to = Math.max(joined.to, to)
      joined.samples += samples
    }
    if (joined !== null) yield joined
  }
  yield* (await journalSpans(context, query)).values()
}

async function journalSpans(context: HistoryContext, query: RangeQuery): Promise<Map<SeriesId, Span>> {
  const spans = new Map<SeriesId, Span>()
  for await (const { block } of readBlocks(context.db, context.chunked, query, context.onDamage)) {
    const found = selectSamples(block.samples, query)
    for (let i = 0; i < found.length; i++) {
      const series = found.series[i] as number
      const time = found.time[i] as number
      const span = spans.get(series)
      if (span === undefined) spans.set(series, { series, from: time, to: time, samples: 1 })
      else {
        span.from = Math.min(span.from, time)
        span.to = Math.max(span.to, time)
        span.samples += 1
      }
    }
  }
  return spans
}
