/** `weir export`: stored readings of a file as CSV or Parquet, also while an engine writes it. */
import { exportFile, exportTo, readingsTable } from '../engine/export/export'
import { StoredFile } from '../pipeline/stored-file'
import { compileSelection, PatternError } from '../../shared/model/pattern'
import { DERIVED_SOURCE } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import { parseOptions, Usage } from './arguments'
import { FORMAT_OPTIONS, formatOptions, ROW_OPTIONS, rowOptions } from './export-options'
import { interrupted } from './interrupted'
import { toStandardOutput } from './standard-output'

/**
 * @returns the exit code: 0, or 1 where blocks are damaged or Ctrl+C ended it, which leaves no file behind, or 2 where
 * an argument or the file cannot be used.
 */
export async function exportCommand(args: string[]): Promise<number> {
  const given = parseOptions(args, ['db', 'output'], ['series', ...ROW_OPTIONS, ...FORMAT_OPTIONS])
  const format = formatOptions(given)
  const options = { ...rowOptions(given), format }
  const file = await StoredFile.open(given.db)
  try {
    const series = chosen(file.series, given.series)
    const table = await readingsTable(file, series, options)
    const control = { cancelled: interrupted(), progress: () => undefined }
    const rows =
      given.output === '-'
        ? await exportTo(table, format, toStandardOutput, control)
        : await exportFile(table, format, given.output, control)
    if (rows === null) {
      process.stderr.write('weir export: cancelled\n')
      return 1
    }
    process.stderr.write(`${rows} rows of ${series.length} series\n`)
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
