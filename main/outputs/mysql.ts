/** MySQL and MariaDB as receivers. */
import { createConnection } from 'mysql2/promise'
import { networkReason } from '../connections/network-errors'
import { tlsOf } from '../connections/sql-tls'
import type { Secrets, Sender } from '../contracts'
import type { MysqlOutput } from '../../shared/config/outputs/sql'
import { SqlSender } from './sql'
import type { SqlFault, SqlWriter } from './sql'

const CONNECT_MS = 10_000
const STATEMENT_MS = 30_000

export const mysqlSender = (config: MysqlOutput, secrets: Secrets): Sender =>
  new SqlSender(
    config,
    () => connect(config, secrets),
    (error) => faultOf(error, config),
  )

async function connect({ host, port, database, user, tls }: MysqlOutput, secrets: Secrets): Promise<SqlWriter> {
  const ssl = tlsOf(tls, secrets)
  const connection = await createConnection({
    ...{ host, port, database, user, password: secrets['password'] ?? '' },
    ...{ connectTimeout: CONNECT_MS, enableKeepAlive: true, charset: 'utf8mb4' },
    ...(ssl === undefined ? {} : { ssl: { ...ssl, verifyIdentity: ssl.rejectUnauthorized === true } as never }),
  })
  // The end of an idle connection; the next statement fails by it.
  connection.on('error', () => undefined)
  return {
    types: {
      ...{ id: 'varchar(500) PRIMARY KEY', text: 'text', time: 'datetime(6)', integer: 'bigint' },
      ...{ real: 'double', json: 'json' },
    },
    quote: (name) => `\`${name}\``,
    placeholder: () => '?',
    insert: { head: 'INSERT INTO', tail: 'ON DUPLICATE KEY UPDATE `id` = `id`' },
    run: async (sql, values = []) => void (await connection.query({ sql, values: [...values], timeout: STATEMENT_MS })),
    close: async () => {
      await connection.end().catch(() => undefined)
      connection.destroy()
    },
  }
}

/** Data too long, out of range, incorrect value, invalid JSON: the same rows fail the same way. */
const ROWS_AT_FAULT = new Set([1264, 1265, 1292, 1366, 1406, 3140, 4025])

function faultOf(error: unknown, { host, port, database, user }: MysqlOutput): SqlFault {
  const where = `${host}:${port}`
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0
  const again = (reason: string): SqlFault => ({ reason, refused: false })
  if (errno === 1045 || errno === 1698) return again(`wrong password for user ${user}, or no such user`)
  if (errno === 1049) return again(`there is no database ${database} at ${where}`)
  if (errno === 1044 || errno === 1142) return again(`the user ${user} may not write there: ${text}`)
  if (errno === 1040) return again(`${where} takes no more connections`)
  if (ROWS_AT_FAULT.has(errno)) return { reason: `the database refuses the rows: ${text}`, refused: true }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return again(`${where} does not offer TLS`)
  if (code === 'PROTOCOL_CONNECTION_LOST' || /closed state/.test(text)) return again(`${where} closed the connection`)
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT') return again(`no answer from ${where}; check address and firewall`)
  return again(networkReason(error, where))
}
