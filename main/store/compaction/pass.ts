/** One pass: the oldest journal blocks that are not in chunks yet become chunks, in one transaction. */
import type { Damage } from '../../contracts'
import { SampleBuffer } from '../../../shared/model/samples'
import type { SampleBatch } from '../../../shared/model/samples'
import type { SeriesId } from '../../../shared/model/series'
import { CHUNK_INSERT, encodeRow } from '../chunk-rows'
import { MAX_CHUNK_SAMPLES } from '../chunk/contracts'
import { timeOrder } from '../columns'
import type { Database, SqlValue } from '../database'
import { readBlocks } from '../reader'
import type { Slices } from './slices'

export interface Pass {
  /** The last block of the pass. */
  readonly seq: number
  /** In its blocks, with those of damaged ones. */
  readonly samples: number
  readonly rows: readonly SqlValue[][]
}

/** Reads and encodes; writes nothing. Null where there is nothing to move. */
export async function preparePass(
  db: Database,
  chunked: number,
  most: number,
  slices: Slices,
  onDamage: (damage: Damage) => void,
): Promise<Pass | null> {
  const end = await lastBlock(db, chunked, most)
  if (end === null) return null
  const bySeries = new Map<SeriesId, SampleBuffer>()
  for await (const { seq, block } of readBlocks(db, chunked, { from: null, to: null }, onDamage)) {
    if (seq > end.seq) break
    scatter(block.samples, bySeries)
    await slices.turn()
  }
  const rows: SqlValue[][] = []
  for (const [series, samples] of bySeries) {
    sortByTime(samples)
    for (let at = 0; at < samples.length; at += MAX_CHUNK_SAMPLES) {
      const to = Math.min(at + MAX_CHUNK_SAMPLES, samples.length)
      rows.push(encodeRow(series, 0, samples.time, samples.value, at, to))
      await slices.turn()
    }
  }
  return { ...end, rows }
}

/** So many blocks that they hold at most `most` samples; at least one. */
async function lastBlock(
  db: Database,
  chunked: number,
  most: number,
): Promise<{ seq: number; samples: number } | null> {
  const row = await db.one(
    `SELECT seq, total FROM (SELECT seq, samples, sum(samples) OVER (ORDER BY seq) AS total FROM journal WHERE seq > ?1)
     WHERE total <= ?2 OR total = samples ORDER BY seq DESC LIMIT 1`,
    chunked,
    most,
  )
  return row === undefined ? null : { seq: Number(row['seq']), samples: Number(row['total']) }
}

function scatter(samples: SampleBatch, bySeries: Map<SeriesId, SampleBuffer>): void {
  let series = -1
  let buffer: SampleBuffer | undefined
  for (let i = 0; i < samples.length; i++) {
    if (samples.series[i] !== series) {
      series = samples.series[i] as number
      buffer = bySeries.get(series)
      if (buffer === undefined) bySeries.set(series, (buffer = new SampleBuffer(64)))
    }
    buffer?.push(series, samples.time[i] as number, samples.value[i] as number, 0)
  }
}

function sortByTime(samples: SampleBuffer): void {
  const order = timeOrder(samples.time, samples.length)
  if (order === null) return
  const time = samples.time.slice(0, samples.length)
  const value = samples.value.slice(0, samples.length)
  order.forEach((from, to) => {
    samples.time[to] = time[from] as number
    samples.value[to] = value[from] as number
  })
}

/** The chunks and how far the journal has been moved, together. */
export function writePass(db: Database, { seq, rows }: Pass): Promise<void> {
  return db.transaction(async () => {
    const insert = await db.prepare(CHUNK_INSERT)
    try {
      for (const row of rows) await insert.run(...row)
    } finally {
      await db.release(insert)
    }
    await db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('chunked', ?)", String(seq))
  })
}
