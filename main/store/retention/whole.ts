/** Whether samples of a range were summed up. */
import type { RangeQuery } from '../../contracts'
import { toMicros } from '../../../shared/model/time'
import type { Database } from '../database'

export async function isWhole(db: Database, { series, from, to }: RangeQuery): Promise<boolean> {
  const row = await db.one(
    `SELECT 1 FROM json_each(?1) AS each JOIN chunk INDEXED BY chunk_series ON chunk.series = each.value
     WHERE tier = 2 AND time_min <= ?3 AND time_max >= ?2 LIMIT 1`,
    JSON.stringify([...series]),
    from === null ? Number.MIN_SAFE_INTEGER : toMicros(from),
    to === null ? Number.MAX_SAFE_INTEGER : toMicros(to),
  )
  return row === undefined
}
