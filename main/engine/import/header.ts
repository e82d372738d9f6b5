/** What the header of a CSV file that Weir exported says: its layout, and where what stands. */
import type { SeriesKey } from '../../../shared/model/series'
import { unguarded } from '../../../shared/model/csv-cell'
import { cellsOf } from './rows'

export class ImportError extends Error {
  override readonly name = 'ImportError'
}

export interface TimeColumns {
  /** −1: there is none. Milliseconds are taken where both are. */
  readonly iso: number
  readonly ms: number
}

export interface SeriesColumn {
  readonly key: SeriesKey
  readonly unit: string | undefined
}

export type Header = {
  readonly delimiter: string
  readonly columns: number
  readonly time: TimeColumns
} & (
  | {
      readonly layout: 'long'
      /** Those from column 2 on. */
      readonly labels: readonly string[]
      readonly value: number
      /** −1: there is none. */
      readonly unit: number
    }
  | { readonly layout: 'wide'; readonly series: readonly SeriesColumn[]; readonly first: number }
)

/** @throws ImportError where it is not the header of exported readings. */
export function parseHeader(text: string): Header {
  const begins = /^(source|time|time_ms|start|start_ms|pipeline)([,;\t])/.exec(text)
  if (begins === null)
    throw new ImportError('this is not a CSV that Weir exported: its first line begins with neither source nor time')
  const [, first, delimiter] = begins as unknown as [string, string, string]
  const names = (cellsOf(text, delimiter) ?? []).map((name) => unguarded(name ?? ''))
  if (first === 'pipeline' || names.includes('start') || names.includes('start_ms'))
    throw new ImportError('this file holds statistics of windows; only readings can be imported')
  return first === 'source' ? longHeader(names, delimiter) : wideHeader(names, delimiter)
}

function longHeader(names: readonly string[], delimiter: string): Header {
  const time = { iso: names.indexOf('time'), ms: names.indexOf('time_ms') }
  const value = names.indexOf('value')
  if (names[1] !== 'series' || value < 0 || (time.iso < 0 && time.ms < 0))
    throw new ImportError('the first line lacks one of the columns source, series, time and value')
  const labels = names.slice(2, Math.min(...[time.iso, time.ms, value].filter((at) => at >= 0)))
  return {
    layout: 'long',
    delimiter,
    columns: names.length,
    time,
    value,
    unit: names.indexOf('unit'),
    labels: labels.map((name) => /^\{(.*)\}$/s.exec(name)?.[1] ?? name),
  }
}

function wideHeader(names: readonly string[], delimiter: string): Header {
  const time = { iso: names.indexOf('time'), ms: names.indexOf('time_ms') }
  const first = 1 + Math.max(time.iso, time.ms)
  return {
    layout: 'wide',
    delimiter,
    columns: names.length,
    time,
    first,
    series: names.slice(first).map(parseColumn),
  }
}

const COLUMN =
  /^(\S+) ("(?:[^"\\]|\\.)*"|[^{"[\]\s][^{"[\]]*?)(?:\{((?:[^"]|"(?:[^"\\]|\\.)*")*)\})?(?: \[([^[\]]*)\])?$/s
const MATCHER = /\s*("(?:[^"\\]|\\.)*"|[\p{L}\p{N}_.:-]+)=("(?:[^"\\]|\\.)*")\s*(?:,|$)/uy

/** `source name{device="boiler"} [°C]`. @throws ImportError */
function parseColumn(text: string): SeriesColumn {
  const [, source, name, matchers = '', unit] = (COLUMN.exec(text) ?? []) as (string | undefined)[]
  if (source === undefined || name === undefined)
    throw new ImportError(`the column ${JSON.stringify(text)} does not name a source and a series`)
  const labels: Record<string, string> = Object.create(null) as Record<string, string>
  MATCHER.lastIndex = 0
  for (let at = 0; at < matchers.length; at = MATCHER.lastIndex) {
    const [, label, value] = (MATCHER.exec(matchers) ?? []) as (string | undefined)[]
    if (label === undefined || value === undefined)
      throw new ImportError(`the labels of the column ${JSON.stringify(text)} cannot be read`)
    labels[unquoted(label)] = unquoted(value)
  }
  return { key: { source, name: unquoted(name), labels: { ...labels } }, unit: unit === '' ? undefined : unit }
}

const unquoted = (text: string): string => (text.startsWith('"') ? (JSON.parse(text) as string) : text)
