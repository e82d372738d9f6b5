/**
 * Reads of many statements see one state of the file: each is a read transaction on a connection of its own, so that
 * charts do not wait for exports, and what moves or removes samples waits for neither. A transaction keeps the log from
 * being taken into the file (https://www.sqlite.org/wal.html#ckpt), so a long read gives it up and begins another.
 */
import type { Damage } from '../contracts'
import { Database } from './database'
import type { HistoryContext } from './history'
import { CHUNKED } from './reader'

const LONGEST_MS = 200
/** Kept open for the next reads. */
const IDLE = 3

export class ReadConnections {
  private readonly idle: Database[] = []
  private closed = false

  constructor(private readonly file: string) {}

  /** For one read; `release` must follow. */
  async take(): Promise<Database> {
    return this.idle.pop() ?? Database.open(this.file, 'read')
  }

  async release(db: Database): Promise<void> {
    if (!this.closed && this.idle.length < IDLE) this.idle.push(db)
    else await db.close()
  }

  /** Those in use are closed as they are released. */
  async close(): Promise<void> {
    this.closed = true
    for (const db of this.idle.splice(0)) await db.close()
  }
}

/** @param read may ask its context for a newer one between any two steps */
export async function* readSnapshot<T>(
  db: Database,
  onDamage: (damage: Damage) => void,
  read: (context: HistoryContext) => AsyncIterable<T>,
): AsyncGenerator<T> {
  let began = 0
  const begin = async (): Promise<HistoryContext> => {
    await db.exec('BEGIN')
    began = performance.now()
    const row = await db.one(`SELECT ${CHUNKED} AS chunked`)
    return { db, chunked: Number(row?.['chunked']), onDamage, renew }
  }
  // Nothing was written, and the end of a read that met damage is refused as a COMMIT.
  const end = (): Promise<void> => db.exec('ROLLBACK').catch(() => undefined)
  const renew = async (): Promise<HistoryContext | null> => {
    if (performance.now() - began < LONGEST_MS) return null
    await end()
    return begin()
  }
  try {
    yield* read(await begin())
  } finally {
    await end()
  }
}
