/** PostgreSQL as a receiver. */
import pg from 'pg'
import { codeOf, postgresFault, textOf } from '../connections/sql-faults'
import { tlsOf } from '../connections/sql-tls'
import type { Secrets, Sender } from '../contracts'
import type { PostgresOutput } from '../../shared/config/outputs/sql'
import { SqlSender } from './sql'
import type { SqlWriter, WriteFault } from './sql'

const CONNECT_MS = 10_000
const STATEMENT_MS = 30_000

export const postgresSender = (config: PostgresOutput, secrets: Secrets): Sender =>
  new SqlSender(
    config,
    () => connect(config, secrets),
    (error) => faultOf(error, config),
  )

async function connect({ host, port, database, user, tls }: PostgresOutput, secrets: Secrets): Promise<SqlWriter> {
  const client = new pg.Client({
    ...{ host, port, database, user, password: secrets['password'] ?? '', ssl: tlsOf(tls, secrets) ?? false },
    ...{ connectionTimeoutMillis: CONNECT_MS, query_timeout: STATEMENT_MS, keepAlive: true, application_name: 'weir' },
  })
  // The end of an idle connection; the next statement fails by it.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query("SET TIME ZONE 'UTC'")
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return {
    types: {
      ...{ id: 'text PRIMARY KEY', text: 'text', time: 'timestamptz', integer: 'bigint' },
      ...{ real: 'double precision', json: 'jsonb' },
    },
    quote: (name) => `"${name}"`,
    placeholder: (n) => `$${n}`,
    insert: { head: 'INSERT INTO', tail: 'ON CONFLICT (id) DO NOTHING' },
    run: async (sql, values = []) => void (await client.query(sql, [...values])),
    close: () => client.end().catch(() => undefined),
  }
}

function faultOf(error: unknown, config: PostgresOutput): WriteFault {
  const text = textOf(error)
  const code = codeOf(error)
  if (code === '42501') return { reason: `the user ${config.user} may not write there: ${text}`, rowsAtFault: false }
  // Data exceptions: the same rows fail the same way.
  if (code.startsWith('22')) return { reason: `the database refuses the rows: ${text}`, rowsAtFault: true }
  return { reason: postgresFault(error, config).reason, rowsAtFault: false }
}
