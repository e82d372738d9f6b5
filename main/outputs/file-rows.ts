/** What a file output writes of an item. */
import type { AlertBody, OutboxItem, ResultBody } from '../contracts'
import type { FileOutput } from '../../shared/config/outputs/file'

const COLUMNS = [
  ...['id', 'kind', 'name', 'source', 'series', 'labels', 'unit', 'start', 'end', 'revision', 'statistic', 'value'],
  ...['from', 'to', 'severity', 'reason'],
]

/** First line of a new file, with its end. */
export const headerOf = (format: FileOutput['format']): string => (format === 'csv' ? rowOf(COLUMNS) : '')

/** Whole lines. Of a result one row for each statistic. */
export function linesOf({ body }: OutboxItem, format: FileOutput['format']): string {
  if (format === 'ndjson') return `${JSON.stringify(body)}\n`
  if (body.kind === 'alert') return rowOf(alertCells(body))
  return body.kind === 'result' ? resultRows(body) : ''
}

function resultRows(body: ResultBody): string {
  const { id, kind, pipeline, start, end, revision, statistics } = body
  const head = [id, kind, pipeline, ...subject(body), iso(start), iso(end), String(revision)]
  return Object.entries(statistics)
    .map(([name, value]) => rowOf([...head, name, value === null ? '' : String(value), '', '', '', '']))
    .join('')
}

function alertCells(body: AlertBody): string[] {
  const { id, kind, name, time, at, value, from, to, severity, reason } = body
  const head = [id, kind, name, ...subject(body), iso(time), iso(at), '', '']
  return [...head, value === null ? '' : String(value), from, to, severity, reason]
}

const subject = ({ source, series, labels, unit }: ResultBody | AlertBody): string[] => [
  source,
  series ?? '',
  Object.keys(labels).length === 0 ? '' : JSON.stringify(labels),
  unit ?? '',
]

const iso = (time: number): string => new Date(time).toISOString()
const rowOf = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\n`

/** RFC 4180; what a spreadsheet would take for a formula is made text. */
function cell(text: string): string {
  const guarded = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
