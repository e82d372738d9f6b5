/** What a file of this version is like, and what is set on its writing connection; each setting is verified. */
import type { Database } from './database'
import { migrate } from './migrations'
import { pragma } from './retention/sizes'

/**
 * Of new files. Chunks are larger than a page, and what they leave of their last one is lost: with SQLite's 4,096 the
 * file is 15% larger, and neither commits nor reads are faster (`bench -- store`).
 */
const PAGE_BYTES = 2048
const CHECKPOINT_BYTES = 16 << 20

/** @throws StoreError NEWER, FOREIGN, PRAGMA, or what SQLite says */
export async function prepareFile(writing: Database): Promise<void> {
  // An older file gets incremental vacuum by `vacuum`; to set it writes, also to a file that is then refused.
  if ((await pragma(writing, 'page_count')) === 0) {
    await writing.pragma('page_size', PAGE_BYTES)
    await writing.pragma('auto_vacuum', 'INCREMENTAL', 2)
  }
  await migrate(writing)
  await writing.pragma('journal_mode', 'WAL', 'wal')
  // FULL: what was acknowledged to a broker survives a power cut.
  await writing.pragma('synchronous', 'FULL', 2)
  await writing.pragma('foreign_keys', 'ON', 1)
  await writing.pragma('wal_autocheckpoint', CHECKPOINT_BYTES / (await pragma(writing, 'page_size')))
  // What is removed is overwritten: it may be of what is erased later.
  await writing.pragma('secure_delete', 'ON', 1)
}
