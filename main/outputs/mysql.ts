/** MySQL and MariaDB as receivers. */
import { createConnection } from 'mysql2/promise'
import { codeOf, errnoOf, mysqlFault, textOf } from '../connections/sql-faults'
import { tlsOf } from '../connections/sql-tls'
import type { Secrets, Sender } from '../contracts'
import type { MysqlOutput } from '../../shared/config/outputs/sql'
import { SqlSender } from './sql'
import type { SqlWriter, WriteFault } from './sql'

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

function faultOf(error: unknown, config: MysqlOutput): WriteFault {
  const { host, port, user } = config
  const text = textOf(error)
  const errno = errnoOf(error)
  const mendable = (reason: string): WriteFault => ({ reason, rowsAtFault: false })
  if (errno === 1044 || errno === 1142) return mendable(`the user ${user} may not write there: ${text}`)
  if (ROWS_AT_FAULT.has(errno)) return { reason: `the database refuses the rows: ${text}`, rowsAtFault: true }
  if (codeOf(error) === 'PROTOCOL_SEQUENCE_TIMEOUT')
    return mendable(`no answer from ${host}:${port}; check address and firewall`)
  return mendable(mysqlFault(error, config).reason)
}
