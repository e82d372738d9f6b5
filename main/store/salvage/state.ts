/**
 * First what an engine goes on with: who sends, where the sources are, the state of the windows and the journal. It is
 * copied before the new file is used, so that nothing is received twice; history follows in the background.
 */
import { rm } from 'node:fs/promises'
import type { Salvaged } from '../../contracts'
import { crc32 } from '../crc32'
import { Database } from '../database'
import { StoreError } from '../store-error'
import type { Row } from '../database'
import { migrate } from '../migrations'
import { moveFiles, openDamaged } from './damaged-file'
import { byKey, fromBothEnds, insertRows, orNothing, sharedColumns } from './rows'

/** How far a salvage has come; it stands in the new file until all is done. */
export type SalvageProgress = { -readonly [K in keyof Salvaged]: Salvaged[K] } & {
  /** The last chunk that was copied. */
  chunk: number
}

/** Chunks of the new file that are not from the old one get ids from here on where its own are not known. */
const FAR_CHUNK = 2 ** 40

const NUMBERED: readonly (readonly [table: string, key: string])[] = [
  ['series', 'id'],
  ['pipeline', 'id'],
  ['snapshot', 'seq'],
  ['damaged_block', 'seq'],
  ['inflight', 'rowid'],
  ['rejected', 'id'],
  ['alert_event', 'number'],
  ['outbox', 'seq'],
]
const NAMED: readonly (readonly [table: string, key: readonly string[]])[] = [
  ['meta', ['name']],
  ['cursor', ['source', 'partition']],
  ['rejected_count', ['source', 'kind']],
  ['outbox_count', ['output']],
]

/**
 * Makes the file `to`, which is not there yet.
 * @returns null where nothing of the damaged file can be read; then there is no new one
 * @throws StoreError FOREIGN, NEWER, or what SQLite says
 */
export async function salvageState(damaged: string, to: string): Promise<SalvageProgress | null> {
  const from = await openDamaged(damaged)
  if (from === null) return null
  const writing = await Database.open(to, 'write')
  try {
    await writing.all('PRAGMA auto_vacuum = INCREMENTAL')
    await migrate(writing)
    const done: SalvageProgress = {
      ...{ from: damaged, readings: 0, results: 0, lostReadings: 0, unknown: 0, chunk: 0, stage: 'chunks' },
    }
    await writing.transaction(async () => {
      await copyState(from, writing, done)
      await saveProgress(writing, done)
    })
    return done
  } finally {
    await writing.close()
    await from.close()
  }
}

/** The file that takes the place of one that was moved aside; where that fails all is as it was. */
export async function beginAnew(movedAside: string, file: string): Promise<void> {
  try {
    await salvageState(movedAside, file)
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true })
    // Not of Weir, or of a newer one: nothing of it can be used, and the engine goes on without.
    if (error instanceof StoreError && (error.code === 'FOREIGN' || error.code === 'NEWER')) return
    await moveFiles(movedAside, file)
    throw error
  }
}

async function copyState(from: Database, writing: Database, done: SalvageProgress): Promise<void> {
  const unreachable = (keys: number): void => void (done.unknown += keys)
  await writing.run('DELETE FROM meta')
  for (const [table, key] of NAMED) {
    const columns = await sharedColumns(from, writing, table)
    // A file of before has not all tables.
    if (columns.length === 0) continue
    const rows = fromBothEnds(from, { table, key, columns })
    for (;;) {
      const next = await rows.next()
      if (next.done === true) {
        if (!next.value) unreachable(1)
        break
      }
      await insertRows(writing, table, columns, next.value)
    }
  }
  await writing.run("INSERT OR IGNORE INTO meta (name, value) VALUES ('chunked', '0')")
  for (const [table, key] of NUMBERED) {
    const columns = await sharedColumns(from, writing, table)
    if (columns.length === 0) continue
    if (key === 'rowid') columns.unshift(key)
    for await (const rows of byKey(from, { table, key, columns }, 0, unreachable))
      await insertRows(writing, table, columns, rows)
  }
  await copyJournal(from, writing, done)
  const last = await from.one('SELECT max(id) AS id FROM chunk').catch(orNothing)
  await writing.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('chunk', ?)", Number(last?.['id'] ?? FAR_CHUNK))
}

/** Blocks that do not fit their checksum come too: they are gaps in the new file as well. */
async function copyJournal(from: Database, writing: Database, done: SalvageProgress): Promise<void> {
  const row = await writing.one("SELECT CAST(value AS INTEGER) AS chunked FROM meta WHERE name = 'chunked'")
  const chunked = Number(row?.['chunked'])
  const columns = await sharedColumns(from, writing, 'journal')
  const first = Number((await from.one('SELECT min(seq) AS seq FROM journal').catch(orNothing))?.['seq'] ?? chunked)
  const blocks = byKey(from, { table: 'journal', key: 'seq', columns }, first, (keys) => void (done.unknown += keys))
  for await (const rows of blocks) {
    await insertRows(writing, 'journal', columns, rows)
    for (const block of rows) if (Number(block['seq']) > chunked) count(block, done)
  }
}

/** Adds the samples of a row with a body and its checksum. */
export function count(row: Row, done: SalvageProgress): void {
  const samples = Number(row['samples'])
  const body = row['body']
  if (Buffer.isBuffer(body) && crc32(body) === Number(row['crc'])) done.readings += samples
  else done.lostReadings += samples
}

export async function saveProgress(db: Database, done: SalvageProgress): Promise<void> {
  await db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('salvage', ?)", JSON.stringify(done))
}

/** Of a salvage that is not done. */
export async function readProgress(db: Database): Promise<SalvageProgress | null> {
  const row = await db.one("SELECT value FROM meta WHERE name = 'salvage'")
  if (row === undefined) return null
  const found = JSON.parse(String(row['value'])) as Readonly<Record<string, unknown>>
  const { from, stage } = found
  if (typeof from !== 'string' || (stage !== 'chunks' && stage !== 'results')) return null
  const number = (name: string): number => Number(found[name] ?? 0)
  return {
    ...{ from, stage, readings: number('readings'), results: number('results'), chunk: number('chunk') },
    ...{ lostReadings: number('lostReadings'), unknown: number('unknown') },
  }
}
