/** `weir backtest`: what an alert rule would have done over stored history, also while an engine writes the file. */
import { backtestFile, BacktestError } from '../pipeline/backtest'
import type { AlertTransition } from '../pipeline/backtest'
import { StoredFile } from '../pipeline/stored-file'
import { alertRule } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
import { describeIssues } from '../../shared/config/workspace'
import { formatSeries } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import { parseOptions, Usage } from './arguments'
import { timeOf } from './export-options'
import { interrupted } from './interrupted'
import { openOutput, readText } from './text-files'

/** Lines that wait to be written, in characters. */
const PIECE = 1 << 16

/**
 * Transitions as NDJSON, a summary on standard error.
 * @returns the exit code: 0, or 1 where blocks are damaged or Ctrl+C ended it, or 2 where an argument or the file cannot
 * be used
 */
export async function backtestCommand(args: string[]): Promise<number> {
  const given = parseOptions(args, ['db', 'rule'], ['from', 'to', 'output'])
  const rule = readRule(await readText('rule', given.rule), given.rule)
  const range = { from: timeOf('from', given.from), to: timeOf('to', given.to) }
  const file = await StoredFile.open(given.db)
  const output = await openOutput(given.output ?? '-')
  const stop = interrupted()
  let lines = ''
  const out = (transition: AlertTransition, info: SeriesInfo): void => {
    lines += `${JSON.stringify(described(transition, info))}\n`
  }
  const between = async (): Promise<void> => {
    stop.throwIfAborted()
    if (lines.length < PIECE) return
    await output.write(lines)
    lines = ''
  }
  try {
    const summary = await backtestFile({ file, rule, ...range, between, out })
    await output.write(lines)
    process.stderr.write(`${JSON.stringify(summary)}\n`)
    if (file.damage.length === 0) return 0
    process.stderr.write(`weir backtest: ${file.damage.length} damaged blocks of ${given.db} were left out\n`)
    return 1
  } catch (error) {
    if (error instanceof BacktestError) throw new Usage(`${given.db}: ${error.message}`)
    if (!stop.aborted) throw error
    process.stderr.write('weir backtest: cancelled\n')
    return 1
  } finally {
    await output.close()
    await file.close()
  }
}

/** @throws Usage */
function readRule(text: string, path: string): AlertRule {
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Usage(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = alertRule.safeParse(json)
  if (!parsed.success) throw new Usage(`${path}: ${describeIssues(parsed.error)}`)
  return parsed.data
}

/** A line for people and programs: what cannot be a number in JSON is null. */
function described({ id, rule, from, to, eventTime, ...rest }: AlertTransition, info: SeriesInfo): object {
  const { value, reason, revised, notify } = rest
  return {
    id,
    rule,
    source: info.source,
    series: formatSeries(info),
    from,
    to,
    eventTime,
    value: Number.isFinite(value) ? value : null,
    reason,
    ...(revised === undefined ? {} : { revised }),
    ...(notify === undefined ? {} : { notify }),
  }
}
