/** `weir rejected`: the rejected records of a source that a file keeps, also while an engine writes it. */
import { exportRejected, writeRejected } from '../engine/export/rejected'
import { rejectedOf } from '../pipeline/rejected-records'
import { StoredFile } from '../pipeline/stored-file'
import { parseOptions } from './arguments'
import { toStandardOutput } from './standard-output'

/** @returns the exit code 0; what cannot be opened or written is thrown */
export async function rejectedCommand(args: string[]): Promise<number> {
  const { db, source, output } = parseOptions(args, ['db', 'source', 'output'], [])
  const file = await StoredFile.open(db)
  try {
    const entries = rejectedOf(file.rejected, source)
    const records =
      output === '-' ? await writeRejected(entries, toStandardOutput) : await exportRejected(entries, output)
    process.stderr.write(`${records} rejected records of ${source}\n`)
    return 0
  } finally {
    await file.close()
  }
}
