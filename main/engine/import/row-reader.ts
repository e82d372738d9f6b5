/** Rows of an exported CSV as samples. */
import { Rejected } from '../../contracts'
import type { ImportTarget } from '../../pipeline/import-target'
import { source as sourceSchema } from '../../../shared/config/workspace'
import { DERIVED_SOURCE } from '../../../shared/model/series'
import type { SeriesId, SeriesKey } from '../../../shared/model/series'
import type { SampleBuffer } from '../../../shared/model/samples'
import { unguarded } from '../../../shared/model/csv-cell'
import { CellReader } from './cells'
import { ImportError } from './header'
import type { Header } from './header'
import { cellsOf } from './rows'
import type { Cell } from './rows'

type SeriesOf = ImportTarget['series']

export class RowReader {
  readonly cells: CellReader
  private readonly known = new Map<string, SeriesId>()
  private readonly wide: readonly SeriesId[]

  /** @throws ImportError where a column of the header cannot be a series here. */
  constructor(
    private readonly header: Header,
    private readonly seriesOf: SeriesOf,
  ) {
    this.cells = new CellReader(header.delimiter)
    this.wide = header.layout === 'wide' ? header.series.map(({ key, unit }) => this.column(key, unit)) : []
  }

  /** @param now the arrival of its samples; @throws Rejected; nothing of the row is in the buffer then. */
  read(text: string, into: SampleBuffer, now: number): void {
    const { header } = this
    const row = cellsOf(text, header.delimiter)
    if (row === null) throw new Rejected('a quote is not closed, or stands within a cell')
    if (row.length !== header.columns) throw new Rejected(`${row.length} columns, not ${header.columns}`)
    const { iso, ms } = header.time
    const time = ms >= 0 ? this.cells.milliseconds(row[ms] ?? '') : this.cells.iso(row[iso] ?? '')
    if (header.layout === 'long') {
      const text = row[header.value] ?? null
      const value = text === null ? NaN : this.cells.reading(text)
      into.push(this.long(row, header), time, value, now)
      return
    }
    const before = into.length
    try {
      this.wide.forEach((series, i) => {
        const text = row[header.first + i] ?? null
        if (text !== null) into.push(series, time, this.cells.reading(text), now)
      })
    } catch (error) {
      into.length = before
      throw error
    }
  }

  /** Rows of one series follow each other: it is looked up by its cells as they are. */
  private long(row: readonly Cell[], header: Extract<Header, { layout: 'long' }>): SeriesId {
    const names = row.slice(0, 2 + header.labels.length)
    const text = JSON.stringify(names)
    const known = this.known.get(text)
    if (known !== undefined) return known
    const [source, name] = names
    if (name === null || name === undefined) throw new Rejected('the series has no name')
    const labels = header.labels.flatMap((label, i) => {
      const value = names[2 + i] ?? null
      return value === null ? [] : [[label, unguarded(value)] as const]
    })
    const unit = header.unit < 0 ? null : (row[header.unit] ?? null)
    const key = { source: unguarded(source ?? ''), name: unguarded(name), labels: Object.fromEntries(labels) }
    refuseSource(key)
    const id = this.seriesOf(key, unit === null ? undefined : unguarded(unit))
    this.known.set(text, id)
    return id
  }

  private column(key: SeriesKey, unit: string | undefined): SeriesId {
    try {
      refuseSource(key)
      return this.seriesOf(key, unit)
    } catch (error) {
      throw error instanceof Rejected ? new ImportError(error.message) : error
    }
  }
}

/** @throws Rejected where no source can have this id. */
function refuseSource({ source }: SeriesKey): void {
  if (!sourceSchema.shape.id.safeParse(source).success || source === DERIVED_SOURCE)
    throw new Rejected(`no source can have the id ${JSON.stringify(source)}`)
}
