/** Journal blocks that cannot be read: kept aside as they are once the journal moves on, and a gap wherever they lie. */
import type { Damage, RangeQuery } from '../contracts'
import { fromMicros, toMicros } from '../../shared/model/time'
import type { EpochMs } from '../../shared/model/time'
import { isCorrupt } from './store-error'
import type { Database, Row } from './database'

export const BAD_CHECKSUM = 'the checksum does not fit'

/** Event times of a block; none where it has no samples. */
export function timesOf(row: Row): { from?: EpochMs; to?: EpochMs } {
  const [from, to] = [row['time_min'], row['time_max']]
  return typeof from === 'number' && typeof to === 'number' ? { from: fromMicros(from), to: fromMicros(to) } : {}
}

/** Call within the transaction that moves the journal past the block. */
export async function keepAside(db: Database, { id, reason }: Damage): Promise<void> {
  const keep = (body: string): Promise<unknown> =>
    db.run(
      `INSERT OR IGNORE INTO damaged_block
       SELECT seq, samples, time_min, time_max, arrival_min, arrival_max, crc, ${body}, ?2 FROM journal WHERE seq = ?1`,
      id,
      reason,
    )
  const unlessCorrupt = (error: unknown): void => {
    if (!isCorrupt(error)) throw error
  }
  // Its page may be what is damaged: then what can be said of it is kept, if that much can be read.
  await keep('body').catch((error: unknown) => {
    unlessCorrupt(error)
    return keep("x''").catch(unlessCorrupt)
  })
}

export async function readKeptAside(db: Database): Promise<Damage[]> {
  const rows = await db.all('SELECT seq, time_min, time_max, reason FROM damaged_block ORDER BY seq')
  return rows.map((row) => ({
    kind: 'journal',
    id: Number(row['seq']),
    reason: String(row['reason']),
    ...timesOf(row),
  }))
}

/** Those kept aside that reach into the range. */
export async function keptAsideWithin(db: Database, { from, to }: Pick<RangeQuery, 'from' | 'to'>): Promise<Damage[]> {
  const kept = await readKeptAside(db)
  return kept.filter(
    (each) => (each.from ?? -Infinity) <= (to ?? Infinity) && (each.to ?? Infinity) >= (from ?? -Infinity),
  )
}

/** What of them may be of the range goes for good: which series it is of cannot be known. The gap stays. */
export async function eraseDamaged(
  db: Database,
  journal: readonly Damage[],
  { from, to }: Pick<RangeQuery, 'from' | 'to'>,
): Promise<void> {
  for (const { id } of journal) await db.run("UPDATE journal SET body = x'', crc = -1 WHERE seq = ?", id)
  await db.run(
    `UPDATE damaged_block SET body = x'' WHERE (?1 IS NULL OR time_max IS NULL OR time_max >= ?1)
       AND (?2 IS NULL OR time_min IS NULL OR time_min <= ?2)`,
    from === null ? null : toMicros(from),
    to === null ? null : toMicros(to),
  )
}
