/** `weir import`: the readings of a CSV that Weir exported, into a file that no engine uses. */
import { ImportError } from '../engine/import/header'
import { importFile } from '../engine/import/import-file'
import { fileImport } from '../pipeline/import-target'
import { parseOptions, Usage } from './arguments'

const UNCONTROLLED = { cancelled: new AbortController().signal, progress: () => undefined }

/** @returns the exit code: 0, or 1 where rows were rejected, or 2 where the input cannot be used. */
export async function importCommand(args: string[]): Promise<number> {
  const { db, input } = parseOptions(args, ['db', 'input'], [])
  const target = await fileImport(db)
  try {
    const { added, known, rejected, problems } = await importFile(target, input, UNCONTROLLED)
    for (const { line, reason } of problems) process.stderr.write(`${input}: line ${line}: ${reason}\n`)
    process.stderr.write(`${added} readings added, ${known} known already, ${rejected} rows rejected\n`)
    return rejected > 0 ? 1 : 0
  } catch (error) {
    throw error instanceof ImportError ? new Usage(`${input}: ${error.message}`) : error
  } finally {
    await target.close()
  }
}
