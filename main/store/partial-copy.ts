/** A copy of a database that is not finished. */
import { rm } from 'node:fs/promises'
import type { Database } from './database'
import { StoreError } from './store-error'

/** With the journal that SQLite leaves beside it where the disk is full or the process ends. */
export async function removeCopy(partial: string): Promise<void> {
  for (const suffix of ['', '-journal']) await rm(partial + suffix, { force: true })
}

/** What an open file holds, without what was removed from it. @throws StoreError SQLITE_FULL, naming the copy */
export async function copyInto(reading: Database, partial: string): Promise<void> {
  await removeCopy(partial)
  try {
    await reading.run('VACUUM INTO ?', partial)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'SQLITE_FULL') throw error
    throw new StoreError('SQLITE_FULL', `the disk of ${partial} is full`, 'Make room there, or choose another place.')
  }
}
