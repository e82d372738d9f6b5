/** A damaged file that no engine has open becomes a new one with what can be read of it. */
import { rm } from 'node:fs/promises'
import type { Salvaged } from '../../contracts'
import { isThere } from '../is-there'
import { StoreError } from '../store-error'
import { FileLock } from '../lock'
import { SqliteStore } from '../sqlite-store'
import { salvageState } from './state'

/**
 * @param to where nothing may be yet
 * @throws StoreError MISSING, EXISTS, LOCKED, UNREADABLE, FOREIGN, NEWER, or what SQLite says; then nothing is left there.
 */
export async function salvage(damaged: string, to: string): Promise<Salvaged> {
  if (!(await isThere(damaged))) throw new StoreError('MISSING', `${damaged} is not there`)
  if (await isThere(to)) throw new StoreError('EXISTS', `${to} is there already`, 'Choose another name.')
  const lock = await FileLock.take(damaged)
  try {
    const begun = await salvageState(damaged, to)
    if (begun === null) throw new StoreError('UNREADABLE', `nothing of ${damaged} can be read`)
    const { store } = await SqliteStore.open(to)
    try {
      await store.salvage()
      return store.salvaged ?? begun
    } finally {
      await store.close()
    }
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm']) await rm(to + suffix, { force: true })
    throw error
  } finally {
    await lock.release()
  }
}
