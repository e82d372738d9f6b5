/** Settings of the databases that results are written to. Labels and help are translations under `form.sqlOut.*`. */
import { z } from 'zod'
import '../field'
import { mysqlConnection, postgresConnection } from '../sources/sql'

const table = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,57}$/, 'must begin with a letter and hold letters, digits and _ only')
  .default('weir')
  .describe('Results go to TABLE_results, alerts to TABLE_alerts; both are made where they are not there.')

const { host, port, database, tls } = postgresConnection.shape
const user = z
  .string()
  .min(1)
  .describe(
    'One that may read and write these tables, and create them where they are not there. The password is a secret and never stands in this file.',
  )
const form = {
  secrets: [
    { name: 'password', after: 'user' },
    { name: 'key', after: 'tls.cert', pem: true, advanced: true },
    { name: 'passphrase', after: 'key', advanced: true },
  ],
}

export const postgresOutput = z
  .strictObject({ kind: z.literal('postgres'), host, port, database, user, table, tls })
  .meta({ form })
export const mysqlOutput = z
  .strictObject({ kind: z.literal('mysql'), host, port: mysqlConnection.shape.port, database, user, table, tls })
  .meta({ form })
export type PostgresOutput = z.infer<typeof postgresOutput>
export type MysqlOutput = z.infer<typeof mysqlOutput>
export type SqlOutput = PostgresOutput | MysqlOutput
