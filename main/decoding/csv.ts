/** CSV rows (RFC 4180 quoting), one record a row; the columns' names were fixed when the source was saved. */
import { Rejected } from '../contracts'
import type { Decoder } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import { createTimeParser } from './event-time'
import { SeriesRefs } from './series-refs'
import { numberOf, shown, textOf } from './text'

/** @throws Error where the configuration has no columns, or names one that is not among them. */
export function createCsvDecoder(config: Decoding, time: EventTime): Decoder {
  const { columns, delimiter } = config
  if (columns === undefined)
    throw new Error('a CSV source needs the names of its columns; test the source to find them')
  const refs = new SeriesRefs(config)
  const parseTime = createTimeParser(time)
  const configured = layoutOf(columns, config, time)
  let layout = configured
  let header: string | undefined
  return {
    decode(record, into) {
      const row = textOf(record.payload)
      // A file that took the place of another may name its columns in another order, or other ones.
      if (record.header !== header) {
        header = record.header
        layout = headed(header, configured, config, time)
      }
      const cells = splitRow(row, delimiter)
      if (cells.length !== layout.columns.length)
        throw new Rejected(
          `the row has ${cells.length} columns, not ${layout.columns.length}: ${shown(cells.join(delimiter))}`,
        )
      if (cells.join('\0') === layout.header) return false
      if (layout.missing !== null) throw new Rejected(layout.missing)
      const at = layout.timeAt < 0 ? null : parseTime(cells[layout.timeAt])
      let scope = refs.ofRecord(record)
      for (const { name, at: column } of layout.labels) scope = refs.within(scope, name, cells[column] as string)
      for (const { path, at: column, look } of layout.chosen)
        into.sample(refs.at(scope, path, look), at, numberOf(cells[column] as string, `column ${path}`))
      return true
    },
  }
}

/** What stands in which cell of a row. */
interface Layout {
  readonly columns: readonly string[]
  /** As a row of it looks, cells joined by NUL. */
  readonly header: string
  readonly timeAt: number
  readonly labels: readonly { readonly name: string; readonly at: number }[]
  readonly chosen: readonly { readonly path: string; readonly at: number; readonly look: FieldLook }[]
  /** Why no row of it can be read; null where they can. */
  readonly missing: string | null
}
type FieldLook = Partial<Exclude<Decoding['fields'], 'all'>[number]>

/** @throws Error where a column that is asked for is not among them. */
function layoutOf(columns: readonly string[], config: Decoding, time: EventTime): Layout {
  const timeAt = time.field === undefined ? -1 : columnIndex(columns, time.field)
  const labels = (config.labels ?? []).map(({ name, path }) => ({ name, at: columnIndex(columns, path) }))
  const taken = new Set([timeAt, ...labels.map(({ at }) => at)])
  const chosen =
    config.fields === 'all'
      ? columns.map((path, at) => ({ path, at, look: {} })).filter(({ at }) => !taken.has(at))
      : config.fields.map((look) => ({ path: look.path, at: columnIndex(columns, look.path), look }))
  return { columns, header: columns.join('\0'), timeAt, labels, chosen, missing: null }
}

/**
 * By the first line of a file, where that is a header: one of the configured columns is in it. Fields that it does not
 * have are left out; without the time, a label or any field no row can be read.
 */
function headed(line: string | undefined, configured: Layout, config: Decoding, time: EventTime): Layout {
  const columns = line === undefined ? [] : splitRow(line, config.delimiter)
  const header = columns.join('\0')
  if (header === configured.header || !columns.some((name) => configured.columns.includes(name))) return configured
  try {
    const fields = config.fields === 'all' ? 'all' : config.fields.filter(({ path }) => columns.includes(path))
    if (fields.length === 0) throw new Error(`none of the fields is among the columns ${columns.join(', ')}`)
    return layoutOf(columns, { ...config, fields }, time)
  } catch (error) {
    return { ...configured, columns, header, missing: error instanceof Error ? error.message : String(error) }
  }
}

function columnIndex(columns: readonly string[], name: string): number {
  const at = columns.indexOf(name)
  if (at < 0) throw new Error(`there is no column ${name}; the columns are ${columns.join(', ')}`)
  return at
}

/** Splits one row; a doubled quote within quotes is a quote. */
export function splitRow(row: string, delimiter: string): string[] {
  if (!row.includes('"')) return row.split(delimiter)
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < row.length; i++) {
    const c = row[i] as string
    if (quoted) {
      if (c !== '"') cell += c
      else if (row[i + 1] === '"') cell += row[++i] as string
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === delimiter) {
      cells.push(cell)
      cell = ''
    } else cell += c
  }
  cells.push(cell)
  return cells
}
