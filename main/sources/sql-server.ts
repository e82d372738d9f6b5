/** What the clients of database servers share. */
import type { ConnectionOptions } from 'node:tls'
import type { Secrets } from '../contracts'
import type { SqlTls } from '../../shared/config/sources/sql'
import type { SqlTable } from './sql-connection'

/** Undefined: without TLS. */
export function tlsOf({ mode, ca, cert }: SqlTls, secrets: Secrets): ConnectionOptions | undefined {
  if (mode === 'off') return undefined
  const key = secrets['key']
  const passphrase = secrets['passphrase']
  return {
    rejectUnauthorized: mode === 'verify',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}

const GROWING = /int|serial|numeric|decimal|double|real|float|date|time/i

/** @param columns table, column and type, in their order. */
export function groupTables(columns: readonly (readonly [table: string, column: string, type: string])[]): SqlTable[] {
  const tables = new Map<string, string[]>()
  for (const [table, column, type] of columns) {
    const growing = tables.get(table) ?? []
    tables.set(table, growing)
    if (GROWING.test(type)) growing.push(column)
  }
  return [...tables].map(([name, growing]) => ({ name, columns: growing }))
}
