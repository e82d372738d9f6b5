/** `weir salvage`: what can be read of a damaged file, into a new one. */
import { salvage } from '../pipeline/stored-file'
import { parseOptions } from './arguments'

/** @returns the exit code: 0 where nothing is lost, else 1 */
export async function salvageCommand(args: string[]): Promise<number> {
  const { db, output } = parseOptions(args, ['db', 'output'], [])
  const { readings, results, lostReadings, unknown } = await salvage(db, output)
  process.stderr.write(`${output}: ${readings} readings and ${results} window results of ${db}\n`)
  if (lostReadings > 0) process.stderr.write(`weir salvage: ${lostReadings} readings are lost\n`)
  if (unknown > 0)
    process.stderr.write(`weir salvage: up to ${unknown} blocks or rows cannot be reached, with what was in them\n`)
  return lostReadings + unknown > 0 ? 1 : 0
}
