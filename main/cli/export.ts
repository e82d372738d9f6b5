/** `weir export`: stored readings of a file as CSV, also while an engine writes it. */
import { writeCsv } from '../engine/csv-export'
import type { Rows } from '../engine/csv-cells'
import { rawRows } from '../engine/raw-rows'
import type { RowOptions } from '../engine/raw-rows'
import { StoredFile } from '../pipeline/stored-file'
import { aggregateName } from '../../shared/config/pipeline'
import { compileSelection, PatternError } from '../../shared/model/pattern'
import { DERIVED_SOURCE } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import { parseDuration } from '../../shared/model/time'
import type { EpochMs } from '../../shared/model/time'
import { parseOptions, Usage } from './arguments'

const OPTIONAL = ['series', 'from', 'to', 'every', 'stat', 'layout', 'time'] as const

/** @returns the exit code: 0, or 2 where an argument or the file cannot be used. */
export async function exportCommand(args: string[]): Promise<number> {
  const given = parseOptions(args, ['db', 'output'], OPTIONAL)
  const options = rowOptions(given)
  const file = await StoredFile.open(given.db)
  try {
    const series = chosen(file.series, given.series)
    const rows = rawRows(file, series, options)
    const count = given.output === '-' ? await toStandardOutput(rows) : await writeCsv(rows, given.output, ALONE)
    process.stderr.write(`${count} rows of ${series.length} series\n`)
    const ids = new Set(series.map(({ id }) => id))
    if (!(await file.isWhole({ series: ids, from: options.from, to: options.to })))
      process.stderr.write(
        'weir export: some readings of this range were removed by age; only their statistics are left\n',
      )
    if (file.damage.length > 0) {
      process.stderr.write(`weir export: ${file.damage.length} damaged blocks of ${given.db} were left out\n`)
      return 1
    }
    return 0
  } finally {
    await file.close()
  }
}

const ALONE = { cancelled: new AbortController().signal, progress: () => undefined }

type Given = Partial<Record<(typeof OPTIONAL)[number], string>>

/** @throws Usage */
function rowOptions({ from, to, every, stat, layout = 'long', time = 'iso' }: Given): RowOptions {
  if (layout !== 'long' && layout !== 'wide') throw new Usage(`--layout is long or wide, not ${layout}`)
  if (time !== 'iso' && time !== 'epoch' && time !== 'both')
    throw new Usage(`--time is iso, epoch or both, not ${time}`)
  const range = { from: timeOf('from', from), to: timeOf('to', to), time, layout } as const
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

/** @throws Usage */
export function chosen(all: readonly SeriesInfo[], pattern: string | undefined): SeriesInfo[] {
  try {
    const matches = compileSelection(pattern === undefined ? [] : [pattern])
    const found = all.filter((info) => info.source !== DERIVED_SOURCE && matches(info))
    if (found.length === 0) throw new Usage(`no series ${pattern === undefined ? 'are stored' : `matches ${pattern}`}`)
    return found
  } catch (error) {
    if (error instanceof PatternError) throw new Usage(`--series: ${error.message}`)
    throw error
  }
}

/** @returns the number of data rows */
async function toStandardOutput(rows: Rows): Promise<number> {
  let count = -1
  let text = ''
  for await (const row of rows) {
    if (typeof row === 'number') continue
    count += 1
    text += `${row}\r\n`
    if (text.length < 1 << 16) continue
    await write(text)
    text = ''
  }
  await write(text)
  return Math.max(0, count)
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))
}
