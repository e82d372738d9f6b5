/** Rows of the chunk table: a run of one series in the order of time, with its statistics. */
import type { Damage, RangeQuery, SampleBucket } from '../contracts'
import type { SeriesId } from '../../shared/model/series'
import { fromMicros, toMicros } from '../../shared/model/time'
import { decodeChunk, encodeChunk } from './chunk/chunk'
import { MAX_CHUNK_SAMPLES } from './chunk/contracts'
import { emptyColumns } from './columns'
import type { OrderedColumns } from './columns'
import { crc32 } from './crc32'
import { isCorrupt } from './store-error'
import type { Database, Row, SqlValue } from './database'
import { BAD_CHECKSUM, timesOf } from './damaged'

export interface ChunkRow extends SampleBucket {
  readonly id: number
  /** 0 as a pass made it, 1 merged, 2 summed up: without its samples. */
  readonly tier: number
  /** Of the samples, encoded. */
  readonly bytes: number
  readonly rollupBytes: number
}

export const SUMMED_UP = 2

export const CHUNK_INSERT = `INSERT INTO chunk
  (series, tier, time_min, time_max, samples, gaps, min, max, sum, first, last, crc, body, bytes, rollup_bytes) VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** A row for the samples [from, to) of ordered columns, in the order of CHUNK_INSERT but for `rollup_bytes`. */
export function encodeRow(
  series: SeriesId,
  tier: number,
  time: Float64Array,
  value: Float64Array,
  from: number,
  to: number,
): SqlValue[] {
  const body = tier === SUMMED_UP ? new Uint8Array(0) : encodeChunk(time, value, from, to)
  let gaps = 0
  let [min, max, sum] = [Infinity, -Infinity, 0]
  let [first, last] = [NaN, NaN]
  for (let i = from; i < to; i++) {
    const x = value[i] as number
    if (x !== x) {
      gaps += 1
      continue
    }
    if (x < min) min = x
    if (x > max) max = x
    sum += x
    if (first !== first) first = x
    last = x
  }
  const statistics = gaps === to - from ? [null, null, null, null, null] : [min, max, sum, first, last]
  const bounds = [toMicros(time[from] as number), toMicros(time[to - 1] as number)]
  return [series, tier, ...bounds, to - from, gaps, ...statistics, crc32(body), Buffer.from(body), body.length]
}

export const LISTED =
  'id, series, tier, time_min, time_max, samples, gaps, min, max, sum, first, last, bytes, rollup_bytes'

/** The chunks of a series with something in the range, by their beginning; bodies are read one by one later. */
export async function listChunks(
  db: Database,
  series: SeriesId,
  { from, to }: Pick<RangeQuery, 'from' | 'to'>,
): Promise<ChunkRow[]> {
  const rows = await db.all(
    `SELECT ${LISTED} FROM chunk WHERE series = ?1 AND (?2 IS NULL OR time_max >= ?2) AND time_min <= ?3
     ORDER BY time_min, id`,
    series,
    from === null ? null : toMicros(from),
    to === null ? Number.MAX_SAFE_INTEGER : toMicros(to),
  )
  return chunksOf(rows)
}

/** The same without those that are summed up. */
export async function listRaw(
  db: Database,
  series: SeriesId,
  range: Pick<RangeQuery, 'from' | 'to'>,
): Promise<ChunkRow[]> {
  return (await listChunks(db, series, range)).filter(({ tier }) => tier < SUMMED_UP)
}

export const chunksOf = (rows: readonly Row[]): ChunkRow[] => rows.map(chunkOf)

function chunkOf(row: Row): ChunkRow {
  const number = (name: string): number => (row[name] === null ? NaN : Number(row[name]))
  return {
    id: number('id'),
    series: number('series'),
    tier: number('tier'),
    from: fromMicros(number('time_min')),
    to: fromMicros(number('time_max')),
    samples: number('samples'),
    gaps: number('gaps'),
    min: number('min'),
    max: number('max'),
    sum: number('sum'),
    first: number('first'),
    last: number('last'),
    bytes: number('bytes'),
    rollupBytes: number('rollup_bytes'),
  }
}

const scratch = { times: new Float64Array(MAX_CHUNK_SAMPLES), values: new Float64Array(MAX_CHUNK_SAMPLES) }

/** The samples of a chunk; null where it is damaged. Arrival times are not kept: event times stand for them. */
export async function readChunk(
  db: Database,
  chunk: ChunkRow,
  onDamage: (damage: Damage) => void,
): Promise<OrderedColumns | null> {
  try {
    const row = await db.one('SELECT id, time_min, time_max, crc, body FROM chunk WHERE id = ?', chunk.id)
    if (row !== undefined) return columnsOfBody(chunk.series, row, onDamage)
    onDamage({ kind: 'chunk', id: chunk.id, reason: BAD_CHECKSUM, from: chunk.from, to: chunk.to })
  } catch (error) {
    if (!isCorrupt(error)) throw error
    onDamage({ kind: 'chunk', id: chunk.id, reason: error.message, from: chunk.from, to: chunk.to })
  }
  return null
}

/** Those of a row with id, time_min, time_max, crc and body; null where it is damaged. */
export function columnsOfBody(series: SeriesId, row: Row, onDamage: (damage: Damage) => void): OrderedColumns | null {
  const body = row['body'] as Uint8Array
  const id = Number(row['id'])
  let reason = BAD_CHECKSUM
  try {
    if (crc32(body) === Number(row['crc'])) return columnsOf(series, id, decodeChunk(body, scratch))
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error)
  }
  onDamage({ kind: 'chunk', id, reason, ...timesOf(row) })
  return null
}

function columnsOf(series: SeriesId, id: number, length: number): OrderedColumns {
  const columns = emptyColumns(length)
  columns.series.fill(series)
  columns.rank.fill(id)
  columns.time.set(scratch.times.subarray(0, length))
  columns.arrival.set(columns.time)
  columns.value.set(scratch.values.subarray(0, length))
  return columns
}
