/** What could not be decoded, or was taken out by checks: the newest records of each source, and counts of all. */
import type { RejectedEntry, RejectedStore, StoredRejected, TakenBack } from '../contracts'
import type { RejectedKind } from '../../shared/ipc/engine'
import { fromMicros, toMicros } from '../../shared/model/time'
import { BulkInsert } from './bulk-insert'
import type { Database, Row } from './database'

/** Rejected records kept per source. */
const KEPT = 10_000
/** Reasons that are counted apart per source; a reason that names what comes anew every time must not fill the file. */
const KINDS = 100
/** Those beyond, and of before reasons were counted. */
const OTHERS = ''

export class RejectedTable {
  private constructor(
    private readonly db: Database,
    private readonly insert: BulkInsert,
  ) {}

  static async create(db: Database): Promise<RejectedTable> {
    const columns = ['source', 'arrival_us', 'key', 'reason', 'payload', 'kind', 'again', 'capped', 'partition']
    const all = [...columns, 'broker_us', 'labels', 'header']
    return new RejectedTable(
      db,
      await BulkInsert.create(db, `INSERT INTO rejected (${all.join(', ')}) VALUES`, all.length),
    )
  }

  /** Within the transaction of a commit. */
  async write(entries: readonly RejectedEntry[], takenBack: readonly TakenBack[]): Promise<void> {
    if (entries.length > 0) await this.add(entries)
    if (takenBack.length > 0) await this.takeBack(takenBack)
  }

  private async add(entries: readonly RejectedEntry[]): Promise<void> {
    await this.insert.write(entries, rowOf)
    for (const [source, newest, records] of byKind(entries))
      await this.db.run(
        `INSERT INTO rejected_count (source, kind, records, last_us, reason)
           SELECT ?1, ${COUNTED_KIND}, ?3, ?4, ?5 WHERE true
         ON CONFLICT (source, kind) DO UPDATE SET
           records = records + excluded.records, last_us = excluded.last_us, reason = excluded.reason`,
        source,
        newest.kind,
        records,
        toMicros(newest.arrival),
        newest.reason,
      )
    for (const source of new Set(entries.map((entry) => entry.source)))
      await this.db.run(
        `DELETE FROM rejected WHERE source = ?1 AND capped = 1 AND id <=
           (SELECT id FROM rejected WHERE source = ?1 AND capped = 1 ORDER BY id DESC LIMIT 1 OFFSET ${KEPT})`,
        source,
      )
  }

  private async takeBack(entries: readonly TakenBack[]): Promise<void> {
    const ids = JSON.stringify(entries.map(({ id }) => id))
    await this.db.run('DELETE FROM rejected WHERE id IN (SELECT value FROM json_each(?))', ids)
    for (const [source, { kind }, records] of byKind(entries))
      await this.db.run(
        `UPDATE rejected_count SET records = max(0, records - ?3) WHERE source = ?1 AND kind = ${COUNTED_KIND}`,
        source,
        kind,
        records,
      )
  }
}

/** The kind ?2 of the source ?1, or that of all others where it is too many. */
const COUNTED_KIND = `CASE WHEN EXISTS (SELECT 1 FROM rejected_count WHERE source = ?1 AND kind = ?2)
  OR (SELECT count(*) FROM rejected_count WHERE source = ?1) < ${KINDS} THEN ?2 ELSE '${OTHERS}' END`

/** Of each source and kind: the last entry, and how many there are. */
function byKind<T extends { readonly source: string; readonly kind: string }>(
  entries: readonly T[],
): [source: string, newest: T, records: number][] {
  const found = new Map<string, [string, T, number]>()
  for (const entry of entries) {
    const name = `${entry.source}\0${entry.kind}`
    found.set(name, [entry.source, entry, (found.get(name)?.[2] ?? 0) + 1])
  }
  return [...found.values()]
}

const rowOf = (entry: RejectedEntry) => [
  entry.source,
  toMicros(entry.arrival),
  entry.key,
  entry.reason,
  Buffer.from(entry.payload.buffer, entry.payload.byteOffset, entry.payload.byteLength),
  entry.kind,
  entry.again ? 1 : 0,
  entry.capped ? 1 : 0,
  entry.partition,
  entry.brokerTime === undefined ? null : toMicros(entry.brokerTime),
  entry.labels === undefined ? null : JSON.stringify(entry.labels),
  entry.header ?? null,
]

/** What is kept of them. */
export class RejectedReader {
  constructor(protected readonly reading: Database) {}

  async newest(source: string, limit: number): Promise<StoredRejected[]> {
    const sql = 'SELECT * FROM rejected WHERE source = ? ORDER BY id DESC LIMIT ?'
    return (await this.reading.all(sql, source, limit)).map(entryOf)
  }

  async from(
    source: string,
    { after, upTo, limit }: { after: number; upTo: number; limit: number },
  ): Promise<StoredRejected[]> {
    const sql = 'SELECT * FROM rejected WHERE source = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?'
    return (await this.reading.all(sql, source, after, upTo, limit)).map(entryOf)
  }
}

export class RejectedHistory extends RejectedReader implements RejectedStore {
  constructor(
    reading: Database,
    private readonly write: (task: (db: Database) => Promise<void>) => Promise<void>,
  ) {
    super(reading)
  }

  async counts(source: string): Promise<RejectedKind[]> {
    const sql = 'SELECT * FROM rejected_count WHERE source = ? AND records > 0 ORDER BY records DESC, kind'
    return (await this.reading.all(sql, source)).map((row) => ({
      kind: String(row['kind']),
      records: Number(row['records']),
      last: fromMicros(Number(row['last_us'])),
      reason: String(row['reason']),
    }))
  }

  discard(source: string): Promise<void> {
    return this.write((db) =>
      db.transaction(async () => {
        await db.run('DELETE FROM rejected WHERE source = ?', source)
        await db.run('DELETE FROM rejected_count WHERE source = ?', source)
      }),
    )
  }
}

function entryOf(row: Row): StoredRejected {
  return {
    id: Number(row['id']),
    source: String(row['source']),
    arrival: fromMicros(Number(row['arrival_us'])),
    key: String(row['key']),
    reason: String(row['reason']),
    payload: row['payload'] as Buffer,
    kind: String(row['kind']),
    again: row['again'] === 1,
    capped: row['capped'] === 1,
    partition: String(row['partition']),
    ...(typeof row['broker_us'] === 'number' ? { brokerTime: fromMicros(row['broker_us']) } : {}),
    ...(typeof row['labels'] === 'string' ? { labels: JSON.parse(row['labels']) as Record<string, string> } : {}),
    ...(typeof row['header'] === 'string' ? { header: row['header'] } : {}),
  }
}
