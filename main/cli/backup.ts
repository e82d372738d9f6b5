/** `weir backup`: a copy of a file, also while an engine writes it. To restore it, open it as the database. */
import { stat } from 'node:fs/promises'
import { backup } from '../pipeline/stored-file'
import { parseOptions } from './arguments'

export async function backupCommand(args: string[]): Promise<number> {
  const { db, output } = parseOptions(args, ['db', 'output'], [])
  await backup(db, output)
  const { size } = await stat(output)
  process.stderr.write(`${output}: ${(size / 1e6).toFixed(1)} MB\n`)
  return 0
}
