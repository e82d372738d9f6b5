/** The two tables that results and alerts are written to, and their rows. Times are UTC. */
import type { AlertBody, OutboxItem, ResultBody } from '../contracts'

export interface SqlColumn {
  readonly name: string
  readonly type: 'id' | 'text' | 'time' | 'integer' | 'real' | 'json'
}
type Cell = string | number | null

const SUBJECT: readonly SqlColumn[] = [
  { name: 'source', type: 'text' },
  { name: 'series', type: 'text' },
  { name: 'labels', type: 'json' },
  { name: 'unit', type: 'text' },
]

export interface SqlTableShape<B> {
  /** Behind the name that the settings give. */
  readonly suffix: string
  readonly columns: readonly SqlColumn[]
  cells(body: B): Cell[]
}

export const RESULTS: SqlTableShape<ResultBody> = {
  suffix: 'results',
  columns: [
    { name: 'id', type: 'id' },
    { name: 'pipeline', type: 'text' },
    ...SUBJECT,
    { name: 'start_time', type: 'time' },
    { name: 'end_time', type: 'time' },
    { name: 'number', type: 'integer' },
    { name: 'revision', type: 'integer' },
    { name: 'statistics', type: 'json' },
  ],
  cells: (body) => [
    ...[body.id, body.pipeline, ...subject(body), time(body.start), time(body.end), body.index ?? null],
    ...[body.revision, JSON.stringify(body.statistics)],
  ],
}

export const ALERTS: SqlTableShape<AlertBody> = {
  suffix: 'alerts',
  columns: [
    { name: 'id', type: 'id' },
    { name: 'rule', type: 'text' },
    { name: 'name', type: 'text' },
    { name: 'severity', type: 'text' },
    ...SUBJECT,
    { name: 'from_state', type: 'text' },
    { name: 'to_state', type: 'text' },
    { name: 'event_time', type: 'time' },
    { name: 'found_time', type: 'time' },
    { name: 'value', type: 'real' },
    { name: 'reason', type: 'text' },
  ],
  cells: (body) => [
    ...[body.id, body.rule, body.name, body.severity, ...subject(body), body.from, body.to],
    ...[time(body.time), time(body.at), body.value, body.reason],
  ],
}

export const resultsOf = (items: readonly OutboxItem[]): ResultBody[] =>
  items.map(({ body }) => body).filter((body): body is ResultBody => body.kind === 'result')
export const alertsOf = (items: readonly OutboxItem[]): AlertBody[] =>
  items.map(({ body }) => body).filter((body): body is AlertBody => body.kind === 'alert')

const subject = ({ source, series, labels, unit }: ResultBody | AlertBody): Cell[] => [
  source,
  series,
  JSON.stringify(labels),
  unit,
]

/** `2026-01-31 06:00:00.000000`, as both databases take it. */
const time = (ms: number): string => {
  const whole = Math.floor(ms)
  const micros = Math.round((ms - whole) * 1000)
  return `${new Date(whole).toISOString().slice(0, 23).replace('T', ' ')}${String(micros).padStart(3, '0')}`
}
