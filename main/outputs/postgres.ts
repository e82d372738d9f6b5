/** PostgreSQL as a receiver. */
import pg from 'pg'
import { networkReason } from '../connections/network-errors'
import { tlsOf } from '../connections/sql-tls'
import type { Secrets, Sender } from '../contracts'
import type { PostgresOutput } from '../../shared/config/outputs/sql'
import { SqlSender } from './sql'
import type { SqlFault, SqlWriter } from './sql'

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

function faultOf(error: unknown, { host, port, database, user }: PostgresOutput): SqlFault {
  const where = `${host}:${port}`
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const again = (reason: string): SqlFault => ({ reason, refused: false })
  if (code === '28P01' || text.includes('SASL')) return again(`wrong password for user ${user}, or no such user`)
  if (code === '3D000') return again(`there is no database ${database} at ${where}`)
  if (code === '42501') return again(`the user ${user} may not write there: ${text}`)
  if (code === '53300') return again(`${where} takes no more connections`)
  // Data exceptions: the same rows fail the same way.
  if (code.startsWith('22')) return { reason: `the database refuses the rows: ${text}`, refused: true }
  if (text.includes('does not support SSL')) return again(`${where} does not offer TLS`)
  if (/terminated|not queryable/i.test(text)) return again(`${where} closed the connection`)
  if (/timeout/i.test(text)) return again(`no answer from ${where}; check address and firewall`)
  return again(networkReason(error, where))
}
