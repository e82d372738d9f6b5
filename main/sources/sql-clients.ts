/** A connection to the database that the settings name. */
import type { Secrets } from '../contracts'
import type { SqlConnection } from '../../shared/config/sources/sql'
import type { SqlClient } from './sql-connection'
import { connectMysql } from './sql-mysql'
import { connectPostgres } from './sql-postgres'
import { connectSqlite } from './sql-sqlite'

/** @throws SqlFailure */
export function connectSql(config: SqlConnection, secrets: Secrets): Promise<SqlClient> {
  switch (config.kind) {
    case 'sqlite':
      return connectSqlite(config)
    case 'postgres':
      return connectPostgres(config, secrets)
    case 'mysql':
      return connectMysql(config, secrets)
  }
}
