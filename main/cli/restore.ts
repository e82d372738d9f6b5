/** `weir restore`: a backup takes the place of a file that no engine has open. */
import { restore } from '../pipeline/stored-file'
import { parseOptions } from './arguments'

export async function restoreCommand(args: string[]): Promise<number> {
  const { db, input } = parseOptions(args, ['db', 'input'], [])
  const kept = await restore(db, input)
  process.stderr.write(`${db} is restored from ${input}${kept === null ? '' : `; what was there is now ${kept}`}\n`)
  return 0
}
