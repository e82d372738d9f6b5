/** What a restore leaves where the process ends in the middle of it: either the file of before or the backup, whole. */
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isThere } from './is-there'
import { removeCopy } from './partial-copy'

/** The copy of the backup. It is whole and checked before the file of before is moved. */
export const restoringName = (file: string): string => `${file}.restoring`

const BEFORE = '.before-restore-'

/** Where the file of before is kept. */
export const keptName = (file: string): string => `${file}${BEFORE}${new Date().toISOString().replace(/[:.]/g, '-')}`

/** Call with the lock of the file, before anything opens it. */
export async function finishRestore(file: string): Promise<void> {
  const copy = restoringName(file)
  if (!(await isThere(copy))) return
  if (await isThere(file)) {
    await removeCopy(copy)
    return
  }
  await moveLog(file)
  await rename(copy, file)
}

/** The write-ahead log of the file that was moved: SQLite would take it for one of the file that takes its place. */
async function moveLog(file: string): Promise<void> {
  const kept = (await readdir(dirname(file))).filter((name) => name.startsWith(`${basename(file)}${BEFORE}`))
  const newest = kept
    .filter((name) => !/-(wal|shm)$/.test(name))
    .sort()
    .at(-1)
  for (const suffix of ['-wal', '-shm']) {
    if (!(await isThere(file + suffix))) continue
    if (newest === undefined) await rm(file + suffix)
    else await rename(file + suffix, join(dirname(file), newest) + suffix)
  }
}
