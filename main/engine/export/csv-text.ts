/** Blocks of a table as the text of a CSV file (RFC 4180). */
import { delimiterOf } from '../../../shared/config/export'
import type { CsvFormat } from '../../../shared/config/export'
import { COMMA, CsvBytes, POINT } from './csv-bytes'
import { textCell } from '../../../shared/model/csv-cell'
import type { Cells, Column, TableBlock } from './table'
import { TimeText } from './time-text'

/** Writes a cell that is not the same in all rows. */
type Variable = (row: number) => void

export class CsvText {
  private readonly delimiter: string
  private readonly clock: TimeText
  private readonly bytes = new CsvBytes()
  private readonly point: number

  constructor(
    private readonly columns: readonly Column[],
    private readonly format: CsvFormat,
  ) {
    this.delimiter = delimiterOf(format)
    this.clock = new TimeText(format.zone)
    this.point = format.decimalComma ? COMMA : POINT
  }

  header(): string {
    const { time, bom } = this.format
    const names = this.columns.flatMap(({ name, kind }) => {
      if (kind !== 'time' || time === 'iso') return [name]
      return time === 'epoch' ? [`${name}_ms`] : [name, `${name}_ms`]
    })
    return `${bom ? '\uFEFF' : ''}${names.map((name) => this.text(name)).join(this.delimiter)}\r\n`
  }

  /** Rows [from, to) of a block as UTF-8, a view that the next call overwrites; a number read again is the same. */
  rows(block: TableBlock, from: number, to: number): Uint8Array {
    const { bytes } = this
    const { variables, literals } = this.parts(block)
    const last = literals[variables.length] as Uint8Array
    for (let row = from; row < to; row++) {
      for (let i = 0; i < variables.length; i++) {
        bytes.literal(literals[i] as Uint8Array)
        ;(variables[i] as Variable)(row)
      }
      bytes.literal(last)
    }
    return bytes.take()
  }

  /** What changes from row to row, and what stands before each of it and after the last. */
  private parts({ cells }: TableBlock): { readonly variables: Variable[]; readonly literals: Uint8Array[] } {
    const variables: Variable[] = []
    const literals: Uint8Array[] = []
    let literal = ''
    cells.forEach((column, i) => {
      if (i > 0) literal += this.delimiter
      if (column === null || typeof column === 'string') {
        literal += this.text(column)
        return
      }
      literals.push(Buffer.from(literal))
      variables.push(this.variable(this.columns[i] as Column, column))
      literal = ''
    })
    literals.push(Buffer.from(`${literal}\r\n`))
    return { variables, literals }
  }

  private variable({ kind }: Column, cells: Exclude<Cells, string | null>): Variable {
    const { bytes, clock, format } = this
    const at = (row: number): number => cells[row] as number
    if (kind === 'reading') return (row) => this.reading(at(row))
    if (kind !== 'time') return (row) => void (Number.isNaN(at(row)) || this.number(at(row)))
    if (format.time === 'iso') return (row) => clock.write(at(row), bytes)
    if (format.time === 'epoch') return (row) => this.number(at(row))
    return (row) => {
      clock.write(at(row), bytes)
      bytes.byte(this.delimiter.charCodeAt(0))
      this.number(at(row))
    }
  }

  private number(value: number): void {
    this.bytes.number(value, this.point)
  }

  /** A gap is said, because an empty cell is a time at which the series has nothing. */
  private reading(value: number): void {
    if (Number.isNaN(value)) this.bytes.ascii('NaN', this.point)
    else if (value !== Infinity) this.number(value)
  }

  private text(text: string | null): string {
    return textCell(text, this.delimiter, this.format.guard)
  }
}
