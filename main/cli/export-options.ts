/** The arguments of `weir export`, as the same options that the dialog has. */
import { DELIMITERS, exportFormat } from '../../shared/config/export'
import type { ExportFormat } from '../../shared/config/export'
import { aggregateName } from '../../shared/config/pipeline'
import { parseDuration } from '../../shared/model/time'
import type { EpochMs } from '../../shared/model/time'
import type { RowOptions } from '../engine/export/series-table'
import { Usage } from './arguments'

export const ROW_OPTIONS = ['from', 'to', 'every', 'stat', 'layout'] as const
export const FORMAT_OPTIONS = ['format', 'time', 'zone', 'delimiter', 'decimal', 'bom', 'unit', 'guard'] as const
type Given = Partial<Record<(typeof ROW_OPTIONS)[number] | (typeof FORMAT_OPTIONS)[number], string>>

/** @throws Usage */
export function rowOptions({ from, to, every, stat, layout = 'long' }: Given): RowOptions {
  const range = { from: timeOf('from', from), to: timeOf('to', to), layout: oneOf('layout', layout, ['long', 'wide']) }
  if (every === undefined) {
    if (stat !== undefined) throw new Usage('--stat needs --every, such as --every 10s')
    return range
  }
  const length = parseDuration(every)
  if (length === null || length < 1) throw new Usage(`--every is a duration such as 10s or 1h, not ${every}`)
  const statistics = (stat ?? 'mean').split(',')
  const wrong = statistics.find((name) => !aggregateName.safeParse(name).success)
  if (wrong !== undefined)
    throw new Usage(`--stat does not know ${JSON.stringify(wrong)}; it knows mean, min, max, p95 …`)
  return { ...range, buckets: { every, statistics } }
}

/** @throws Usage */
export function formatOptions(given: Given): ExportFormat {
  const kind = oneOf('format', given.format ?? 'csv', ['csv', 'parquet'])
  if (kind === 'parquet') {
    const idle = FORMAT_OPTIONS.find((name) => name !== 'format' && given[name] !== undefined)
    if (idle !== undefined) throw new Usage(`--${idle} is an option of CSV; a Parquet file has types`)
    return { kind }
  }
  const { zone, delimiter } = given
  const parsed = exportFormat.safeParse({
    kind,
    time: oneOf('time', given.time ?? 'iso', ['iso', 'epoch', 'both']),
    ...(zone === undefined ? {} : { zone }),
    ...(delimiter === undefined ? {} : { delimiter: delimiterNamed(delimiter) }),
    decimalComma: oneOf('decimal', given.decimal ?? 'point', ['point', 'comma']) === 'comma',
    bom: switched('bom', given.bom, false),
    unit: switched('unit', given.unit, true),
    guard: switched('guard', given.guard, true),
  })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Usage(`--${String(issue?.path[0])} ${issue?.message ?? 'is not understood'}`)
}

const DELIMITER_NAMES: Readonly<Record<string, (typeof DELIMITERS)[number]>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
}

function delimiterNamed(text: string): string {
  const delimiter = DELIMITER_NAMES[text] ?? DELIMITERS.find((known) => known === text)
  if (delimiter === undefined) throw new Usage(`--delimiter is comma, semicolon or tab, not ${text}`)
  return delimiter
}

function switched(name: string, text: string | undefined, otherwise: boolean): boolean {
  return text === undefined ? otherwise : oneOf(name, text, ['on', 'off']) === 'on'
}

function oneOf<T extends string>(name: string, text: string, known: readonly [T, ...T[]]): T {
  const found = known.find((value) => value === text)
  if (found === undefined)
    throw new Usage(`--${name} is ${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}, not ${text}`)
  return found
}

/** Milliseconds since 1970, or ISO 8601; without a zone: UTC. @throws Usage */
export function timeOf(name: string, text: string | undefined): EpochMs | null {
  if (text === undefined) return null
  const number = /^-?\d+(\.\d+)?$/.test(text) && text.length > 4 ? Number(text) : NaN
  if (Number.isFinite(number)) return number
  const iso = text.trim().replace(' ', 'T')
  const time = Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/i.test(iso) || !iso.includes('T') ? iso : `${iso}Z`)
  if (Number.isNaN(time)) throw new Usage(`--${name} is a time such as 2026-01-31T08:00:00Z, not ${text}`)
  return time
}
