/** What a file output writes of an item. */
import type { AlertBody, OutboxItem, ResultBody } from '../contracts'
import { textCell } from '../../shared/model/csv-cell'
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
  const head = [id, kind, pipeline, ...subject(body), iso(start), iso(end), revision]
  return Object.entries(statistics)
    .map(([name, value]) => rowOf([...head, name, value, '', '', '', '']))
    .join('')
}

function alertCells(body: AlertBody): (string | number | null)[] {
  const { id, kind, name, time, at, value, from, to, severity, reason } = body
  const head = [id, kind, name, ...subject(body), iso(time), iso(at), '', '']
  return [...head, value, from, to, severity, reason]
}

const subject = ({ source, series, labels, unit }: ResultBody | AlertBody): string[] => [
  source,
  series ?? '',
  Object.keys(labels).length === 0 ? '' : JSON.stringify(labels),
  unit ?? '',
]

const iso = (time: number): string => new Date(time).toISOString()
/** Numbers as they are; no text is the same as none. */
const rowOf = (cells: readonly (string | number | null)[]): string =>
  `${cells.map((cell) => (typeof cell === 'number' ? cell : textCell(cell || null, ',', true))).join(',')}\n`
