/**
 * A table as a Parquet file: texts, times in microseconds (UTC), doubles and whole numbers; null where there is
 * nothing. Rows are gathered into row groups, and each goes to the file as soon as it is full.
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { ColumnSource } from 'hyparquet-writer'
import { toMicros } from '../../../shared/model/time'
import { ABSENT } from './table'
import type { Cells, Column, TableBlock } from './table'
import type { Write } from './whole-file'

/** Cells of a row group over all columns: some 50 MB while it is encoded. */
const GROUP_CELLS = 1 << 19

export class ParquetFile {
  private readonly bytes = new ByteWriter()
  private readonly writer: ParquetWriter
  private readonly groupRows: number
  private gathered: unknown[][]
  private rowsGathered = 0

  constructor(
    private readonly columns: readonly Column[],
    private readonly write: Write,
  ) {
    this.groupRows = Math.max(1024, Math.floor(GROUP_CELLS / columns.length))
    this.gathered = columns.map(() => [])
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaOf)],
      createdBy: 'Weir',
    })
  }

  begin(): Promise<void> {
    return Promise.resolve()
  }

  async rows(block: TableBlock, from: number, to: number): Promise<void> {
    block.cells.forEach((cells, i) => gather(this.columns[i] as Column, cells, from, to, this.gathered[i] as unknown[]))
    this.rowsGathered += to - from
    if (this.rowsGathered >= this.groupRows) await this.writeGroup()
  }

  async end(): Promise<void> {
    if (this.rowsGathered > 0) await this.writeGroup()
    await this.writer.finish()
    await this.flush()
  }

  private async writeGroup(): Promise<void> {
    const columnData: ColumnSource[] = this.columns.map(({ name }, i) => ({
      name,
      data: this.gathered[i] as unknown[],
    }))
    await this.writer.write({ columnData, rowGroupSize: this.rowsGathered })
    this.gathered = this.columns.map(() => [])
    this.rowsGathered = 0
    await this.flush()
  }

  /** Only `index`, the place in the buffer, goes back: `offset` counts the whole file. */
  private async flush(): Promise<void> {
    await this.write(this.bytes.getBytes())
    this.bytes.index = 0
  }
}

function schemaOf({ name, kind }: Column) {
  const optional = { name, repetition_type: 'OPTIONAL' } as const
  if (kind === 'text') return { ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const
  if (kind === 'time')
    return { name, repetition_type: 'REQUIRED', type: 'INT64', converted_type: 'TIMESTAMP_MICROS' } as const
  return { ...optional, type: kind === 'count' ? 'INT32' : 'DOUBLE' } as const
}

function gather({ kind }: Column, cells: Cells, from: number, to: number, into: unknown[]): void {
  for (let row = from; row < to; row++) {
    if (cells === null || typeof cells === 'string') into.push(cells)
    else {
      const value = cells[row] as number
      if (kind === 'time') into.push(BigInt(toMicros(value)))
      else if (kind === 'reading') into.push(value === ABSENT ? null : value)
      else into.push(Number.isNaN(value) ? null : value)
    }
  }
}
