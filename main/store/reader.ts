/** Reading the file: the journal in its order, samples of a range, results. */
import type { Damage, JournalBlock, RangeQuery, ResumePoint } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { WindowResult } from '../../shared/model/results'
import type { SeriesInfo } from '../../shared/model/series'
import { fromMicros, toMicros } from '../../shared/model/time'
import type { EpochMs } from '../../shared/model/time'
import { checkedBlock } from './checked-block'
import { crc32 } from './crc32'
import { BAD_CHECKSUM } from './damaged'
import type { Database, Row } from './database'
import { readMemoryOnly } from './memory-only'
import { walk } from './walk'

/** Blocks of one SELECT, and about how many bytes of them: no read holds a transaction or much memory. */
const BLOCKS_PER_READ = 256
const BYTES_PER_READ = 4 << 20
const RESULTS_PER_READ = 5_000
/** The last journal block whose samples are in chunks. */
export const CHUNKED = "(SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'chunked')"

/** Reads blocks with `seq > after` within optional bounds of event time; damaged ones are reported and left out. */
export async function* readBlocks(
  db: Database,
  after: number,
  query: Pick<RangeQuery, 'from' | 'to'>,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<{ readonly seq: number; readonly block: JournalBlock }> {
  for await (const rows of readBlockRows(db, after, query, onDamage))
    for (const row of rows) {
      const block = checkedBlock(row, onDamage)
      if (block !== null) yield { seq: Number(row['seq']), block }
    }
}

/** The same as they stand in the file: seq, time_min, time_max, crc, body. */
export function readBlockRows(
  db: Database,
  after: number,
  query: Pick<RangeQuery, 'from' | 'to'>,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<readonly Row[]> {
  const times = [query.from, query.to].map((time) => (time === null ? null : toMicros(time)))
  return walk(
    {
      read: (from, limit) =>
        db.all(
          `SELECT seq, time_min, time_max, crc, body FROM journal
           WHERE seq >= ?1 AND (?2 IS NULL OR time_max >= ?2) AND (?3 IS NULL OR time_min <= ?3)
           ORDER BY seq LIMIT ${limit}`,
          from,
          ...times,
        ),
      key: (row) => Number(row['seq']),
      unreachable: (from, to, reason) => onDamage({ kind: 'journal', id: to === Infinity ? from : to, reason }),
      limit: nextLimit,
    },
    after + 1,
  )
}

function nextLimit(rows: readonly Row[]): number {
  const bytes = rows.reduce((sum, row) => sum + (row['body'] as Buffer).length, 0)
  return Math.max(1, Math.min(BLOCKS_PER_READ, Math.floor((rows.length * BYTES_PER_READ) / Math.max(1, bytes))))
}

/** The newest blocks after `chunked` that hold at most so many samples together; at least one block. */
export async function readNewest(
  db: Database,
  samples: number,
  from: EpochMs,
  chunked: number,
): Promise<{ readonly afterSeq: number; readonly complete: boolean; readonly samples: number }> {
  const row = await db.one(
    `SELECT min(seq) AS first, max(seq) AS last, min(CASE WHEN total <= ?2 THEN seq END) AS kept,
       max(total) AS total
     FROM (SELECT seq, sum(samples) OVER (ORDER BY seq DESC) AS total FROM journal
       WHERE time_max >= ?1 AND seq > ?3)`,
    toMicros(from),
    samples,
    chunked,
  )
  const first = row?.['first'] ?? null
  if (first === null) return { afterSeq: chunked, complete: true, samples: 0 }
  const kept = Number(row?.['kept'] ?? row?.['last'])
  return { afterSeq: kept - 1, complete: kept === Number(first), samples: Number(row?.['total']) }
}

export function selectSamples(samples: SampleBatch, query: RangeQuery): SampleBatch {
  const from = query.from ?? -Infinity
  const to = query.to ?? Infinity
  const found = new SampleBuffer(64)
  for (let i = 0; i < samples.length; i++) {
    const time = samples.time[i] as number
    const series = samples.series[i] as number
    if (time >= from && time <= to && query.series.has(series))
      found.push(series, time, samples.value[i] as number, samples.arrival[i] as number)
  }
  return found
}

export async function* readResults(
  db: Database,
  pipeline: { id: number; name: string },
  query: RangeQuery,
): AsyncGenerator<readonly WindowResult[]> {
  const from = query.from === null ? null : toMicros(query.from)
  const to = query.to === null ? null : toMicros(query.to)
  for (const key of query.series) {
    let start = Number.MIN_SAFE_INTEGER
    let end = Number.MIN_SAFE_INTEGER
    let number = -2
    for (;;) {
      const rows = await db.all(
        `SELECT * FROM window_result WHERE pipeline = ?1 AND key = ?2 AND (start_us, end_us, number) > (?3, ?4, ?5)
           AND (?6 IS NULL OR end_us >= ?6) AND (?7 IS NULL OR start_us <= ?7)
         ORDER BY start_us, end_us, number LIMIT ${RESULTS_PER_READ}`,
        pipeline.id,
        key,
        start,
        end,
        number,
        from,
        to,
      )
      if (rows.length > 0) yield rows.map((row) => resultOf(row, pipeline.name))
      const last = rows[RESULTS_PER_READ - 1]
      if (last === undefined) break
      ;[start, end, number] = [Number(last['start_us']), Number(last['end_us']), Number(last['number'])]
    }
  }
}

/** From key to key by the index: the rows between are not read. */
export async function readKeys(db: Database, pipeline: number): Promise<number[]> {
  const rows = await db.all(
    `WITH RECURSIVE found(key) AS (
       SELECT min(key) FROM window_result WHERE pipeline = ?1
       UNION ALL
       SELECT (SELECT min(key) FROM window_result WHERE pipeline = ?1 AND key > found.key) FROM found
       WHERE found.key IS NOT NULL)
     SELECT key FROM found WHERE key IS NOT NULL`,
    pipeline,
  )
  return rows.map((row) => Number(row['key']))
}

function resultOf(row: Row, pipeline: string): WindowResult {
  const stats = row['stats'] as Buffer
  const values = new Float64Array(stats.length / 8)
  for (let i = 0; i < values.length; i++) values[i] = stats.readDoubleLE(i * 8)
  const index = Number(row['number'])
  return {
    pipeline,
    key: Number(row['key']),
    start: fromMicros(Number(row['start_us'])),
    end: fromMicros(Number(row['end_us'])),
    revision: Number(row['revision']),
    values,
    ...(index >= 0 ? { index } : {}),
    ...(Number(row['repaired']) === 1 ? { repaired: true } : {}),
  }
}

export async function readResumePoint(
  db: Database,
  lastSeq: number,
  onDamage: (damage: Damage) => void,
): Promise<ResumePoint> {
  const series = await readSeries(db)
  const samples = await db.one(
    `SELECT (SELECT coalesce(sum(samples), 0) FROM chunk WHERE tier < 2)
      + (SELECT coalesce(sum(samples), 0) FROM journal WHERE seq > ${CHUNKED}) AS n`,
  )
  const first = await db.one('SELECT min(seq) AS seq FROM journal')
  const firstSeq = Number(first?.['seq'] ?? lastSeq + 1)
  const windows = await db.one('SELECT count(*) AS n FROM window_result')
  let snapshot: ResumePoint['snapshot'] = null
  for (const row of await db.all('SELECT seq, crc, body FROM snapshot ORDER BY seq DESC')) {
    const body = row['body'] as Buffer
    const seq = Number(row['seq'])
    if (crc32(body) === Number(row['crc'])) {
      snapshot = { seq, body }
      break
    }
    onDamage({ kind: 'snapshot', id: seq, reason: BAD_CHECKSUM })
  }
  return {
    series,
    snapshot,
    firstSeq,
    lastSeq,
    storedSamples: Number(samples?.['n']),
    storedWindows: Number(windows?.['n']),
    memoryOnly: await readMemoryOnly(db, onDamage),
  }
}

export async function readSeries(db: Database): Promise<SeriesInfo[]> {
  return (await db.all('SELECT * FROM series ORDER BY id')).map(seriesOf)
}

function seriesOf(row: Row): SeriesInfo {
  return {
    id: Number(row['id']),
    source: String(row['source']),
    name: String(row['name']),
    labels: JSON.parse(String(row['labels'])) as Record<string, string>,
    ...(typeof row['unit'] === 'string' ? { unit: row['unit'] } : {}),
    ...(typeof row['display'] === 'string' ? { display: row['display'] } : {}),
  }
}
