/** PostgreSQL, in a session that cannot write. */
import pg from 'pg'
import type { QueryArrayResult } from 'pg'
import type { Secrets } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { PostgresConnection } from '../../shared/config/sources/sql'
import { codeOf, postgresFault, textOf } from '../connections/sql-faults'
import { tlsOf } from '../connections/sql-tls'
import { jsonOf, newestQuery, numberJson, pageQuery, SqlFailure } from './sql-connection'
import type { CursorValue, PageStart, SqlClient, SqlRow, SqlTable } from './sql-connection'
import { groupTables } from './sql-server'

const CONNECT_MS = 10_000
/** Beyond the statement's own time: the server would have ended it, so it is gone. */
const ANSWER_MS = 5000

/** OIDs of built-in types (pg_type.dat). */
const BOOL = 16
const BYTEA = 17
const INTEGERS = new Set([20, 21, 23, 26])
const REALS = new Set([700, 701, 1700])
const JSONS = new Set([114, 3802])
const TIMESTAMP = 1114
const TIMESTAMPTZ = 1184

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** Values as the server writes them: nothing is rounded on the way. */
const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/** @throws SqlFailure */
export async function connectPostgres(config: PostgresConnection, secrets: Secrets): Promise<SqlClient> {
  const { host, port, database, user, tls } = config
  const timeout = durationMs(config.timeout)
  const ssl = tlsOf(tls, secrets)
  const client = new pg.Client({
    ...{ host, port, database, user, types: asText, connectionTimeoutMillis: CONNECT_MS },
    ...{ query_timeout: timeout + ANSWER_MS, keepAlive: true, application_name: 'weir', ssl: ssl ?? false },
    password: secrets['password'] ?? '',
  })
  // The end of an idle connection; the next query fails by it.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SET default_transaction_read_only = on')
    await client.query(`SET statement_timeout = ${timeout}`)
    await client.query("SET TIME ZONE 'UTC'")
    await client.query("SET datestyle = 'ISO, YMD'")
    await client.query('SET extra_float_digits = 1')
    return new PostgresClient(config, client)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw postgresFailure(error, config)
  }
}

class PostgresClient implements SqlClient {
  constructor(
    private readonly config: PostgresConnection,
    private readonly client: pg.Client,
  ) {}

  async page(start: PageStart | null, limit: number): Promise<SqlRow[]> {
    const from = start?.value ?? null
    const inclusive = start?.inclusive ?? true
    const sql = pageQuery(this.config, quote, { from: from === null ? null : '$1', inclusive, limit })
    const { rows, fields } = await this.query(sql, from === null ? [] : [from.text])
    const at = fields.findIndex(({ name }) => name === this.config.cursor)
    const type = fields[at]?.dataTypeID ?? 0
    return rows.map((row) => ({
      cursor: { text: row[at] as string, kind: kindOf(type) },
      json: jsonOf(fields.map(({ name, dataTypeID }, i) => [name, valueJson(row[i] as string | null, dataTypeID)])),
    }))
  }

  async newest(): Promise<CursorValue | null> {
    const { rows, fields } = await this.query(newestQuery(this.config, quote, (cursor) => cursor))
    const text = rows[0]?.[0]
    return typeof text === 'string' ? { text, kind: kindOf(fields[0]?.dataTypeID ?? 0) } : null
  }

  async tables(): Promise<SqlTable[]> {
    const { rows } = await this.query(
      "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, ordinal_position",
    )
    return groupTables(
      rows.map(([schema, table, column, type]) => [
        schema === 'public' ? String(table) : `${String(schema)}.${String(table)}`,
        String(column),
        String(type),
      ]),
    )
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined)
  }

  private async query(text: string, values: string[] = []): Promise<QueryArrayResult<unknown[]>> {
    try {
      return await this.client.query<unknown[]>({ text, values, rowMode: 'array' })
    } catch (error) {
      throw postgresFailure(error, this.config)
    }
  }
}

const kindOf = (type: number): CursorValue['kind'] =>
  INTEGERS.has(type) ? 'integer' : REALS.has(type) ? 'real' : 'text'

function valueJson(text: string | null, type: number): string | undefined {
  if (text === null) return 'null'
  if (type === BYTEA) return undefined
  if (type === BOOL) return String(text === 't')
  if (INTEGERS.has(type) || REALS.has(type)) return numberJson(text)
  if (JSONS.has(type)) return text
  if (type === TIMESTAMP) return JSON.stringify(text.replace(' ', 'T'))
  if (type === TIMESTAMPTZ) return JSON.stringify(text.replace(' ', 'T').replace(/\+00$/, 'Z'))
  return JSON.stringify(text)
}

function postgresFailure(error: unknown, config: PostgresConnection): SqlFailure {
  const { user, cursor, timeout } = config
  const text = textOf(error)
  const code = codeOf(error)
  if (code === '42501') return new SqlFailure(`the user ${user} may not read this: ${text}`, true)
  if (code === '42P01') return new SqlFailure(`the table is not there: ${text}`, true)
  if (code === '42703' && text.includes(cursor))
    return new SqlFailure(`the result has no column ${cursor}, which is to be its cursor`, true)
  if (code === '25006') return new SqlFailure(`only reading is allowed: ${text}`, true)
  if (code.startsWith('42')) return new SqlFailure(`the database does not understand the query: ${text}`, true)
  if (code === '57014') return new SqlFailure(`the query took longer than ${timeout} and was ended`, false)
  const { reason, refused } = postgresFault(error, config)
  return new SqlFailure(reason, refused)
}
