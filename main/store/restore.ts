/** A backup takes the place of a file: it is checked before anything is touched, and the present file is kept beside. */
import { rename } from 'node:fs/promises'
import { checkSound } from './backup'
import { Database } from './database'
import { isThere } from './is-there'
import { StoreError } from './store-error'
import { FileLock } from './lock'
import { moveFiles } from './salvage/damaged-file'
import { copyInto, removeCopy } from './partial-copy'
import { refuseForeign } from './stored-file'
import { finishRestore, keptName, restoringName } from './unfinished-restore'

/**
 * @throws StoreError MISSING, FOREIGN, NEWER, SQLITE_CORRUPT or what SQLite says where it cannot be used. Older ones can:
 * they are brought up to date when they are opened.
 */
export async function checkBackup(backup: string): Promise<void> {
  if (!(await isThere(backup))) throw new StoreError('MISSING', `${backup} is not there`)
  const db = await Database.open(backup, 'read')
  try {
    await refuseForeign(db)
  } finally {
    await db.close()
  }
  await checkSound(backup)
}

/**
 * @returns where the present file is now; null where there was none
 * @throws StoreError as `checkBackup`; LOCKED while an engine has the file; SAME; then the file is as it was.
 */
export async function restore(file: string, backup: string): Promise<string | null> {
  await checkBackup(backup)
  const lock = await FileLock.take(file)
  const partial = restoringName(file)
  try {
    await finishRestore(file)
    const reading = await Database.open(backup, 'read')
    try {
      await copyInto(reading, partial)
    } finally {
      await reading.close()
    }
    await checkSound(partial)
    const kept = await keepBeside(file)
    await rename(partial, file).catch(async (error: unknown) => {
      if (kept !== null) await moveFiles(kept, file)
      throw error
    })
    return kept
  } finally {
    await removeCopy(partial)
    await lock.release()
  }
}

async function keepBeside(file: string): Promise<string | null> {
  if (!(await isThere(file))) return null
  const kept = keptName(file)
  await moveFiles(file, kept)
  return kept
}
