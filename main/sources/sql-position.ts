/**
 * How far rows were taken: the largest value of the cursor column, and which rows at or near it. Rows of the same value,
 * and rows that come later within the overlap, are told apart by their content, so none is lost or taken twice, however
 * many there are and in whatever order the database gives them.
 */
import { createHash } from 'node:crypto'
import type { CursorValue, PageStart, SqlRow } from './sql-connection'

const HASH_BYTES = 9

export class SqlPosition {
  /** Rows at or above the place where the next reading begins: how many of each content. */
  private seen = new Map<string, { value: CursorValue; count: number }>()

  /**
   * @param shape of the query: where it has changed, rows look different and only larger values are new.
   */
  constructor(
    private readonly overlap: number,
    private readonly shape: string,
    private newest: CursorValue | null = null,
    private strict = false,
  ) {}

  /** @param cursor undefined: nothing was read so far. */
  static decode(cursor: string, overlap: number, column: string, query: string): SqlPosition | undefined {
    const stored = JSON.parse(cursor) as StoredPosition
    if (stored.column !== column) return undefined
    const shape = shapeOf(column, query)
    if (stored.shape !== shape) return new SqlPosition(overlap, shape, stored.newest, true)
    const position = new SqlPosition(overlap, shape, stored.newest)
    for (const [hash, value, count] of stored.seen) position.seen.set(hash, { value, count })
    return position
  }

  encode(column: string): string {
    const seen = [...this.seen].map(([hash, { value, count }]) => [hash, value, count] as const)
    return JSON.stringify({ column, shape: this.shape, newest: this.newest, seen } satisfies StoredPosition)
  }

  /** Where the next reading begins; null: at the smallest. */
  get from(): PageStart | null {
    if (this.newest === null) return null
    return this.strict
      ? { value: this.newest, inclusive: false }
      : { value: below(this.newest, this.overlap), inclusive: true }
  }

  /** Rows that a reading from there gives again. */
  get known(): number {
    let rows = 0
    for (const { count } of this.seen.values()) rows += count
    return rows
  }

  /** The rows of a page that were not taken before; they are now. */
  take(page: readonly SqlRow[]): SqlRow[] {
    const met = new Map<string, number>()
    const fresh = page.filter((row) => {
      const hash = hashOf(row)
      const times = (met.get(hash) ?? 0) + 1
      met.set(hash, times)
      const before = this.seen.get(hash)
      if (before !== undefined && times <= before.count) return false
      this.seen.set(hash, { value: row.cursor, count: times })
      return true
    })
    const last = page.at(-1)?.cursor
    if (last !== undefined && this.isNewer(last)) {
      this.newest = last
      this.strict = false
      this.forget()
    }
    return fresh
  }

  /** A page is in the database's order, which for texts is its own; only an overlap looks back. */
  private isNewer(last: CursorValue): boolean {
    if (this.newest === null) return true
    return this.overlap === 0 ? last.text !== this.newest.text : compare(last, this.newest) > 0
  }

  private forget(): void {
    if (this.newest === null) return
    const from = below(this.newest, this.overlap)
    for (const [hash, { value }] of this.seen)
      if (this.overlap === 0 ? value.text !== from.text : compare(value, from) < 0) this.seen.delete(hash)
  }
}

interface StoredPosition {
  readonly column: string
  readonly shape: string
  readonly newest: CursorValue | null
  readonly seen: readonly (readonly [string, CursorValue, number])[]
}

export const shapeOf = (column: string, query: string): string => hash(`${column}\0${query}`)

const hash = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, HASH_BYTES).toString('base64url')
const hashOf = (row: SqlRow): string => hash(`${row.cursor.text}\0${row.json}`)

/** In the order of the database for numbers; texts (times in a fixed form) by their code units. */
function compare(a: CursorValue, b: CursorValue): number {
  if (a.kind === 'integer' && b.kind === 'integer') {
    const difference = BigInt(a.text) - BigInt(b.text)
    return difference < 0n ? -1 : difference > 0n ? 1 : 0
  }
  if (a.kind !== 'text' && b.kind !== 'text') return Number(a.text) - Number(b.text)
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0
}

const TIME = /^(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(.*)$/

/** The value less so many units (seconds of a time); a text that is no time stays. */
function below(value: CursorValue, units: number): CursorValue {
  if (units === 0) return value
  if (value.kind === 'integer') return { ...value, text: String(BigInt(value.text) - BigInt(units)) }
  if (value.kind === 'real') return { ...value, text: String(Number(value.text) - units) }
  const [, date, separator, time, rest] = TIME.exec(value.text) ?? []
  if (date === undefined || time === undefined) return value
  const earlier = new Date(Date.parse(`${date}T${time}Z`) - units * 1000).toISOString()
  return { ...value, text: `${earlier.slice(0, 10)}${separator ?? ' '}${earlier.slice(11, 19)}${rest ?? ''}` }
}
