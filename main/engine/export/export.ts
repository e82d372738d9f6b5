/** An export from the table to the file: streamed, with progress, until it is done or cancelled. */
import type { ExportFormat } from '../../../shared/config/export'
import type { ExportQuery, ExportSample } from '../../../shared/ipc/export'
import type { SeriesInfo } from '../../../shared/model/series'
import type { Runtime } from '../../pipeline/runtime'
import type { StoredSamples } from '../../pipeline/series-columns'
import { CsvText } from './csv-text'
import { ParquetFile } from './parquet-file'
import { resultTable } from './result-table'
import { seriesTable } from './series-table'
import type { RowOptions } from './series-table'
import type { Table, TableBlock } from './table'
import { writeWhole } from './whole-file'
import type { Write } from './whole-file'

/** Rows between two looks at the event loop, the progress and the cancel button. */
const ROWS_PER_WRITE = 16_384
/** A look at the first rows reads no more than this at once. */
const SAMPLE_READ = 2_000
const SAMPLE_LINES = 5

export interface ExportControl {
  readonly cancelled: AbortSignal
  progress(rows: number, share: number): void
}

/** Readings as a table in the form that the format asks for. */
export const readingsTable = (
  stored: StoredSamples,
  series: readonly SeriesInfo[],
  options: RowOptions & { readonly format: ExportFormat },
  sliceSamples?: number,
): Promise<Table> =>
  seriesTable(stored, series, {
    ...options,
    unit: options.format.kind === 'parquet' || options.format.unit,
    ...(sliceSamples === undefined ? {} : { sliceSamples }),
  })

/** The table of what the engine has stored. */
export function storedTable(runtime: Runtime, query: ExportQuery, sliceSamples?: number): Promise<Table> {
  const { format } = query
  if (query.content === 'windows') return resultTable(runtime, query, format.kind === 'parquet' || format.unit)
  const series = query.series.map((id) => runtime.registry.info(id)).filter((info) => info !== undefined)
  return readingsTable(runtime.store, series, query, sliceSamples)
}

/**
 * @returns the number of data rows, or null where it was cancelled.
 * @throws Error of the file system; neither that nor a cancel leaves a file behind.
 */
export function exportFile(
  table: Table,
  format: ExportFormat,
  path: string,
  control: ExportControl,
): Promise<number | null> {
  return writeWhole(path, (write) => exportTo(table, format, write, control))
}

/** @returns the number of data rows, or null where it was cancelled. */
export async function exportTo(
  table: Table,
  format: ExportFormat,
  write: Write,
  control: ExportControl,
): Promise<number | null> {
  let rows = 0
  const output = format.kind === 'csv' ? csvOutput(table, format, write) : new ParquetFile(table.columns, write)
  await output.begin()
  for await (const block of table.blocks())
    for (let from = 0; from < block.rows; from += ROWS_PER_WRITE) {
      if (control.cancelled.aborted) return null
      const to = Math.min(block.rows, from + ROWS_PER_WRITE)
      await output.rows(block, from, to)
      rows += to - from
      control.progress(rows, block.share)
      await new Promise(setImmediate)
    }
  if (control.cancelled.aborted) return null
  await output.end()
  return rows
}

function csvOutput(table: Table, format: Extract<ExportFormat, { kind: 'csv' }>, write: Write) {
  const text = new CsvText(table.columns, format)
  return {
    begin: () => write(text.header()),
    rows: (block: TableBlock, from: number, to: number) => write(text.rows(block, from, to)),
    end: () => Promise.resolve(),
  }
}

/** The first lines of an export; those of a Parquet file as if it were CSV. */
export async function sampleOf(runtime: Runtime, query: ExportQuery): Promise<ExportSample> {
  const table = await storedTable(runtime, query, SAMPLE_READ)
  const format = query.format.kind === 'csv' ? query.format : { ...CSV_LOOK }
  const text = new CsvText(table.columns, { ...format, bom: false })
  const lines = [text.header()]
  for await (const block of table.blocks()) {
    for (let row = 0; row < block.rows && lines.length <= SAMPLE_LINES; row++)
      lines.push(Buffer.from(text.rows(block, row, row + 1)).toString())
    if (lines.length > SAMPLE_LINES) break
  }
  const readings = table.readings === null ? null : Math.round(table.readings)
  return { lines: lines.map((line) => line.slice(0, -2)), readings }
}

const CSV_LOOK = {
  kind: 'csv',
  time: 'iso',
  zone: 'UTC',
  decimalComma: false,
  bom: false,
  unit: true,
  guard: false,
} as const
