/** What waits to leave for other systems, and what they would not take. */
import type { OutboxCounts, OutboxEntry, OutboxItem, OutboxStore, OutputBody } from '../contracts'
import { fromMicros, toMicros } from '../../shared/model/time'
import { BulkInsert } from './bulk-insert'
import type { Database, Row } from './database'

/** Of what was set aside so many are kept for each output. */
const KEPT = 10_000

export class OutboxTable {
  private constructor(private readonly insert: BulkInsert) {}

  static async create(db: Database): Promise<OutboxTable> {
    return new OutboxTable(await BulkInsert.create(db, 'INSERT INTO outbox (output, rule, created_us, body) VALUES', 4))
  }

  /** Within the transaction of a commit. */
  write(entries: readonly OutboxEntry[]): Promise<void> {
    return this.insert.write(entries, ({ output, rule, created, body }) => [
      output,
      rule,
      toMicros(created),
      JSON.stringify(body),
    ])
  }
}

export class Outbox implements OutboxStore {
  constructor(
    private readonly reading: Database,
    private readonly write: (task: (db: Database) => Promise<void>) => Promise<void>,
  ) {}

  async waiting(output: string, limit: number): Promise<OutboxItem[]> {
    const sql = 'SELECT * FROM outbox WHERE output = ? AND set_aside IS NULL ORDER BY seq LIMIT ?'
    return (await this.reading.all(sql, output, limit)).map(itemOf)
  }

  delivered(output: string, items: readonly OutboxItem[]): Promise<void> {
    return this.change(async (db) => {
      await db.run('DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(?))', numbers(items))
      await count(db, output, 'delivered', items.length)
    })
  }

  setAside(output: string, items: readonly OutboxItem[], reason: string): Promise<void> {
    return this.change(async (db) => {
      const sql = 'UPDATE outbox SET set_aside = ? WHERE seq IN (SELECT value FROM json_each(?))'
      await db.run(sql, reason, numbers(items))
      const oldest = `SELECT seq FROM outbox WHERE output = ?1 AND set_aside IS NOT NULL ORDER BY seq DESC LIMIT -1 OFFSET ${KEPT}`
      await count(db, output, 'dropped', await remove(db, oldest, output))
    })
  }

  async counts(output: string): Promise<OutboxCounts> {
    const row = await this.reading.one(
      `SELECT (SELECT count(*) FROM outbox WHERE output = ?1 AND set_aside IS NULL) AS waiting,
         (SELECT count(*) FROM outbox WHERE output = ?1 AND set_aside IS NOT NULL) AS aside,
         (SELECT set_aside FROM outbox WHERE output = ?1 AND set_aside IS NOT NULL ORDER BY seq DESC LIMIT 1) AS reason,
         (SELECT delivered FROM outbox_count WHERE output = ?1) AS delivered,
         (SELECT dropped FROM outbox_count WHERE output = ?1) AS dropped`,
      output,
    )
    return {
      waiting: Number(row?.['waiting'] ?? 0),
      setAside: Number(row?.['aside'] ?? 0),
      delivered: Number(row?.['delivered'] ?? 0),
      dropped: Number(row?.['dropped'] ?? 0),
      reason: typeof row?.['reason'] === 'string' ? row['reason'] : null,
    }
  }

  async trim(output: string, keep: number): Promise<number> {
    let removed = 0
    await this.change(async (db) => {
      const waiting = 'FROM outbox WHERE output = ?1 AND set_aside IS NULL'
      const sql = `SELECT seq ${waiting} AND rule IS NULL ORDER BY seq LIMIT max(0, (SELECT count(*) ${waiting}) - ?2)`
      removed = await remove(db, sql, output, keep)
      await count(db, output, 'dropped', removed)
    })
    return removed
  }

  retry(output: string): Promise<void> {
    const sql = 'UPDATE outbox SET set_aside = NULL, created_us = ? WHERE output = ? AND set_aside IS NOT NULL'
    return this.change(async (db) => void (await db.run(sql, toMicros(Date.now()), output)))
  }

  discard(output: string): Promise<void> {
    return this.change(async (db) => {
      await db.run('DELETE FROM outbox WHERE output = ? AND set_aside IS NOT NULL', output)
    })
  }

  forget(output: string): Promise<void> {
    return this.change(async (db) => {
      await db.run('DELETE FROM outbox WHERE output = ?', output)
      await db.run('DELETE FROM outbox_count WHERE output = ?', output)
    })
  }

  private change(task: (db: Database) => Promise<void>): Promise<void> {
    return this.write((db) => db.transaction(() => task(db)))
  }
}

const numbers = (items: readonly OutboxItem[]): string => JSON.stringify(items.map(({ seq }) => seq))

/** @param query gives the numbers of the rows. @returns how many went */
async function remove(db: Database, query: string, ...values: (string | number)[]): Promise<number> {
  const rows = await db.all(query, ...values)
  if (rows.length === 0) return 0
  const seqs = JSON.stringify(rows.map((row) => Number(row['seq'])))
  await db.run('DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(?))', seqs)
  return rows.length
}

async function count(db: Database, output: string, column: 'delivered' | 'dropped', added: number): Promise<void> {
  if (added === 0) return
  const sql = `INSERT INTO outbox_count (output, ${column}) VALUES (?, ?)
    ON CONFLICT (output) DO UPDATE SET ${column} = ${column} + excluded.${column}`
  await db.run(sql, output, added)
}

const itemOf = (row: Row): OutboxItem => ({
  seq: Number(row['seq']),
  rule: typeof row['rule'] === 'string' ? row['rule'] : null,
  created: fromMicros(Number(row['created_us'])),
  body: JSON.parse(String(row['body'])) as OutputBody,
})
