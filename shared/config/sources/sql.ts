/**
 * Settings of the SQL sources: rows of a table or a query, polled by a column that grows. Labels and help of the forms
 * are translations under `form.sql.*`, for all three kinds.
 */
import { z } from 'zod'
import { duration } from '../duration'
import '../field'
import { tlsSecrets } from './socket'

const polling = {
  query: z
    .string()
    .min(1)
    .meta({ form: { code: true, placeholder: 'readings' } })
    .describe(
      'Name of a table or view, or a SELECT. Filter, order and limit by the cursor column are added around it. Rows are records of JSON; integers beyond 2^53 lose digits.',
    ),
  cursor: z
    .string()
    .min(1)
    .meta({ form: { code: true, placeholder: 'id' } })
    .describe(
      'Column of the result that never falls from row to row, such as an id or a time; best with an index. Rows where it is null are not read.',
    ),
  start: z
    .enum(['newest', 'oldest'])
    .default('newest')
    .describe('Where the first reading begins; afterwards at the stored position.'),
  interval: duration(100).default('5s').describe('How often new rows are asked for.'),
  batch: z
    .int()
    .min(1)
    .max(100_000)
    .default(5000)
    .meta({ form: { advanced: true } })
    .describe('Rows asked for at once.'),
  overlap: z
    .int()
    .min(0)
    .default(0)
    .meta({ form: { advanced: true } })
    .describe(
      'How far below the newest row is looked again, in units of the cursor column, seconds where that is a time: a transaction that takes long may add rows with smaller values later. Rows that come further below are not read. A row that changes within the overlap is read again.',
    ),
  timeout: duration(100)
    .default('30s')
    .meta({ form: { advanced: true } })
    .describe('A query that takes longer is ended.'),
} as const

const sqlTls = z.strictObject({
  mode: z
    .enum(['off', 'verify', 'insecure'])
    .default('off')
    .describe('verify: encrypted, and the certificate is checked. insecure: encrypted only.'),
  ca: z
    .string()
    .optional()
    .meta({ form: { pem: true } })
    .describe('PEM text of the authority that signed the certificate of the server.'),
  cert: z
    .string()
    .optional()
    .meta({ form: { pem: true } })
    .describe('PEM text of the certificate that Weir shows to the server; its key is a secret.'),
})

const server = (port: number) => ({
  host: z
    .string()
    .min(1)
    .meta({ form: { code: true, placeholder: 'localhost' } })
    .describe('Name or address of the server.'),
  port: z.int().min(1).max(65_535).default(port).describe('Where it listens.'),
  database: z
    .string()
    .min(1)
    .meta({ form: { code: true } })
    .describe('Name of the database.'),
  user: z
    .string()
    .min(1)
    .describe('One that may read and nothing else is best. The password is a secret and never stands in this file.'),
  tls: sqlTls
    .prefault({})
    .meta({ form: { advanced: true } })
    .describe('How the connection is kept private.'),
})

export const sqliteConnection = z.strictObject({
  kind: z.literal('sqlite'),
  path: z
    .string()
    .min(1)
    .meta({ form: { code: true, file: true } })
    .describe('The database file; it is opened for reading only.'),
  ...polling,
})
const login = {
  secrets: [{ name: 'password', after: 'user' }, ...tlsSecrets().map((secret) => ({ ...secret, advanced: true }))],
}
export const postgresConnection = z
  .strictObject({ kind: z.literal('postgres'), ...server(5432), ...polling })
  .meta({ form: login })
export const mysqlConnection = z
  .strictObject({ kind: z.literal('mysql'), ...server(3306), ...polling })
  .meta({ form: login })

export type SqlTls = z.infer<typeof sqlTls>
export type SqliteConnection = z.infer<typeof sqliteConnection>
export type PostgresConnection = z.infer<typeof postgresConnection>
export type MysqlConnection = z.infer<typeof mysqlConnection>
export type SqlConnection = SqliteConnection | PostgresConnection | MysqlConnection
