/**
 * Small chunks of a series become full ones, so that most samples are encoded twice: once by a pass, once here. What
 * is left over stays small. New ids are larger than those merged, and all of those are merged: ties stay in order.
 */
import type { Damage } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { CHUNK_INSERT, encodeRow, listUnmerged, readChunk } from '../chunk-rows'
import { MAX_CHUNK_SAMPLES } from '../chunk/contracts'
import { mergeAll } from '../columns'
import type { OrderedColumns } from '../columns'
import type { Database, SqlValue } from '../database'
import { ROLLUP_INSERT, encodeRollups } from '../rollup/rows'
import type { Slices } from './slices'

export interface Merge {
  readonly removed: readonly number[]
  readonly made: readonly { readonly chunk: SqlValue[]; readonly rollups: readonly SqlValue[][] }[]
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
  const made: Merge['made'][number][] = []
  for (let at = 0; at < time.length; at += MAX_CHUNK_SAMPLES) {
    const to = Math.min(at + MAX_CHUNK_SAMPLES, time.length)
    const full = to - at === MAX_CHUNK_SAMPLES
    made.push({
      chunk: encodeRow(series, full ? 1 : 0, time, value, at, to),
      rollups: full ? encodeRollups(series, time, value, at, to) : [],
    })
    await slices.turn()
  }
  return { removed: chunks.map(({ id }) => id), made }
}

export function writeMerge(db: Database, { removed, made }: Merge): Promise<void> {
  return db.transaction(async () => {
    for (const id of removed) await db.run('DELETE FROM chunk WHERE id = ?', id)
    for (const { chunk, rollups } of made) {
      const { lastID } = await db.run(CHUNK_INSERT, ...chunk)
      for (const row of rollups) await db.run(ROLLUP_INSERT, lastID, ...row)
    }
  })
}
