/** MySQL and MariaDB, in a session that cannot write. */
import { createConnection } from 'mysql2/promise'
import type { Connection, FieldPacket, RowDataPacket } from 'mysql2/promise'
import type { Secrets } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { MysqlConnection } from '../../shared/config/sources/sql'
import { codeOf, errnoOf, mysqlFault, textOf } from '../connections/sql-faults'
import { tlsOf } from '../connections/sql-tls'
import { jsonOf, newestQuery, numberJson, pageQuery, SqlFailure } from './sql-connection'
import type { CursorValue, PageStart, SqlClient, SqlRow, SqlTable } from './sql-connection'
import { groupTables } from './sql-server'

const CONNECT_MS = 10_000
const ANSWER_MS = 5000

/** Column types of the protocol (field_types.h). */
const INTEGERS = new Set([1, 2, 3, 8, 9, 13])
const REALS = new Set([0, 4, 5, 246])
const TIMESTAMP = 7
const DATETIME = 12
const BIT = 16
const JSON_TYPE = 245
const TEXTS_AND_BYTES = new Set([249, 250, 251, 252, 253, 254])
const BINARY_CHARSET = 63

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``

type TextRow = (string | null)[]

/** @throws SqlFailure */
export async function connectMysql(config: MysqlConnection, secrets: Secrets): Promise<SqlClient> {
  const { host, port, database, user, tls } = config
  const timeout = durationMs(config.timeout)
  const ssl = tlsOf(tls, secrets)
  let connection: Connection | undefined
  try {
    connection = await createConnection({
      ...{ host, port, database, user, connectTimeout: CONNECT_MS, enableKeepAlive: true, rowsAsArray: true },
      // Values as the server writes them: nothing is rounded on the way.
      typeCast: (field) =>
        field.type === 'BIT' || field.type === 'GEOMETRY' ? (field.buffer(), null) : field.string('utf8'),
      password: secrets['password'] ?? '',
      // The driver compares the certificate of a host given by its address with "localhost": that one is refused.
      ...(ssl === undefined ? {} : { ssl: { ...ssl, verifyIdentity: ssl.rejectUnauthorized === true } as never }),
    })
    // The end of an idle connection; the next query fails by it.
    connection.on('error', () => undefined)
    await connection.query('SET SESSION TRANSACTION READ ONLY')
    await connection.query("SET SESSION time_zone = '+00:00'")
    await limitTime(connection, timeout)
    return new MysqlClient(config, connection)
  } catch (error) {
    connection?.destroy()
    throw mysqlFailure(error, config)
  }
}

async function limitTime(connection: Connection, timeout: number): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION()')
  const version = String((rows[0] as unknown as TextRow | undefined)?.[0])
  if (/mariadb/i.test(version)) await connection.query(`SET SESSION max_statement_time = ${timeout / 1000}`)
  else await connection.query(`SET SESSION max_execution_time = ${timeout}`)
}

class MysqlClient implements SqlClient {
  constructor(
    private readonly config: MysqlConnection,
    private readonly connection: Connection,
  ) {}

  async page(start: PageStart | null, limit: number): Promise<SqlRow[]> {
    const from = start?.value ?? null
    const inclusive = start?.inclusive ?? true
    const literal = from !== null && from.kind !== 'text'
    const sql = pageQuery(this.config, quote, {
      from: from === null ? null : literal ? from.text : '?',
      inclusive,
      limit,
    })
    const { rows, fields } = await this.query(sql, from === null || literal ? [] : [from.text])
    const at = fields.findIndex(({ name }) => name === this.config.cursor)
    const kind = kindOf(fields[at])
    return rows.map((row) => ({
      cursor: { text: row[at] as string, kind },
      json: jsonOf(fields.map((field, i) => [field.name, valueJson(row[i] as string | null, field)])),
    }))
  }

  async newest(): Promise<CursorValue | null> {
    const { rows, fields } = await this.query(newestQuery(this.config, quote, (cursor) => cursor))
    const text = rows[0]?.[0]
    return typeof text === 'string' ? { text, kind: kindOf(fields[0]) } : null
  }

  async tables(): Promise<SqlTable[]> {
    const { rows } = await this.query(
      'SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = ? ORDER BY 1, ordinal_position',
      [this.config.database],
    )
    return groupTables(rows.map(([table, column, type]) => [String(table), String(column), String(type)]))
  }

  async close(): Promise<void> {
    await this.connection.end().catch(() => undefined)
    this.connection.destroy()
  }

  private async query(sql: string, values: string[] = []): Promise<{ rows: TextRow[]; fields: FieldPacket[] }> {
    try {
      const timeout = durationMs(this.config.timeout) + ANSWER_MS
      const [rows, fields] = await this.connection.query<RowDataPacket[]>({ sql, values, timeout })
      return { rows: rows as unknown as TextRow[], fields }
    } catch (error) {
      throw mysqlFailure(error, this.config)
    }
  }
}

const typeOf = (field: FieldPacket | undefined): number => field?.columnType ?? field?.type ?? -1

function kindOf(field: FieldPacket | undefined): CursorValue['kind'] {
  const type = typeOf(field)
  return INTEGERS.has(type) ? 'integer' : REALS.has(type) ? 'real' : 'text'
}

function valueJson(text: string | null, field: FieldPacket): string | undefined {
  const type = typeOf(field)
  if (type === BIT || (TEXTS_AND_BYTES.has(type) && field.characterSet === BINARY_CHARSET)) return undefined
  if (text === null) return 'null'
  if (INTEGERS.has(type) || REALS.has(type)) return numberJson(text)
  if (type === JSON_TYPE) return text
  if (type === TIMESTAMP) return JSON.stringify(`${text.replace(' ', 'T')}Z`)
  if (type === DATETIME) return JSON.stringify(text.replace(' ', 'T'))
  return JSON.stringify(text)
}

function mysqlFailure(error: unknown, config: MysqlConnection): SqlFailure {
  const { user, cursor, timeout } = config
  const text = textOf(error)
  const errno = errnoOf(error)
  if (errno === 1044 || errno === 1142 || errno === 1143)
    return new SqlFailure(`the user ${user} may not read this: ${text}`, true)
  if (errno === 1146) return new SqlFailure(`the table is not there: ${text}`, true)
  if (errno === 1054 && text.includes(cursor))
    return new SqlFailure(`the result has no column ${cursor}, which is to be its cursor`, true)
  if (errno === 1792) return new SqlFailure(`only reading is allowed: ${text}`, true)
  if (errno === 1064 || errno === 1054)
    return new SqlFailure(`the database does not understand the query: ${text}`, true)
  if (errno === 1969 || errno === 3024 || codeOf(error) === 'PROTOCOL_SEQUENCE_TIMEOUT')
    return new SqlFailure(`the query took longer than ${timeout} and was ended`, false)
  const { reason, refused } = mysqlFault(error, config)
  return new SqlFailure(reason, refused)
}
