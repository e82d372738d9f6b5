/**
 * Small chunks of a series become full ones, so that most samples are encoded twice: once by a pass, once here. What
 * is left over stays small. New ids are larger than those merged, and all of those are merged: ties stay in order.
 */
import type { Damage } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { MAX_CHUNK_SAMPLES } from '../chunk/contracts'
import { timesOf } from '../damaged'
import type { Database, Row } from '../database'
import { isCorrupt } from '../store-error'
import { ChunkInserts } from './chunks'
import type { Cut, MadeChunk } from './chunks'
import type { Encoding, UnmergedSeries } from './encoding'

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

/** Those that have small chunks. */
export async function unmergedSeries(db: Database): Promise<ReadonlySet<SeriesId>> {
  return new Set((await db.all('SELECT DISTINCT series FROM chunk WHERE tier = 0')).map((row) => Number(row['series'])))
}

/** Reads and encodes; writes nothing. A series with a damaged chunk is left out: it is kept as it is. */
export async function prepareMerges(
  db: Database,
  series: readonly SeriesId[],
  cut: Cut,
  encoding: Encoding,
  onDamage: (damage: Damage) => void,
): Promise<Merge[]> {
  const all: UnmergedSeries[] = []
  for (const each of series) {
    const rows = await readUnmerged(db, each, onDamage)
    if (rows !== null) all.push({ series: each, rows })
  }
  const merges: Merge[] = []
  for (const [i, merged] of (await encoding.merge(all, cut)).entries()) {
    if ('damage' in merged) onDamage(merged.damage)
    else merges.push({ removed: (all[i] as UnmergedSeries).rows.map((row) => Number(row['id'])), made: merged.made })
  }
  return merges
}

const UNMERGED = 'SELECT id, time_min, time_max, crc, body FROM chunk WHERE series = ? AND tier = 0'

/** Null where one of them cannot be read. */
async function readUnmerged(
  db: Database,
  series: SeriesId,
  onDamage: (damage: Damage) => void,
): Promise<readonly Row[] | null> {
  try {
    return await db.all(`${UNMERGED} ORDER BY id`, series)
  } catch (error) {
    if (!isCorrupt(error)) throw error
    await tellWhich(db, series, onDamage)
    return null
  }
}

async function tellWhich(db: Database, series: SeriesId, onDamage: (damage: Damage) => void): Promise<void> {
  const known = await db.all('SELECT id, time_min, time_max FROM chunk WHERE series = ? AND tier = 0', series)
  for (const row of known) {
    const id = Number(row['id'])
    await db.all(`${UNMERGED} AND id = ?`, series, id).catch((error: unknown) => {
      if (!isCorrupt(error)) throw error
      onDamage({ kind: 'chunk', id, reason: error.message, ...timesOf(row) })
    })
  }
}

export function writeMerges(db: Database, merges: readonly Merge[]): Promise<void> {
  return db.transaction(async () => {
    const inserts = await ChunkInserts.prepare(db)
    try {
      for (const { removed, made } of merges) {
        await db.run(`DELETE FROM chunk WHERE id IN (${removed.map(() => '?').join(', ')})`, ...removed)
        for (const each of made) await inserts.run(each)
      }
    } finally {
      await inserts.release()
    }
  })
}
