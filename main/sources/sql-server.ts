/** Tables of a database server with the columns that may be cursors. */
import type { SqlTable } from './sql-connection'

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
