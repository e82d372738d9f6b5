/** The fields found in real records, which of them are kept, their units, and where the time comes from. */
import type { Decoding, EventTime } from '../../shared/config/decoding'
import type { TestReport } from '../../shared/ipc/engine'

export interface FieldRow {
  readonly path: string
  readonly sample: string
  readonly keys: readonly string[]
  /** Why it is proposed; absent where it only stands in the settings. */
  readonly reason?: string
}

/** Stands for "no time in the record". */
export const ARRIVAL = ''

export class FieldChoice {
  rows = $state.raw<readonly FieldRow[]>([])
  ticked = $state.raw<ReadonlySet<string>>(new Set())
  units = $state<Record<string, string>>({})
  displays = $state<Record<string, string>>({})
  timeField = $state(ARRIVAL)
  timeFormat = $state<EventTime['format']>('ms')
  zone = $state('UTC')
  maxAhead = $state('1h')
  /** Fields come from a test or from the stored source; without either, all are taken. */
  known = $state(false)
  /** Of a CSV file: its columns as found. */
  #csv: TestReport['csv']

  clear(): void {
    this.rows = []
    this.ticked = new Set()
    this.units = {}
    this.displays = {}
    this.timeField = ARRIVAL
    this.known = false
    this.#csv = undefined
  }

  /** What a stored source says; its fields stand ticked before any test. */
  load(decoding: Decoding, time: EventTime): void {
    this.clear()
    this.timeField = time.field ?? ARRIVAL
    this.timeFormat = time.format
    this.zone = time.zone
    this.maxAhead = time.maxAhead
    if (decoding.columns) this.#csv = { columns: decoding.columns, delimiter: decoding.delimiter }
    if (decoding.fields === 'all') return
    this.known = true
    this.rows = decoding.fields.map((field) => ({ path: field.path, sample: '', keys: [] }))
    this.ticked = new Set(decoding.fields.map((field) => field.path))
    for (const field of decoding.fields) {
      this.units[field.path] = field.unit ?? ''
      this.displays[field.path] = field.display ?? ''
    }
  }

  /** What a test found: new fields come ticked, those chosen before keep their choice. */
  take(report: TestReport): void {
    const before = new Set(this.rows.map((row) => row.path))
    if (!this.known && report.time) {
      this.timeField = report.time.field
      this.timeFormat = report.time.format
    }
    this.#csv = report.csv ?? this.#csv
    this.rows = report.fields
    const kept = report.fields.filter((field) =>
      before.has(field.path) ? this.ticked.has(field.path) : field.path !== this.timeField,
    )
    this.ticked = new Set(kept.map((field) => field.path))
    this.known = true
  }

  tick(path: string, on: boolean): void {
    const next = new Set(this.ticked)
    if (on) next.add(path)
    else next.delete(path)
    this.ticked = next
  }

  /** The time field is no reading: choosing it unticks it. */
  chooseTime(path: string): void {
    this.timeField = path
    if (path !== ARRIVAL) this.tick(path, false)
  }

  decoding(): Pick<Partial<Decoding>, 'fields' | 'columns' | 'delimiter'> {
    const csv = this.#csv ? { columns: [...this.#csv.columns], delimiter: this.#csv.delimiter } : {}
    if (!this.known || this.rows.length === 0) return csv
    const chosen = this.rows.filter((row) => this.ticked.has(row.path))
    return {
      ...csv,
      fields: chosen.map(({ path }) => ({
        path,
        ...text('unit', this.units[path]),
        ...text('display', this.displays[path]),
      })),
    }
  }

  time(): { field?: string; format: EventTime['format']; zone: string; maxAhead: string } {
    return {
      ...(this.timeField === ARRIVAL ? {} : { field: this.timeField }),
      format: this.timeFormat,
      zone: this.zone,
      maxAhead: this.maxAhead,
    }
  }
}

function text<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  const trimmed = value?.trim()
  return trimmed ? ({ [key]: trimmed } as Record<K, string>) : {}
}
