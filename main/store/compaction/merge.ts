/**
 * Small chunks of a series become full ones, so that most samples are encoded twice: once by a pass, once here. What
 * is left over stays small. New ids are larger than those merged, and all of those are merged: ties stay in order.
 */
import type { Damage } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { listUnmerged, readChunk } from '../chunk-rows'
import { MAX_CHUNK_SAMPLES } from '../chunk/contracts'
import { mergeAll } from '../columns'
import type { OrderedColumns } from '../columns'
import type { Database } from '../database'
import { ChunkInserts, chunksOf } from './chunks'
import type { Cut, MadeChunk } from './chunks'
import type { Slices } from './slices'

export interface Merge {
  readonly removed: readonly number[]
  readonly made: readonly MadeChunk[]
}

/** So many small chunks become one also where that is not full: each costs a read a lookup. */
const MOST_UNMERGED = 32

/** The series whose small chunks would fill at least one, or are many. */
export async function mergeable(db: Database): Promise<SeriesId[]> {
  const rows = await db.all(
    `SELECT series FROM chunk WHERE tier = 0 GROUP BY series HAVING sum(samples) >= ${MAX_CHUNK_SAMPLES}
       OR count(*) >= ${MOST_UNMERGED}`,
  )
  return rows.map((row) => Number(row['series']))
}

/** Null where one of them is damaged: it is kept as it is, and so are the others. */
export async function prepareMerge(
  db: Database,
  series: SeriesId,
  cut: Cut,
  slices: Slices,
  onDamage: (damage: Damage) => void,
): Promise<Merge | null> {
  const chunks = await listUnmerged(db, series)
  const parts: OrderedColumns[] = []
  for (const chunk of chunks) {
    const part = await readChunk(db, chunk, onDamage)
    if (part === null) return null
    parts.push(part)
    await slices.turn()
  }
  const { time, value } = await mergeAll(parts)
  const made = await chunksOf({ series, length: time.length, time, value }, cut, slices)
  return { removed: chunks.map(({ id }) => id), made }
}

export async function hasUnmerged(db: Database, series: SeriesId): Promise<boolean> {
  return (await db.one('SELECT 1 FROM chunk WHERE tier = 0 AND series = ? LIMIT 1', series)) !== undefined
}

export function writeMerges(db: Database, merges: readonly Merge[]): Promise<void> {
  return db.transaction(async () => {
    const inserts = await ChunkInserts.prepare(db)
    try {
      for (const { removed, made } of merges) {
        for (const id of removed) await db.run('DELETE FROM chunk WHERE id = ?', id)
        for (const each of made) await inserts.run(each)
      }
    } finally {
      await inserts.release()
    }
  })
}
