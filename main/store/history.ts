/** Reading the samples of a range: those in chunks, then those that are only in the journal yet. */
import type { Damage, DecimatedPart, JournalBlock, PastBlock, RangeQuery, SampleBucket } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { SUMMED_UP, listChunks, listRaw, readChunk } from './chunk-rows'
import type { ChunkRow } from './chunk-rows'
import { countBefore, cutColumns, emptyColumns, mergeAll, mergeColumns, timeOrder } from './columns'
import type { OrderedColumns } from './columns'
import { keptAsideWithin } from './damaged'
import type { Database } from './database'
import { readBlocks, readNewest, selectSamples } from './reader'
import { readRollups } from './rollup/rows'

/** The finest step of a stored time, ms. */
const MICROSECOND = 0.001
/** Samples of one block of a past. */
const PAST_SAMPLES = 65_536

/** What a read needs to know: within a transaction, so that nothing moves meanwhile. */
export interface HistoryContext {
  readonly db: Database
  /** The last journal block that is in chunks. */
  readonly chunked: number
  readonly onDamage: (damage: Damage) => void
  /** Where the transaction has lasted long enough: ends it. @returns what holds from now on, or null where all holds */
  renew(): Promise<HistoryContext | null>
}

/** Series by series, each in the order of time, ties as they arrived; of journal blocks up to `upToSeq`. */
export async function* readSamples(
  context: HistoryContext,
  query: RangeQuery,
  upToSeq: number,
): AsyncGenerator<SampleBatch> {
  for (const damage of await keptAsideWithin(context.db, query)) context.onDamage(damage)
  let now = context
  let tail = await readTail(now, query, upToSeq)
  const left = new Set(query.series)
  for (const series of query.series) {
    let range: RangeQuery = query
    for (let more = true; more;) {
      more = false
      for await (const part of orderedParts(now, series, range, tail.get(series))) {
        const last = part.time.at(-1)
        if (last === undefined) continue
        yield { length: part.time.length, ...part }
        const next = await now.renew()
        if (next === null) continue
        // What was in the journal may be in chunks now.
        now = next
        range = { ...query, from: last + MICROSECOND }
        tail = await readTail(now, { ...query, series: left }, upToSeq)
        more = true
        break
      }
    }
    left.delete(series)
  }
}

/** By series, in the order of arrival: what is only in the journal yet. */
async function readTail(
  context: HistoryContext,
  query: RangeQuery,
  upToSeq: number,
): Promise<ReadonlyMap<SeriesId, SampleBuffer>> {
  const tail = new Map<SeriesId, SampleBuffer>()
  for await (const { seq, block } of readBlocks(context.db, context.chunked, query, context.onDamage)) {
    if (seq > upToSeq) break
    const found = selectSamples(block.samples, query)
    for (let i = 0; i < found.length; i++) {
      const series = found.series[i] as number
      let buffer = tail.get(series)
      if (buffer === undefined) tail.set(series, (buffer = new SampleBuffer(64)))
      buffer.append(found, i, i + 1)
    }
  }
  return tail
}

/** Holds only what lies at or after the beginning of the next chunk. */
async function* orderedParts(
  context: HistoryContext,
  series: SeriesId,
  query: RangeQuery,
  tail: SampleBatch | undefined,
): AsyncGenerator<OrderedColumns> {
  let held = tail === undefined ? emptyColumns(0) : withinRange(tailColumns(tail), query)
  for (const chunk of await listRaw(context.db, series, query)) {
    const ready = countBefore(held.time, chunk.from)
    if (ready > 0) yield cutColumns(held, 0, ready)
    const samples = await readChunk(context.db, chunk, context.onDamage)
    held = cutColumns(held, ready)
    if (samples !== null) held = mergeColumns(held, withinRange(samples, query))
  }
  yield held
}

