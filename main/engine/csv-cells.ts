/** Columns and cells of a CSV export. Pure. */
import type { ExportRange } from '../../shared/ipc/engine'
import type { SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'

/** The header first, then rows; a number in between is how many rows more there will be. */
export type Rows = AsyncGenerator<string | number>

/** Every label that any of them has. */
export function labelNames(series: readonly SeriesInfo[]): string[] {
  return [...new Set(series.flatMap((info) => Object.keys(info.labels)))].sort()
}

export function timeColumns(query: ExportRange, name: string): string[] {
  if (query.time === 'both') return [name, `${name}_ms`]
  return [query.time === 'iso' ? name : `${name}_ms`]
}

export function timeCells(query: ExportRange, time: EpochMs): string {
  if (query.time === 'epoch') return String(time)
  return query.time === 'iso' ? isoMicros(time) : `${isoMicros(time)},${time}`
}

/** ISO 8601 in UTC with milliseconds, or microseconds where there are any. */
function isoMicros(time: EpochMs): string {
  const ms = Math.floor(time)
  const micros = Math.round((time - ms) * 1000)
  const iso = new Date(ms).toISOString()
  return micros === 0 ? iso : `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}

/** Read again it is the same number. NaN, which no statistic of nothing has a number for, is an empty cell. */
export function numberCell(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Quotes a text cell where it must; a leading = + - @ TAB CR gets a quote, so that no spreadsheet runs it. */
export function cell(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
