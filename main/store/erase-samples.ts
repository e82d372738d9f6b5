/** Takes samples of a range out of the file for good: journal, chunks, results and what the log of SQLite still holds. */
import type { Damage, RangeQuery } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import { toMicros } from '../../shared/model/time'
import type { JournalBlock, JournalMark, JournalRun } from '../contracts'
import { SUMMED_UP, encodeRow, listChunks, readChunk } from './chunk-rows'
import type { ChunkRow } from './chunk-rows'
import { countBefore } from './columns'
import { eraseDamaged } from './damaged'
import type { Database } from './database'
import { rewrite } from './erase'
import { readBlocks } from './reader'
import { keptRow } from './retention/summing'
import { encodeRollups, insertWithRollups } from './rollup/rows'

/** The caller keeps everything else from the file meanwhile. */
export async function eraseSamples(writer: Database, reader: Database, query: RangeQuery): Promise<void> {
  const damaged: Damage[] = []
  for await (const { seq, block } of readBlocks(reader, 0, query, (damage) => void damaged.push(damage))) {
    const kept = withoutSamples(block, query)
    if (kept.samples.length < block.samples.length) await rewrite(writer, seq, kept)
  }
  for (const series of query.series) {
    const chunks = await listChunks(reader, series, query)
    for (const chunk of chunks) await eraseFromChunk(writer, reader, chunk, query)
  }
  await writer.transaction(async () => {
    for (const series of query.series) {
      await eraseResults(writer, series, query)
      await writer.run(
        'UPDATE memory_only SET crc = NULL, body = NULL WHERE source = (SELECT source FROM series WHERE id = ?)',
        series,
      )
    }
    // Snapshots hold open windows and last samples.
    await writer.run('DELETE FROM snapshot')
    await eraseDamaged(writer, damaged, query)
  })
  await writer.all('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** What cannot be cut goes whole: chunks that are summed up, and damaged ones. */
async function eraseFromChunk(writer: Database, reader: Database, chunk: ChunkRow, query: RangeQuery): Promise<void> {
  const { from, to } = { from: query.from ?? -Infinity, to: query.to ?? Infinity }
  const inside = chunk.from >= from && chunk.to <= to
  const columns = inside || chunk.tier === SUMMED_UP ? null : await readChunk(reader, chunk, () => undefined)
  if (columns === null) {
    await writer.run('DELETE FROM chunk WHERE id = ?', chunk.id)
    return
  }
  const { time, value } = columns
  const first = countBefore(time, from)
  let end = countBefore(time, to)
  while (end < time.length && (time[end] as number) <= to) end += 1
  if (first === end) return
  const [a, b] = first > 0 ? [0, first] : [end, time.length]
  const kept = keptRow(chunk, columns, a, b)
  await writer.transaction(async () => {
    await kept(writer)
    if (first === 0 || end === time.length) return
    const rollups = chunk.tier === 0 ? [] : encodeRollups(chunk.series, time, value, end, time.length)
    await insertWithRollups(writer, encodeRow(chunk.series, chunk.tier, time, value, end, time.length), rollups)
  })
}

/** Of windows over this series alone, and of windows over their results. */
async function eraseResults(writer: Database, series: number, { from, to }: RangeQuery): Promise<void> {
  await writer.run(
    `DELETE FROM window_result WHERE start_us <= ?3 AND end_us >= ?2 AND key IN (
       SELECT ?1 UNION SELECT derived.id FROM series JOIN series AS derived
         ON derived.source = 'group' AND derived.name = series.name AND derived.labels = series.labels
         WHERE series.id = ?1)`,
    series,
    from === null ? Number.MIN_SAFE_INTEGER : toMicros(from),
    to === null ? Number.MAX_SAFE_INTEGER : toMicros(to),
  )
}

/** Runs become shorter; marks stay in their place among what remains. */
function withoutSamples(block: JournalBlock, query: RangeQuery): JournalBlock {
  const samples = new SampleBuffer(block.samples.length)
  const runs: JournalRun[] = []
  const marks: JournalMark[] = []
  let at = 0
  let nextMark = 0
  const marksUpTo = (position: number): void => {
    for (
      let next = block.marks[nextMark];
      next !== undefined && next.position <= position;
      next = block.marks[++nextMark]
    )
      marks.push({ position: samples.length, mark: next.mark })
  }
  for (const run of block.runs) {
    const before = samples.length
    for (const end = at + run.length; at < end; at++) {
      marksUpTo(at)
      if (!isIn(block.samples, at, query)) samples.append(block.samples, at, at + 1)
    }
    if (samples.length > before) runs.push({ ...run, length: samples.length - before })
  }
  marksUpTo(Infinity)
  return { samples, runs, marks }
}

function isIn({ series, time }: SampleBatch, at: number, query: RangeQuery): boolean {
  const t = time[at] as number
  return query.series.has(series[at] as number) && t >= (query.from ?? -Infinity) && t <= (query.to ?? Infinity)
}
