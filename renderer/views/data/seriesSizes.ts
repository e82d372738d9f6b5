/** Rows of the table of what is stored: by series or summed by source, searched and sorted. Pure. */
import type { StoredSeries } from '../../../shared/ipc/engine'
import type { EpochMs } from '../../../shared/model/time'

export interface SizeRow {
  readonly key: string
  readonly title: string
  /** Id of the source: names need not be unique. */
  readonly source: string
  readonly sourceName: string
  readonly series: readonly number[]
  readonly samples: number
  readonly summedUp: number
  readonly bytes: number
  readonly from: EpochMs
  readonly to: EpochMs
}
export type SizeColumn = 'title' | 'samples' | 'bytes' | 'perSample' | 'from' | 'to'
export interface SizeOrder {
  readonly column: SizeColumn
  readonly descending: boolean
}
export interface Named {
  readonly title: string
  readonly source: string
  readonly sourceName: string
  /** Lower case; everything that a search may hit. */
  readonly text: string
}

export function seriesRows(stored: readonly StoredSeries[], named: (id: number) => Named | undefined): SizeRow[] {
  return stored.flatMap(({ id, ...size }) => {
    const name = named(id)
    return name === undefined
      ? []
      : [
          {
            key: String(id),
            title: name.title,
            source: name.source,
            sourceName: name.sourceName,
            series: [id],
            ...size,
          },
        ]
  })
}

/** One row a source with all of its series, in place of those of its series. */
export function sourceRows(rows: readonly SizeRow[]): SizeRow[] {
  const sums = new Map<string, SizeRow>()
  for (const row of rows) {
    const sum = sums.get(row.source)
    sums.set(
      row.source,
      sum === undefined
        ? { ...row, key: row.source, title: row.sourceName }
        : {
            ...sum,
            series: [...sum.series, ...row.series],
            samples: sum.samples + row.samples,
            summedUp: sum.summedUp + row.summedUp,
            bytes: sum.bytes + row.bytes,
            from: Math.min(sum.from, row.from),
            to: Math.max(sum.to, row.to),
          },
    )
  }
  return [...sums.values()]
}

/** NaN where no samples are left. */
export const perSample = ({ bytes, samples }: SizeRow): number => (samples > 0 ? bytes / samples : NaN)

export function sorted(rows: readonly SizeRow[], { column, descending }: SizeOrder): SizeRow[] {
  const compare = (a: SizeRow, b: SizeRow): number => {
    if (column === 'title') return a.title.localeCompare(b.title)
    const [x, y] = column === 'perSample' ? [perSample(a) || 0, perSample(b) || 0] : [a[column], b[column]]
    return x - y
  }
  return [...rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b)))
}
