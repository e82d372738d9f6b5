/** `weir`: the same engine without a window. Exit codes: 0 done, 1 failed, 2 bad arguments, configuration or input. */
import { WorkspaceError } from '../engine/workspace-file'
import { Usage } from './arguments'
import { backtestCommand } from './backtest'
import { backupCommand } from './backup'
import { eraseCommand } from './erase'
import { exportCommand } from './export'
import { importCommand } from './import'
import { rejectedCommand } from './rejected'
import { replayCommand } from './replay'
import { restoreCommand } from './restore'
import { runCommand } from './run'
import { salvageCommand } from './salvage'
import { schemaCommand } from './schema'

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  run: runCommand,
  replay: replayCommand,
  export: exportCommand,
  rejected: rejectedCommand,
  import: importCommand,
  backtest: backtestCommand,
  backup: backupCommand,
  restore: restoreCommand,
  salvage: salvageCommand,
  erase: eraseCommand,
  schema: schemaCommand,
}

const USAGE = `weir run --config workspace.json [--db FILE] [--secrets FILE]   collect until Ctrl+C, one status line a second
weir replay --config FILE --input FILE|- --output FILE|- [--sort time]   run a pipeline over a finite input
weir export --db FILE [--series PATTERN] [--from T] [--to T] [--every 10s --stat mean,max]
            [--layout long|wide] [--format csv|parquet] [--time iso|epoch|both] [--zone ZONE]
            [--delimiter comma|semicolon|tab] [--decimal point|comma] [--bom on|off] [--unit on|off]
            [--guard on|off] --output FILE|-   stored readings as CSV or Parquet
weir rejected --db FILE --source ID --output FILE|-   the rejected records that are kept, one JSON object a line
weir import --db FILE --input FILE   the readings of a CSV that Weir exported, into a file that no engine uses
weir backtest --db FILE --rule rule.json [--from T] [--to T] [--output FILE|-]
            what an alert rule would have done over stored history
weir backup --db FILE --output FILE   a copy of the database, also while it is in use
weir restore --db FILE --input BACKUP   a backup takes the place of the database, which is kept beside it
weir salvage --db DAMAGED --output FILE   what can be read of a damaged database, into a new one
weir erase --db FILE --series PATTERN [--from T] [--to T]   removes stored readings for good
weir schema   print the JSON schema of the workspace file`

interface Ended {
  readonly code: number
  /** Why it failed, and what the user can do. */
  readonly reason: string
  readonly hint?: string
}

async function main(): Promise<Ended> {
  const [name = '', ...args] = process.argv.slice(2)
  const command = COMMANDS[name]
  if (command === undefined) {
    process.stderr.write(`${USAGE}\n`)
    return { code: name === 'help' || name === '--help' ? 0 : 2, reason: USAGE }
  }
  try {
    return { code: await command(args), reason: '' }
  } catch (error) {
    const bad = error instanceof Usage || error instanceof WorkspaceError
    const reason = error instanceof Error ? error.message : String(error)
    const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
    process.stderr.write(`weir: ${reason}${hint === undefined ? '' : ` ${hint}`}\n`)
    return { code: bad ? 2 : 1, reason, ...(hint === undefined ? {} : { hint }) }
  }
}

void main().then((ended) => {
  process.exitCode = ended.code
  // The application that started this process ends it: what is written to a stream just before an end can be lost.
  if ('parentPort' in process) (process.parentPort as { postMessage(message: Ended): void }).postMessage(ended)
})
