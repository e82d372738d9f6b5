/** Changes of alerts: the newest of them, each with what caused it. */
import type { AlertEntry, AlertQuery, AlertStore } from '../contracts'
import type { AlertEvent } from '../../shared/model/alert'
import { fromMicros, toMicros } from '../../shared/model/time'
import { BulkInsert } from './bulk-insert'
import type { Database, Row } from './database'

/** Kept; of alerts that come and go every second the oldest are gone after a day. */
const KEPT = 100_000
const PAGE = 1000
const COLUMNS = [
  ...['number', 'id', 'rule', 'name', 'severity', 'source', 'series', 'from_state', 'to_state', 'time_us', 'at_us'],
  ...['value', 'reason', 'revised', 'notify', 'until_us', 'desktop'],
]

export class AlertTable {
  private constructor(
    private readonly db: Database,
    private readonly insert: BulkInsert,
  ) {}

  static async create(db: Database): Promise<AlertTable> {
    const head = `INSERT INTO alert_event (${COLUMNS.join(', ')}) VALUES`
    // A change that happens again after a crash is the same one; what began while it was silenced is told later.
    const tail = `ON CONFLICT (id) DO UPDATE SET notify = coalesce(excluded.notify, notify),
      desktop = CASE WHEN notify IS NULL THEN excluded.desktop ELSE desktop END`
    return new AlertTable(db, await BulkInsert.create(db, head, COLUMNS.length, tail))
  }

  /** Within the transaction of a commit. */
  async write(entries: readonly AlertEntry[]): Promise<void> {
    const last = entries.at(-1)
    if (last === undefined) return
    await this.insert.write(entries, rowOf)
    await this.db.run('DELETE FROM alert_event WHERE number <= ?', last.number - KEPT)
  }
}

const rowOf = (entry: AlertEntry) => [
  entry.number,
  entry.id,
  entry.rule,
  entry.name,
  entry.severity,
  entry.source,
  entry.series,
  entry.from,
  entry.to,
  toMicros(entry.time),
  toMicros(entry.at),
  Number.isFinite(entry.value) ? entry.value : null,
  entry.reason,
  entry.revised ? 1 : 0,
  entry.notify,
  entry.until === null ? null : toMicros(entry.until),
  entry.desktop ? 1 : 0,
]

export class AlertHistory implements AlertStore {
  constructor(
    private readonly reading: Database,
    private readonly write: (task: (db: Database) => Promise<void>) => Promise<void>,
  ) {}

  async events({ rule, series, from, to, before, limit }: AlertQuery): Promise<AlertEvent[]> {
    const rows = await this.reading.all(
      `SELECT * FROM alert_event WHERE number < ?1 AND (?2 IS NULL OR rule = ?2)
         AND (?3 IS NULL OR series IN (SELECT value FROM json_each(?3)))
         AND (?4 IS NULL OR time_us >= ?4) AND (?5 IS NULL OR time_us <= ?5)
       ORDER BY number DESC LIMIT ?6`,
      before,
      rule,
      series === null ? null : JSON.stringify([...series]),
      from === null ? null : toMicros(from),
      to === null ? null : toMicros(to),
      limit,
    )
    return rows.map(eventOf)
  }

  async *after(number: number): AsyncGenerator<AlertEvent> {
    for (let last = number; ;) {
      const sql = 'SELECT * FROM alert_event WHERE number > ? ORDER BY number LIMIT ?'
      const events = (await this.reading.all(sql, last, PAGE)).map(eventOf)
      yield* events
      if (events.length < PAGE) return
      last = events.at(-1)?.number ?? last
    }
  }

  async untold(): Promise<AlertEvent[]> {
    return (await this.reading.all('SELECT * FROM alert_event WHERE desktop = 1 ORDER BY number')).map(eventOf)
  }

  told(ids: readonly string[]): Promise<void> {
    const sql = 'UPDATE alert_event SET desktop = 0 WHERE id IN (SELECT value FROM json_each(?))'
    return this.write(async (db) => void (await db.run(sql, JSON.stringify(ids))))
  }

  async lastNumber(): Promise<number> {
    return Number((await this.reading.one('SELECT max(number) AS last FROM alert_event'))?.['last'] ?? 0)
  }
}

const eventOf = (row: Row): AlertEvent => ({
  number: Number(row['number']),
  id: String(row['id']),
  rule: String(row['rule']),
  name: String(row['name']),
  severity: row['severity'] as AlertEvent['severity'],
  source: String(row['source']),
  series: typeof row['series'] === 'number' ? row['series'] : null,
  from: row['from_state'] as AlertEvent['from'],
  to: row['to_state'] as AlertEvent['to'],
  time: fromMicros(Number(row['time_us'])),
  at: fromMicros(Number(row['at_us'])),
  value: typeof row['value'] === 'number' ? row['value'] : NaN,
  reason: row['reason'] as AlertEvent['reason'],
  revised: row['revised'] === 1,
  notify: (row['notify'] ?? null) as AlertEvent['notify'],
  until: typeof row['until_us'] === 'number' ? fromMicros(row['until_us']) : null,
})
