/** What an export is before it is text or bytes: typed columns, in blocks of rows. */

export interface Column {
  readonly name: string
  /**
   * `time`: EpochMs. `number`: NaN where there is none. `reading`: NaN is a stored gap and Infinity, which no reading
   * is, stands where there is no reading at all. `count`: whole numbers.
   */
  readonly kind: 'text' | 'time' | 'number' | 'reading' | 'count'
}

/** The same text in every row (null: there is none), or a number a row. */
export type Cells = string | null | Float64Array

export interface TableBlock {
  readonly rows: number
  /** In the order of the columns. */
  readonly cells: readonly Cells[]
  /** From 0 to 1: how much of what is to be read was read for the blocks up to this one. */
  readonly share: number
}

export interface Table {
  readonly columns: readonly Column[]
  /** About how many readings it is made of; null where that is not known. */
  readonly readings: number | null
  blocks(): AsyncIterable<TableBlock>
}

/** In a `reading` column. */
export const ABSENT = Infinity
