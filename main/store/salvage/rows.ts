/** Rows of a damaged file, table by table: what can be reached comes, what cannot is counted. */
import type { Database, Row, SqlValue } from '../database'
import { isCorrupt } from '../store-error'
import { walk } from '../walk'

const BYTES_AT_ONCE = 4 << 20
const ROWS_AT_ONCE = 256

/** Column names of a table in both files: one may be of an older format. */
export async function sharedColumns(from: Database, to: Database, table: string): Promise<string[]> {
  const names = async (db: Database): Promise<string[]> =>
    (await db.all(`SELECT name FROM pragma_table_info('${table}')`)).map((row) => String(row['name']))
  const known = new Set(await names(to))
  return (await names(from)).filter((name) => known.has(name))
}

/** Of a table with an integer key. @param unreachable how many keys are passed over, each a row at most */
export async function* byKey(
  db: Database,
  { table, key, columns }: { readonly table: string; readonly key: string; readonly columns: readonly string[] },
  first: number,
  unreachable: (keys: number) => void,
): AsyncGenerator<readonly Row[]> {
  const all = columns.join(', ')
  const last = await db.one(`SELECT max(${key}) AS last FROM ${table}`).catch(orNothing)
  yield* walk(
    {
      read: (from, limit) =>
        db.all(`SELECT ${all} FROM ${table} WHERE ${key} >= ? ORDER BY ${key} LIMIT ${limit}`, from),
      key: (row) => Number(row[key]),
      unreachable: (from, to) => unreachable(Math.min(to, Number(last?.['last'] ?? from)) - from + 1),
      limit: (rows) => {
        const bytes = rows.reduce((sum, { body }) => sum + (Buffer.isBuffer(body) ? body.length : 0), 1)
        return Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor((rows.length * BYTES_AT_ONCE) / bytes)))
      },
    },
    first,
  )
}

/**
 * Of a table whose key is not a number: from the beginning to the damage, then from the end back to it. The order of
 * rows from the end is reversed. @returns whether all of it was read
 */
export async function* fromBothEnds(
  db: Database,
  {
    table,
    key,
    columns,
  }: { readonly table: string; readonly key: readonly string[]; readonly columns: readonly string[] },
  condition = 'TRUE',
  ...values: SqlValue[]
): AsyncGenerator<readonly Row[], boolean> {
  const names = key.join(', ')
  for (const [than, order] of [
    ['>', 'ASC'],
    ['<', 'DESC'],
  ] as const) {
    let last: SqlValue[] | null = null
    for (let limit = ROWS_AT_ONCE; limit > 0;) {
      const after: string = last === null ? '' : `AND (${names}) ${than} (${key.map(() => '?').join(', ')})`
      const sql: string = `SELECT ${columns.join(', ')} FROM ${table} WHERE ${condition} ${after}
        ORDER BY ${key.map((name) => `${name} ${order}`).join(', ')} LIMIT ${limit}`
      const rows: Row[] | undefined = await db.all(sql, ...values, ...(last ?? [])).catch(orNothing)
      if (rows === undefined) {
        // Those before the damage come in smaller and smaller parts.
        limit >>= 1
        continue
      }
      if (rows.length > 0) yield rows
      const end: Row | undefined = rows[limit - 1]
      if (end === undefined) return order === 'ASC'
      last = key.map((name): SqlValue => end[name] as SqlValue)
    }
  }
  return false
}

export function orNothing(error: unknown): undefined {
  if (!isCorrupt(error)) throw error
}

/** Rows that are there already stay as they are. */
export async function insertRows(
  db: Database,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return
  const sql = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
  const statement = await db.prepare(sql)
  try {
    for (const row of rows) await statement.run(...columns.map((name) => row[name] as SqlValue))
  } finally {
    await db.release(statement)
  }
}
