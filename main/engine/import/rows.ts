/** The rows of a CSV file (RFC 4180) as a stream, with the line that each begins on. */

/** A cell; null: empty and without quotes. */
export type Cell = string | null

export interface CsvRow {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** A quote that is still open after so much text was not meant as one. */
const LONGEST_QUOTED = 65_536

/** Cuts text that comes in pieces into rows; a line break within quotes does not end one. */
export class RowCutter {
  private rest = ''
  private line = 1;

  /** @param last whether this is the end of the input */
  *cut(piece: string, last: boolean): Generator<CsvRow> {
    const text = this.rest + piece
    let from = 0
    for (;;) {
      const end = this.rowEnd(text, from, last)
      if (end < 0) break
      yield this.row(text, from, end)
      from = end + 1
    }
    this.rest = text.slice(from)
    if (!last || this.rest === '') return
    const tail = this.rest
    this.rest = ''
    yield this.row(tail, 0, tail.length)
  }

  private row(text: string, from: number, end: number): CsvRow {
    const row = text.slice(from, text[end - 1] === '\r' ? end - 1 : end)
    const { line } = this
    this.line += 1 + count(row, '\n')
    return { line, text: row }
  }

  /** Where the row's line break is; −1: not in this text. */
  private rowEnd(text: string, from: number, last: boolean): number {
    const first = text.indexOf('\n', from)
    let end = first
    let quotes = 0
    for (let at = from; end >= 0; at = end, end = text.indexOf('\n', end + 1)) {
      quotes += count(text.slice(at, end), '"')
      if (quotes % 2 === 0) return end
      if (end - from > LONGEST_QUOTED) return first
    }
    return first >= 0 && (last || text.length - from > LONGEST_QUOTED) ? first : -1
  }
}

function count(text: string, character: string): number {
  let n = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) n += 1
  return n
}

/** The cells of one row, or null where a quote is not closed or stands in the middle of a cell. */
export function cellsOf(row: string, delimiter: string): Cell[] | null {
  if (!row.includes('"')) return row.split(delimiter).map((cell) => (cell === '' ? null : cell))
  const cells: Cell[] = []
  for (let at = 0; ;) {
    if (row[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"/y
      quoted.lastIndex = at
      const match = quoted.exec(row)
      if (match === null) return null
      cells.push((match[1] as string).replaceAll('""', '"'))
      at = quoted.lastIndex
    } else {
      const end = row.indexOf(delimiter, at)
      const cell = row.slice(at, end < 0 ? undefined : end)
      if (cell.includes('"')) return null
      cells.push(cell === '' ? null : cell)
      at = end < 0 ? row.length : end
    }
    if (at >= row.length) return cells
    if (row[at] !== delimiter) return null
    at += 1
    if (at === row.length) {
      cells.push(null)
      return cells
    }
  }
}
