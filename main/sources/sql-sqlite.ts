/** SQLite files of other programs, opened for reading only. */
import { access, constants } from 'node:fs/promises'
import { basename } from 'node:path'
import sqlite3 from 'sqlite3'
import { durationMs } from '../../shared/config/duration'
import type { SqliteConnection } from '../../shared/config/sources/sql'
import { fileFailure } from './file-errors'
import { jsonOf, newestQuery, numberJson, pageQuery, SqlFailure } from './sql-connection'
import type { CursorValue, PageStart, SqlClient, SqlRow, SqlTable } from './sql-connection'

type Row = Record<string, unknown>

/** Another program may hold the file for a moment; for longer, the source says so and tries again. */
const BUSY_MS = 5000
const KIND = 'weir cursor kind'
const TEXT = 'weir cursor text'
const GROWING = /int|num|real|doub|flo|date|time/i

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const cursorColumns = (cursor: string): string[] => [
  `typeof(${cursor}) AS ${quote(KIND)}`,
  // The driver rounds integers beyond 2^53; SQLite rounds a number that is cast to text.
  `CASE typeof(${cursor}) WHEN 'real' THEN ${cursor} ELSE CAST(${cursor} AS TEXT) END AS ${quote(TEXT)}`,
]

/** @throws SqlFailure */
export async function connectSqlite(config: SqliteConnection): Promise<SqlClient> {
  await access(config.path, constants.R_OK).catch((error: unknown) => {
    throw new SqlFailure(fileFailure(error, config.path), false)
  })
  return new SqliteClient(config, await open(config))
}

class SqliteClient implements SqlClient {
  constructor(
    private readonly config: SqliteConnection,
    private readonly handle: sqlite3.Database,
  ) {}

  async page(start: PageStart | null, limit: number): Promise<SqlRow[]> {
    const from = start?.value ?? null
    const literal = from?.kind === 'integer'
    const sql = pageQuery(this.config, quote, {
      from: from === null ? null : literal ? from.text : '?',
      inclusive: start?.inclusive ?? true,
      limit,
      columns: cursorColumns,
    })
    const values = from === null || literal ? [] : [from.kind === 'real' ? Number(from.text) : from.text]
    return (await this.all(sql, values)).map((row) => ({ cursor: cursorOf(row), json: rowJson(row) }))
  }

  async newest(): Promise<CursorValue | null> {
    const [row] = await this.all(newestQuery(this.config, quote, (cursor) => cursorColumns(cursor).join(', ')))
    return row === undefined ? null : cursorOf(row)
  }

  async tables(): Promise<SqlTable[]> {
    const rows = await this.all(
      "SELECT m.name AS name, c.name AS col, c.type AS type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.pk DESC, c.cid",
    )
    const tables = new Map<string, string[]>()
    for (const { name, col, type } of rows) {
      const columns = tables.get(String(name)) ?? []
      tables.set(String(name), columns)
      if (GROWING.test(String(type))) columns.push(String(col))
    }
    return [...tables].map(([name, columns]) => ({ name, columns }))
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.handle.close(() => resolve()))
  }

  private all(sql: string, values: (string | number)[] = []): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.handle.interrupt(), durationMs(this.config.timeout))
      this.handle.all(sql, values, (error: Error | null, rows: unknown[]) => {
        clearTimeout(timer)
        if (error === null) resolve(rows as Row[])
        else reject(sqliteFailure(error, this.config))
      })
    })
  }
}

function open(config: SqliteConnection): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const handle = new sqlite3.Database(config.path, sqlite3.OPEN_READONLY, (error) => {
      if (error) reject(sqliteFailure(error, config))
      else resolve(handle)
    })
    handle.configure('busyTimeout', BUSY_MS)
  })
}

function cursorOf(row: Row): CursorValue {
  const kind = row[KIND]
  return { text: String(row[TEXT]), kind: kind === 'integer' || kind === 'real' ? kind : 'text' }
}

function rowJson(row: Row): string {
  return jsonOf(
    Object.entries(row)
      .filter(([name]) => name !== KIND && name !== TEXT)
      .map(([name, value]) => [name, valueJson(value)]),
  )
}

function valueJson(value: unknown): string | undefined {
  if (typeof value === 'number') return numberJson(String(value))
  return value === null || typeof value === 'string' ? JSON.stringify(value) : undefined
}

function sqliteFailure(error: Error, { path, cursor, timeout }: SqliteConnection): SqlFailure {
  const name = basename(path)
  const code = 'code' in error ? String(error.code) : ''
  const text = error.message.replace(/^SQLITE_\w+: /, '')
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED')
    return new SqlFailure(`another program holds ${name}; it is tried again`, false)
  if (code === 'SQLITE_INTERRUPT') return new SqlFailure(`the query took longer than ${timeout} and was ended`, false)
  if (code === 'SQLITE_NOTADB') return new SqlFailure(`${name} is not an SQLite database`, true)
  if (code === 'SQLITE_CORRUPT') return new SqlFailure(`${name} is damaged: ${text}`, true)
  if (text.startsWith('no such column') && text.includes(cursor))
    return new SqlFailure(`the result has no column ${cursor}, which is to be its cursor`, true)
  if (text.startsWith('no such table')) return new SqlFailure(`the table is not there: ${text}`, true)
  if (code === 'SQLITE_ERROR') return new SqlFailure(`the database does not understand the query: ${text}`, true)
  return new SqlFailure(`cannot read ${path}: ${error.message}`, false)
}