function tailColumns(tail: SampleBatch): OrderedColumns {
  const order = timeOrder(tail.time, tail.length)
  const columns = emptyColumns(tail.length)
  columns.rank.fill(Infinity)
  for (let i = 0; i < tail.length; i++) {
    const at = order === null ? i : (order[i] as number)
    columns.series[i] = tail.series[at] as number
    columns.time[i] = tail.time[at] as number
    columns.value[i] = tail.value[at] as number
    columns.arrival[i] = tail.arrival[at] as number
  }
  return columns
}

function withinRange(samples: OrderedColumns, { from, to }: RangeQuery): OrderedColumns {
  const first = from === null ? 0 : countBefore(samples.time, from)
  let end = samples.time.length
  if (to !== null) {
    end = countBefore(samples.time, to)
    while (end < samples.time.length && samples.time[end] === to) end += 1
  }
  return cutColumns(samples, first, end)
}

/**
 * For drawing: chunks that are no longer than a column and whole in the range as they stand in their rows, longer ones
 * as their rollups' buckets, all else as samples. A chunk with gaps is not taken by its row, which does not say where
 * they are.
 */
export async function* readDecimated(
  context: HistoryContext,
  query: RangeQuery,
  columnMs: DurationMs,
  upToSeq: number,
): AsyncGenerator<DecimatedPart> {
  for (const series of query.series) {
    const buckets: SampleBucket[] = []
    const rollups = await readRollups(context.db, series, query, columnMs, context.onDamage)
    for (const chunk of await listChunks(context.db, series, query)) {
      const rollup = rollups.get(chunk.id)
      if (standsForItself(chunk, query, columnMs)) buckets.push(chunk)
      else if (chunk.tier === SUMMED_UP) yield* summedUp(rollup ?? [chunk], query)
      else if (rollup === undefined) yield { samples: await decoded(context, chunk, query) }
      else yield* rolledUp(context, chunk, rollup, query)
    }
    if (buckets.length > 0) yield { buckets }
  }
  const damaged = await keptAsideWithin(context.db, query)
  const note = (damage: Damage): void => {
    damaged.push(damage)
    context.onDamage(damage)
  }
  for await (const { seq, block } of readBlocks(context.db, context.chunked, query, note)) {
    if (seq > upToSeq) break
    const samples = selectSamples(block.samples, query)
    if (samples.length > 0) yield { samples }
  }
  for (const { from, to } of damaged)
    if (from !== undefined && to !== undefined)
      for (const series of query.series) yield { samples: gapOf({ series, from, to }, query) }
}

/** Buckets that are whole in the range; gaps, and what of the range is in no such bucket, as samples. */
async function* rolledUp(
  context: HistoryContext,
  chunk: ChunkRow,
  rollup: readonly SampleBucket[],
  query: RangeQuery,
): AsyncGenerator<DecimatedPart> {
  const { from, to } = { from: query.from ?? -Infinity, to: query.to ?? Infinity }
  const whole = rollup.filter((bucket) => bucket.from >= from && bucket.to <= to)
  yield* drawn(whole)
  if (whole.length === rollup.length) return
  const samples = await readChunk(context.db, chunk, context.onDamage)
  if (samples === null) {
    yield { samples: gapOf(chunk, query) }
    return
  }
  const start = whole[0] === undefined ? 0 : count(rollup.slice(0, rollup.indexOf(whole[0])))
  for (const part of [cutColumns(samples, 0, start), cutColumns(samples, start + count(whole))])
    yield { samples: batchOf(withinRange(part, query)) }
}

/** All that is left: buckets that reach into the range as well. */
function summedUp(rollup: readonly SampleBucket[], query: RangeQuery): Iterable<DecimatedPart> {
  const { from, to } = { from: query.from ?? -Infinity, to: query.to ?? Infinity }
  return drawn(rollup.filter((bucket) => bucket.to >= from && bucket.from <= to))
}

