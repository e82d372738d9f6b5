/** Takes a source out of the file for good: its blocks are written again without it, in their order. */
import { SampleBuffer } from '../../shared/model/samples'
import { isRunOf } from '../contracts'
import type { Damage, JournalBlock, JournalRun } from '../contracts'
import { toMicros } from '../../shared/model/time'
import { crc32 } from './crc32'
import { eraseDamaged } from './damaged'
import type { Database } from './database'
import { encodeJournalBlock } from './journal-block'
import { readBlocks } from './reader'

export async function eraseSource(writer: Database, reader: Database, source: string): Promise<void> {
  const rows = await writer.all('SELECT id FROM series WHERE source = ?', source)
  const ids = new Set(rows.map((row) => Number(row['id'])))
  const range = { from: null, to: null }
  const damaged: Damage[] = []
  for await (const { seq, block } of readBlocks(reader, 0, range, (damage) => void damaged.push(damage))) {
    if (!block.runs.some((run) => isRunOf(run, source))) continue
    await rewrite(writer, seq, withoutSource(block, source))
  }
  await writer.transaction(async () => {
    for (const id of ids) {
      await writer.run('DELETE FROM window_result WHERE key = ?', id)
      await writer.run('DELETE FROM chunk WHERE series = ?', id)
    }
    for (const table of ['series', 'cursor', 'rejected', 'rejected_count', 'inflight', 'memory_only', 'alert_event'])
      await writer.run(`DELETE FROM ${table} WHERE source = ?`, source)
    // Snapshots hold open windows of the source.
    await writer.run('DELETE FROM snapshot')
    await eraseDamaged(writer, damaged, range)
  })
  await writer.all('PRAGMA wal_checkpoint(TRUNCATE)')
}

export async function erasePipeline(writer: Database, pipeline: number): Promise<void> {
  await writer.run('DELETE FROM window_result WHERE pipeline = ?', pipeline)
  await writer.all('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** Marks stay in their place among the samples that remain; those of pipelines that are gone are ignored at start. */
function withoutSource(block: JournalBlock, source: string): JournalBlock {
  const samples = new SampleBuffer(block.samples.length)
  const runs: JournalRun[] = []
  const marks: JournalBlock['marks'][number][] = []
  let at = 0
  let nextMark = 0
  for (const run of block.runs) {
    const kept = !isRunOf(run, source)
    const end = at + run.length
    for (let mark = block.marks[nextMark]; mark !== undefined && mark.position < end; mark = block.marks[++nextMark])
      marks.push({ position: kept ? samples.length + mark.position - at : samples.length, mark: mark.mark })
    if (kept) {
      samples.append(block.samples, at, end)
      runs.push(run)
    }
    at = end
  }
  for (const { mark } of block.marks.slice(nextMark)) marks.push({ position: samples.length, mark })
  return { samples, runs, marks }
}

export async function rewrite(db: Database, seq: number, block: JournalBlock): Promise<void> {
  const { samples } = block
  if (samples.length === 0) {
    await db.run('DELETE FROM journal WHERE seq = ?', seq)
    return
  }
  const body = encodeJournalBlock(block)
  const times = samples.time.subarray(0, samples.length)
  await db.run(
    'UPDATE journal SET samples = ?, time_min = ?, time_max = ?, crc = ?, body = ? WHERE seq = ?',
    samples.length,
    toMicros(times.reduce((low, t) => Math.min(low, t), Infinity)),
    toMicros(times.reduce((high, t) => Math.max(high, t), -Infinity)),
    crc32(body),
    Buffer.from(body),
    seq,
  )
}
