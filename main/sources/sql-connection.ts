/** What the SQL sources need of a database; one file for each kind implements it. */
import type { SqlConnection } from '../../shared/config/sources/sql'

/** A value of the cursor column, exact: as text, and whether it compares as a number. */
export interface CursorValue {
  readonly text: string
  readonly kind: 'integer' | 'real' | 'text'
}

/** Where a page begins; without one at the smallest value. */
export interface PageStart {
  readonly value: CursorValue
  /** Rows of just this value are part of it. */
  readonly inclusive: boolean
}

export interface SqlRow {
  readonly cursor: CursorValue
  /** The row as a JSON object. */
  readonly json: string
}

export interface SqlTable {
  readonly name: string
  /** Columns that may grow: integers and times. */
  readonly columns: readonly string[]
}

/** One connection that can only read. All methods reject with `SqlFailure`. */
export interface SqlClient {
  /** Up to `limit` rows in the order of the cursor column. */
  page(from: PageStart | null, limit: number): Promise<SqlRow[]>
  /** Largest value of the cursor column; null where there is no row. */
  newest(): Promise<CursorValue | null>
  tables(): Promise<SqlTable[]>
  close(): Promise<void>
}

/** The database answered no, or could not be reached. */
export class SqlFailure extends Error {
  override readonly name = 'SqlFailure'
  constructor(
    message: string,
    /** It will hardly go away by itself. */
    readonly refused: boolean,
  ) {
    super(message)
  }
}

/** The polled query around a table's name or a SELECT. */
export function pageQuery(config: SqlConnection, quote: (name: string) => string, parts: PageParts): string {
  const cursor = `weir.${quote(config.cursor)}`
  const where =
    parts.from === null ? `${cursor} IS NOT NULL` : `${cursor} ${parts.inclusive ? '>=' : '>'} ${parts.from}`
  const columns = ['weir.*', ...(parts.columns?.(cursor) ?? [])].join(', ')
  return `SELECT ${columns} FROM ${relation(config.query, quote)} AS weir WHERE ${where} ORDER BY ${cursor} LIMIT ${parts.limit}`
}

export interface PageParts {
  /** Literal or placeholder of the smallest value. */
  readonly from: string | null
  readonly inclusive: boolean
  readonly limit: number
  readonly columns?: (cursor: string) => readonly string[]
}

export const newestQuery = (config: SqlConnection, quote: (name: string) => string, value: (c: string) => string) => {
  const cursor = `weir.${quote(config.cursor)}`
  return `SELECT ${value(cursor)} FROM ${relation(config.query, quote)} AS weir WHERE ${cursor} IS NOT NULL ORDER BY ${cursor} DESC LIMIT 1`
}

function relation(query: string, quote: (name: string) => string): string {
  const text = query.trim().replace(/;\s*$/, '')
  // The line end closes a comment in the last line.
  if (/^(select|with|values|table)\b[\s(]/i.test(text)) return `(${text}\n)`
  return text
    .split('.')
    .map((part) => quote(part.replace(/^(["`])(.*)\1$/, '$2')))
    .join('.')
}

/** What a row becomes: JSON texts by column, those without a form in JSON left out. */
export const jsonOf = (columns: readonly (readonly [name: string, json: string | undefined])[]): string =>
  `{${columns.flatMap(([name, json]) => (json === undefined ? [] : [`${JSON.stringify(name)}:${json}`])).join()}}`

/** A number of a database as JSON; NaN and infinities are gaps. */
export const numberJson = (text: string): string => (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? text : gapless(text))

const gapless = (text: string): string => {
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value) ? String(value) : 'null'
}
