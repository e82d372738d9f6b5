/** CSV input of a replay: a header that names `key`, `time`, `value`; other columns but `partition` are labels. */
import { ReplayError } from './replay-config'
import { eventTime, textValue, type LineReader, type ReplayEvent } from './replay-events'
import type { ReplayKeys } from './replay-keys'

/** UTF-8, RFC 4180 within a line: no quoted line breaks. Times and values as `eventTime` and `textValue` read them. */
export class CsvReader implements LineReader {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true })
  private readonly key: number
  private readonly time: number
  private readonly value: number
  private readonly partition: number
  private readonly labels: readonly (readonly [string, number])[]

  /** @throws ReplayError where the header lacks a column. */
  constructor(
    header: Uint8Array,
    private readonly keys: ReplayKeys,
    input: string,
  ) {
    const names = fields(new TextDecoder().decode(header))?.map((name) => name.trim()) ?? []
    const column = (name: string): number => {
      const at = names.indexOf(name)
      if (at >= 0) return at
      throw new ReplayError(
        `${input}: line 1: neither a JSON event nor a CSV header with the column "${name}"; begin with a header such as key,time,value`,
      )
    }
    this.key = column('key')
    this.time = column('time')
    this.value = column('value')
    this.partition = names.indexOf('partition')
    const taken = new Set([this.key, this.time, this.value, this.partition])
    this.labels = names.flatMap((name, at) => (taken.has(at) ? [] : [[name, at] as const]))
  }

  read(bytes: Uint8Array, from: number, to: number, event: ReplayEvent): boolean {
    const row = this.row(bytes, from, to)
    const value = row === null ? undefined : textValue(row[this.value] ?? '')
    if (row === null || value === undefined || row.length <= Math.max(this.key, this.time, this.value)) return false
    event.time = eventTime(row[this.time])
    if (event.time !== event.time) return false
    event.value = value
    event.partition = this.partition < 0 ? '' : (row[this.partition] ?? '')
    const labels = this.keys.grouped ? this.labelsOf(row) : undefined
    if (labels === null) return false
    event.series = this.keys.series(row[this.key] as string, labels)
    return true
  }

  private row(bytes: Uint8Array, from: number, to: number): string[] | null {
    try {
      return fields(this.decoder.decode(bytes.subarray(from, to)))
    } catch {
      return null
    }
  }

  /** Columns by their names; a column `labels` may hold them together as a JSON object. */
  private labelsOf(row: readonly string[]): Record<string, unknown> | null {
    const labels: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const [name, at] of this.labels) {
      const text = row[at] ?? ''
      if (name !== 'labels' || text === '') {
        labels[name] = text
        continue
      }
      try {
        for (const [label, value] of Object.entries(JSON.parse(text) as object)) labels[label] = value
      } catch {
        return null
      }
    }
    return labels
  }
}

/** The fields of one line (RFC 4180), or null where a quote is not closed. */
function fields(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',')
  const row: string[] = []
  let at = 0
  for (;;) {
    if (line[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"/y
      quoted.lastIndex = at
      const match = quoted.exec(line)
      if (match === null) return null
      row.push((match[1] as string).replaceAll('""', '"'))
      at = quoted.lastIndex
    } else {
      const end = line.indexOf(',', at)
      row.push(line.slice(at, end < 0 ? undefined : end))
      at = end < 0 ? line.length : end
    }
    if (at >= line.length) return row
    if (line[at] !== ',') return null
    at++
  }
}
