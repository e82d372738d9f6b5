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
  const timeAt = time.field === undefined ? -1 : columnIndex(columns, time.field)
  const parseTime = createTimeParser(time)
  const labels = (config.labels ?? []).map(({ name, path }) => ({ name, at: columnIndex(columns, path) }))
  const taken = new Set([timeAt, ...labels.map(({ at }) => at)])
  const chosen =
    config.fields === 'all'
      ? columns.map((path, at) => ({ path, at, look: {} })).filter(({ at }) => !taken.has(at))
      : config.fields.map((look) => ({ path: look.path, at: columnIndex(columns, look.path), look }))
  const header = columns.join('\0')
  return {
    decode(record, into) {
      const cells = splitRow(textOf(record.payload), delimiter)
      if (cells.length !== columns.length)
        throw new Rejected(
          `the row has ${cells.length} columns, not ${columns.length}: ${shown(cells.join(delimiter))}`,
        )
      if (cells.join('\0') === header) return false
      const at = timeAt < 0 ? null : parseTime(cells[timeAt])
      let scope = refs.ofRecord(record)
      for (const { name, at: column } of labels) scope = refs.within(scope, name, cells[column] as string)
      for (const { path, at: column, look } of chosen)
        into.sample(refs.at(scope, path, look), at, numberOf(cells[column] as string, `column ${path}`))
      return true
    },
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
