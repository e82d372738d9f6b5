/** One pass: the oldest journal blocks that are not in chunks yet become chunks, in one transaction. */
import type { Damage } from '../../contracts'
import { keepAside } from '../damaged'
import type { Database } from '../database'
import { readBlocks } from '../reader'
import { ChunkInserts, chunksOf } from './chunks'
import type { MadeChunk } from './chunks'
import { Gathered } from './gathered'
import { hasUnmerged } from './merge'
import type { Slices } from './slices'

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
  slices: Slices,
  onDamage: (damage: Damage) => void,
): Promise<Pass | null> {
  const end = await lastBlock(db, chunked, most)
  if (end === null) return null
  const gathered = new Gathered()
  const damaged: Damage[] = []
  const note = (damage: Damage): void => {
    if (damage.id <= end.seq) damaged.push(damage)
    onDamage(damage)
  }
  for await (const { seq, block } of readBlocks(db, chunked, { from: null, to: null }, note)) {
    if (seq > end.seq) break
    gathered.add(block.samples)
    await slices.turn()
  }
  const made: MadeChunk[] = []
  for (const [series, samples] of gathered.ordered()) {
    // Behind chunks that are merged later none that stays may stand: of equal times it would come first.
    const last = samples.length >= lasting && !(await hasUnmerged(db, series))
    made.push(...(await chunksOf({ series, ...samples }, last ? 'lasting' : 'small', slices)))
  }
  return { ...end, made, damaged }
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
