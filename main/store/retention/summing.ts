/**
 * Samples that went by age: their chunk keeps its statistics and rollups and loses its body. Where only a part is old
 * enough the chunk is cut in two at that time.
 */
import type { Damage } from '../../contracts'
import type { EpochMs } from '../../../shared/model/time'
import { SUMMED_UP, encodeRow, readChunk } from '../chunk-rows'
import type { ChunkRow } from '../chunk-rows'
import { countBefore } from '../columns'
import type { OrderedColumns } from '../columns'
import type { Database, SqlValue } from '../database'
import { bytesOf, encodeRollups, insertRollups, insertWithRollups } from '../rollup/rows'

/** One chunk as it will be; written in a transaction with others. */
export interface Summing {
  /** Samples that go. */
  readonly samples: number
  write(db: Database): Promise<void>
}

/** @returns null where the chunk must be cut but cannot be read: it goes when all of it is old. */
export async function prepareSumming(
  db: Database,
  chunk: ChunkRow,
  before: EpochMs,
  onDamage: (damage: Damage) => void,
): Promise<Summing | null> {
  const whole = chunk.to < before
  if (whole && chunk.rollupBytes > 0) return { samples: chunk.samples, write: (to) => emptyBody(to, chunk, []) }
  const columns = await readChunk(db, chunk, onDamage)
  if (whole) {
    const rollups = columns === null ? [] : rollupsOf(chunk, columns, 0, columns.time.length)
    return { samples: chunk.samples, write: (to) => emptyBody(to, chunk, rollups) }
  }
  return columns === null ? null : cut(chunk, columns, countBefore(columns.time, before))
}

const rollupsOf = ({ series }: ChunkRow, { time, value }: OrderedColumns, from: number, to: number): SqlValue[][] =>
  encodeRollups(series, time, value, from, to, true)

async function emptyBody(db: Database, chunk: ChunkRow, rollups: readonly SqlValue[][]): Promise<void> {
  await db.run(
    `UPDATE chunk SET tier = ${SUMMED_UP}, crc = 0, body = x'', bytes = 0, rollup_bytes = ? WHERE id = ?`,
    chunk.rollupBytes + bytesOf(rollups),
    chunk.id,
  )
  await insertRollups(db, chunk.id, rollups)
}

function cut(chunk: ChunkRow, columns: OrderedColumns, at: number): Summing {
  const { time, value } = columns
  const old = encodeRow(chunk.series, SUMMED_UP, time, value, 0, at)
  const oldRollups = rollupsOf(chunk, columns, 0, at)
  const rest = keptRow(chunk, columns, at, time.length)
  return {
    samples: at,
    async write(db) {
      await insertWithRollups(db, old, oldRollups)
      await rest(db)
    },
  }
}

/** The chunk becomes samples [from, to) of itself and keeps its id: ties stay in the order of arrival. */
export function keptRow(
  chunk: ChunkRow,
  { time, value }: OrderedColumns,
  from: number,
  to: number,
): (db: Database) => Promise<void> {
  const row = encodeRow(chunk.series, chunk.tier, time, value, from, to)
  const rollups = chunk.tier === 0 ? [] : encodeRollups(chunk.series, time, value, from, to)
  return async (db) => {
    await db.run('DELETE FROM rollup WHERE chunk = ?', chunk.id)
    await db.run(
      `UPDATE chunk SET series = ?, tier = ?, time_min = ?, time_max = ?, samples = ?, gaps = ?, min = ?, max = ?,
         sum = ?, first = ?, last = ?, crc = ?, body = ?, bytes = ?, rollup_bytes = ? WHERE id = ?`,
      ...row,
      bytesOf(rollups),
      chunk.id,
    )
    await insertRollups(db, chunk.id, rollups)
  }
}
