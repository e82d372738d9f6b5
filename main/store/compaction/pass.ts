/** One pass: the oldest journal blocks that are not in chunks yet become chunks, in one transaction. */
import type { Damage } from '../../contracts'
import { keepAside } from '../damaged'
import type { Database } from '../database'
import { readBlockRows } from '../reader'
import { ChunkInserts } from './chunks'
import type { MadeChunk } from './chunks'
import type { Encoding } from './encoding'
import { unmergedSeries } from './merge'

export interface Pass {
  /** The last block of the pass. */
  readonly seq: number
  /** In its blocks, with those of damaged ones. */
  readonly samples: number
  readonly made: readonly MadeChunk[]
  /** Blocks that could not be read. */
  readonly damaged: readonly Damage[]
}

export interface PassLimits {
  /** Samples of a pass. */
  readonly most: number
  /** From so many samples of a series on, its chunks are not merged later. */
  readonly lasting: number
}

/** Reads and encodes; writes nothing. Null where there is nothing to move. */
export async function preparePass(
  db: Database,
  chunked: number,
  { most, lasting }: PassLimits,
  encoding: Encoding,
  onDamage: (damage: Damage) => void,
): Promise<Pass | null> {
  const end = await lastBlock(db, chunked, most)
  if (end === null) return null
  const damaged: Damage[] = []
  const note = (damage: Damage): void => {
    if (damage.id <= end.seq) damaged.push(damage)
    onDamage(damage)
  }
  await encoding.begin()
  for await (const rows of readBlockRows(db, chunked, { from: null, to: null }, note)) {
    const within = rows.filter((row) => Number(row['seq']) <= end.seq)
    for (const damage of await encoding.gather(within)) note(damage)
    if (within.length < rows.length) break
  }
  return { ...end, made: await encoding.chunks(lasting, await unmergedSeries(db)), damaged }
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

/** The chunks and how far the journal has been moved, together. */
export function writePass(db: Database, { seq, made, damaged }: Pass): Promise<void> {
  return db.transaction(async () => {
    const inserts = await ChunkInserts.prepare(db)
    try {
      for (const each of made) await inserts.run(each)
    } finally {
      await inserts.release()
    }
    for (const each of damaged) await keepAside(db, each)
    await db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('chunked', ?)", String(seq))
  })
}