/** Buckets that are all gaps become gaps where they begin and end. */
function* drawn(buckets: readonly SampleBucket[]): Iterable<DecimatedPart> {
  yield { buckets: buckets.filter(({ gaps, samples }) => gaps < samples) }
  const gaps = new SampleBuffer(2)
  for (const { series, gaps: missing, samples, from, to } of buckets)
    if (missing === samples) for (const time of [from, to]) gaps.push(series, time, NaN, time)
  if (gaps.length > 0) yield { samples: gaps }
}

const count = (buckets: readonly SampleBucket[]): number => buckets.reduce((sum, { samples }) => sum + samples, 0)

function standsForItself(chunk: ChunkRow, { from, to }: RangeQuery, columnMs: DurationMs): boolean {
  const whole = chunk.from >= (from ?? -Infinity) && chunk.to <= (to ?? Infinity)
  return whole && chunk.gaps === 0 && chunk.to - chunk.from <= columnMs
}

async function decoded(context: HistoryContext, chunk: ChunkRow, query: RangeQuery): Promise<SampleBatch> {
  const samples = await readChunk(context.db, chunk, context.onDamage)
  return samples === null ? gapOf(chunk, query) : batchOf(withinRange(samples, query))
}

/** A damaged chunk or block is a gap where it begins and where it ends: nothing is joined over it. */
function gapOf(chunk: Pick<ChunkRow, 'series' | 'from' | 'to'>, query: RangeQuery): SampleBatch {
  const gap = new SampleBuffer(2)
  for (const time of [Math.max(chunk.from, query.from ?? -Infinity), Math.min(chunk.to, query.to ?? Infinity)])
    gap.push(chunk.series, time, NaN, time)
  return gap
}

const batchOf = (part: OrderedColumns): SampleBatch => ({ length: part.time.length, ...part })

/**
 * The newest samples of a source, at most so many: those in chunks merged by time, because the order in which they
 * arrived is no longer known, then the journal's in the order of arrival.
 */
export async function* readPast(
  context: HistoryContext,
  source: string,
  query: RangeQuery & { readonly from: EpochMs },
  most: number,
): AsyncGenerator<PastBlock> {
  const { db, chunked, onDamage } = context
  const { afterSeq, complete: wholeJournal, samples } = await readNewest(db, most, query.from, chunked)
  const lists = wholeJournal ? await Promise.all([...query.series].map((id) => listRaw(db, id, query))) : []
  const cut = wholeJournal ? budgetCut(lists.flat(), most - samples) : Infinity
  const complete = wholeJournal && cut === -Infinity
  if (wholeJournal) {
    const range = { ...query, from: Math.max(query.from, cut + MICROSECOND) }
    const merged = await mergeAll(await chunkParts(context, lists.flat(), range))
    for (let at = 0; at < merged.time.length; at += PAST_SAMPLES)
      yield { ...blockOf(source, cutColumns(merged, at, Math.min(at + PAST_SAMPLES, merged.time.length))), complete }
  }
  for await (const { block } of readBlocks(db, Math.max(afterSeq, chunked), { from: query.from, to: null }, onDamage))
    yield { ...block, complete }
}

/** The time up to which samples are left out, so that the rest keeps to the budget. */
function budgetCut(chunks: readonly ChunkRow[], budget: number): EpochMs {
  let left = budget
  for (const chunk of [...chunks].sort((a, b) => b.to - a.to)) {
    left -= chunk.samples
    if (left < 0) return chunk.to
  }
  return -Infinity
}

async function chunkParts(
  { db, onDamage }: HistoryContext,
  chunks: readonly ChunkRow[],
  range: RangeQuery,
): Promise<OrderedColumns[]> {
  const parts: OrderedColumns[] = []
  for (const chunk of chunks) {
    if (chunk.to < (range.from ?? -Infinity)) continue
    const samples = await readChunk(db, chunk, onDamage)
    if (samples !== null) parts.push(withinRange(samples, range))
  }
  return parts
}

function blockOf(source: string, part: OrderedColumns): JournalBlock {
  const length = part.time.length
  return { samples: batchOf(part), runs: [{ source, partition: '', length }], marks: [] }
}
