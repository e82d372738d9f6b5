/** "Test" of an SQL source: its newest rows; and the tables of its database. */
import type { RawRecord, SourceContext } from '../contracts'
import type { SqlConnection } from '../../shared/config/sources/sql'
import { connectSql } from './sql-clients'
import type { SqlClient } from './sql-connection'

const TEST_ROWS = 5

/** Five rows of those that the source would read first. @throws SqlFailure */
export const testSql = (config: SqlConnection, context: SourceContext): Promise<RawRecord[]> =>
  connected(config, context, async (client) => {
    const arrival = Date.now()
    const rows = await client.page(null, TEST_ROWS)
    return rows.map(({ json }) => ({ payload: Buffer.from(json), key: '', arrival }))
  })

/** Tables and views with the columns that may be their cursor. @throws SqlFailure */
export const discoverTables = (config: SqlConnection, context: SourceContext) =>
  connected(config, context, async (client) =>
    (await client.tables()).map(({ name, columns }) => ({
      name,
      ...(columns.length > 0 ? { note: columns.join(', ') } : {}),
    })),
  )

async function connected<T>(
  config: SqlConnection,
  context: SourceContext,
  task: (client: SqlClient) => Promise<T>,
): Promise<T> {
  const client = await connectSql(config, context.secrets)
  try {
    return await task(client)
  } finally {
    await client.close()
  }
}
