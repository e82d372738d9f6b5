/** Looks at real records and proposes fields and the time field; nothing is taken over without being shown. */
import type { RawRecord } from '../contracts'
import type { TestReport } from '../../shared/ipc/engine'
import { parseIso } from './event-time'
import { splitRow } from './csv'
import { shown } from './text'

type TimeFormat = 's' | 'ms' | 'us' | 'ns' | 'iso'
type Fields = TestReport['fields']

const TIME_NAME = /^(ts|t|time|timestamp|datetime|date|at|when|epoch)$|time(stamp)?$/i

export function detectJson(records: readonly RawRecord[]): Pick<TestReport, 'fields' | 'time'> {
  const found = new Map<string, { sample: unknown; keys: Set<string> }>()
  for (const record of records) {
    try {
      collect(JSON.parse(Buffer.from(record.payload).toString('utf8')), '', record.key, found)
    } catch {
      // Shown as it came; the decoder will reject it with its reason.
    }
  }
  return propose([...found].map(([path, { sample, keys }]) => ({ path, value: sample, keys: [...keys] })))
}

function collect(
  value: unknown,
  path: string,
  key: string,
  found: Map<string, { sample: unknown; keys: Set<string> }>,
  depth = 0,
): void {
  if (depth > 64) return
  if (typeof value === 'object' && value !== null) {
    const list = Array.isArray(value)
    for (const [name, inner] of Object.entries(value))
      collect(inner, list ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, key, found, depth + 1)
    return
  }
  if (typeof value !== 'number' && typeof value !== 'string') return
  const name = path === '' ? 'value' : path
  const known = found.get(name)
  if (known === undefined) found.set(name, { sample: value, keys: new Set([key]) })
  else known.keys.add(key)
}

export interface CsvShape extends Pick<TestReport, 'fields' | 'time'> {
  readonly columns: readonly string[]
  readonly delimiter: ',' | ';' | '\t'
}

/** @param lines the first lines of the file, the header first. */
export function detectCsv(lines: readonly string[]): CsvShape {
  const header = (lines[0] ?? '').replace(/^\uFEFF/, '')
  const delimiter = ([',', ';', '\t'] as const).reduce((best, next) =>
    header.split(next).length > header.split(best).length ? next : best,
  )
  const columns = splitRow(header, delimiter)
  const rows = lines.slice(1).map((line) => splitRow(line, delimiter))
  const values = columns.map((path, i) => {
    const text = rows.map((row) => row[i] ?? '').find((cell) => cell.trim() !== '') ?? ''
    return { path, value: text !== '' && Number.isFinite(Number(text)) ? Number(text) : text, keys: [] }
  })
  return { columns, delimiter, ...propose(values) }
}

function propose(values: readonly { path: string; value: unknown; keys: readonly string[] }[]): {
  fields: Fields
  time: TestReport['time']
} {
  const times = values.flatMap(({ path, value }) => {
    const format = timeFormat(value)
    return format === null ? [] : [{ field: path, format, named: TIME_NAME.test(path) }]
  })
  const best = times.find((time) => time.named) ?? times.find((time) => time.format === 'iso')
  const fields = values
    .filter(({ path, value }) => typeof value === 'number' && path !== best?.field)
    .map(({ path, value, keys }) => ({ path, sample: shown(value), keys }))
  return { fields, time: best === undefined ? null : { field: best.field, format: best.format } }
}

/** The unit of an epoch number by its magnitude: 1e8–1e11 s, 1e11–1e14 ms, 1e14–1e17 µs, above ns. */
function timeFormat(value: unknown): TimeFormat | null {
  if (typeof value === 'string') return Number.isNaN(parseIso(value, () => 0)) ? null : 'iso'
  if (typeof value !== 'number' || value < 1e8) return null
  if (value < 1e11) return 's'
  if (value < 1e14) return 'ms'
  return value < 1e17 ? 'us' : 'ns'
}
