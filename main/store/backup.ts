/** A copy of a Weir file while it is in use: one consistent state, without what was removed. */
import { rename } from 'node:fs/promises'
import { Database } from './database'
import { isThere } from './is-there'
import { copyInto, removeCopy } from './partial-copy'
import { StoreError } from './store-error'
import { openForReading } from './stored-file'

/**
 * @param to where nothing may be yet
 * @throws StoreError EXISTS, MISSING, FOREIGN, NEWER, OLDER, or what SQLite says; then nothing is left under that name.
 */
export async function backup(file: string, to: string): Promise<void> {
  if (await isThere(to)) throw new StoreError('EXISTS', `${to} is there already`, 'Choose another name.')
  const partial = `${to}.part`
  const reading = await openForReading(file)
  try {
    await copyInto(reading, partial)
    await checkSound(partial)
    await rename(partial, to)
  } finally {
    await reading.close()
    await removeCopy(partial)
  }
}

/** @throws StoreError SQLITE_CORRUPT */
export async function checkSound(copy: string): Promise<void> {
  const db = await Database.open(copy, 'read')
  try {
    const row = await db.one('PRAGMA quick_check(1)')
    const found = String(row?.['quick_check'])
    if (found !== 'ok') throw new StoreError('SQLITE_CORRUPT', `${copy} is not sound: ${found}`, 'Take another backup.')
  } finally {
    await db.close()
  }
}
