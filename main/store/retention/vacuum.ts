/** Pages that hold nothing go back to the disk, a few in each transaction. */
import type { Database } from '../database'
import { pragma, unusedBytes } from './sizes'

/** 1 MiB: some milliseconds, and commits go on between two steps. */
const PAGES_AT_ONCE = 256
/** Not worth moving pages for: the next commits use them. */
const LEFT_UNUSED = 4_096
const INCREMENTAL = 2

export interface VacuumContext {
  readonly writing: Database
  /** All unused pages, and also of a file that was made without incremental vacuum: that is written anew as a whole. */
  readonly whole: boolean
  serially<T>(task: () => Promise<T>): Promise<T>
  stopped(): boolean
}

/** @returns how many bytes the file became smaller */
export async function giveBack({ writing, whole, serially, stopped }: VacuumContext): Promise<number> {
  const pages = (): Promise<number> => serially(() => pragma(writing, 'page_count'))
  const before = await pages()
  if ((await serially(() => pragma(writing, 'auto_vacuum'))) !== INCREMENTAL) {
    if (!whole || (await serially(() => unusedBytes(writing))) === 0) return 0
    await serially(() => writing.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}; VACUUM`))
  } else {
    const left = whole ? 0 : LEFT_UNUSED
    while (!stopped() && (await serially(() => pragma(writing, 'freelist_count'))) > left)
      await serially(() => writing.all(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`))
  }
  // The file itself shrinks at a checkpoint.
  await serially(() => writing.all('PRAGMA wal_checkpoint(TRUNCATE)'))
  return (before - (await pages())) * (await serially(() => pragma(writing, 'page_size')))
}
