/** Rows of the rollup table: a chunk's buckets of one length. They go with their chunk. */
import type { Damage, RangeQuery, SampleBucket } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { toMicros } from '../../../shared/model/time'
import type { DurationMs } from '../../../shared/model/time'
import { CHUNK_INSERT, SUMMED_UP } from '../chunk-rows'
import { crc32 } from '../crc32'
import { BAD_CHECKSUM, timesOf } from '../damaged'
import type { Database, SqlValue } from '../database'
import { MAX_BUCKETS, decodeRollup, encodeRollup } from './body'
import { bucketsOf } from './buckets'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const LEVELS: readonly DurationMs[] = [10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR]
/** With fewer samples a bucket a level costs more than it saves: the samples are decoded as fast. */
const SAMPLES_A_BUCKET = 32

export const ROLLUP_INSERT = 'INSERT INTO rollup (chunk, bucket_us, crc, body) VALUES (?, ?, ?, ?)'

/** A chunk with its rollups; call within a transaction. */
export async function insertWithRollups(
  db: Database,
  chunk: readonly SqlValue[],
  rollups: readonly SqlValue[][],
): Promise<void> {
  const { lastID } = await db.run(CHUNK_INSERT, ...chunk, bytesOf(rollups))
  await insertRollups(db, lastID, rollups)
}

export async function insertRollups(db: Database, chunk: number, rollups: readonly SqlValue[][]): Promise<void> {
  for (const row of rollups) await db.run(ROLLUP_INSERT, chunk, ...row)
}

export const bytesOf = (rollups: readonly (readonly SqlValue[])[]): number =>
  rollups.reduce((sum, row) => sum + (row[2] as Uint8Array).length, 0)

/**
 * Rows for the ordered samples [from, to) of a chunk: bucket_us, crc and body.
 * @param remain nothing else will be left of the samples: hours and longer buckets are made however few are in one
 */
export function encodeRollups(
  series: SeriesId,
  time: Float64Array,
  value: Float64Array,
  from: number,
  to: number,
  remain = false,
): SqlValue[][] {
  const rows: SqlValue[][] = []
  const worthwhile = Math.min(MAX_BUCKETS, Math.floor((to - from) / SAMPLES_A_BUCKET))
  for (const length of LEVELS) {
    const most = remain && length >= HOUR ? MAX_BUCKETS : worthwhile
    const buckets = bucketsOf(series, time, value, from, to, length, most)
    if (buckets === null) continue
    // From here on the chunk's own row says as much.
    if (buckets.length < 2) break
    const body = encodeRollup(buckets)
    rows.push([length * 1000, crc32(body), Buffer.from(body)])
  }
  return rows
}

/**
 * By chunk: the longest buckets of at most `length` ms, or of a chunk that is summed up the shortest where all are longer.
 * A damaged row is left out: a chunk that is not summed up has it all.
 */
export async function readRollups(
  db: Database,
  series: SeriesId,
  { from, to }: Pick<RangeQuery, 'from' | 'to'>,
  length: DurationMs,
  onDamage: (damage: Damage) => void,
): Promise<ReadonlyMap<number, readonly SampleBucket[]>> {
  const rows = await db.all(
    // Beside max() the other columns are those of its row: https://www.sqlite.org/lang_select.html#bareagg
    `SELECT chunk, tier, time_min, time_max, max(CASE WHEN bucket_us <= ?4 THEN bucket_us ELSE -bucket_us END) AS bucket, rollup.crc, rollup.body
     FROM chunk JOIN rollup ON rollup.chunk = chunk.id
     WHERE series = ?1 AND (?2 IS NULL OR time_max >= ?2) AND time_min <= ?3 AND time_max - time_min > ?4
       AND (bucket_us <= ?4 OR tier = ${SUMMED_UP})
     GROUP BY chunk`,
    series,
    from === null ? null : toMicros(from),
    to === null ? Number.MAX_SAFE_INTEGER : toMicros(to),
    Math.floor(length * 1000),
  )
  const found = new Map<number, readonly SampleBucket[]>()
  for (const row of rows) {
    const body = row['body'] as Buffer
    let reason = BAD_CHECKSUM
    try {
      if (crc32(body) === Number(row['crc'])) {
        found.set(Number(row['chunk']), decodeRollup(body, series))
        continue
      }
    } catch (error) {
      // Such as of a later version.
      reason = error instanceof Error ? error.message : String(error)
    }
    if (row['tier'] === SUMMED_UP) onDamage({ kind: 'rollup', id: Number(row['chunk']), reason, ...timesOf(row) })
  }
  return found
}
