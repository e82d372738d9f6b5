/**
 * One engine per file. The lock is a RESERVED lock on a small SQLite file beside the database: the system gives it
 * back when the process dies, however it dies, and a second engine can still read who holds it.
 */
import { hostname } from 'node:os'
import { Database } from './database'
import { StoreError } from './store-error'

export class FileLock {
  private constructor(private readonly db: Database) {}

  /** @throws StoreError LOCKED naming the first engine. */
  static async take(databaseFile: string): Promise<FileLock> {
    const db = await Database.open(`${databaseFile}.lock`, 'write')
    try {
      await db.all('PRAGMA busy_timeout = 0')
      await db.exec('CREATE TABLE IF NOT EXISTS owner (pid INTEGER, host TEXT, since TEXT)')
      await db.exec('BEGIN IMMEDIATE')
      await db.run('DELETE FROM owner')
      await db.run('INSERT INTO owner VALUES (?, ?, ?)', process.pid, hostname(), new Date().toISOString())
      await db.exec('COMMIT')
      await db.exec('BEGIN IMMEDIATE')
      return new FileLock(db)
    } catch (error) {
      const owner = await db.one('SELECT pid, host, since FROM owner').catch(() => undefined)
      await db.close().catch(() => undefined)
      if (!(error instanceof StoreError) || error.code !== 'SQLITE_BUSY') throw error
      const who = owner
        ? `process ${String(owner['pid'])} on ${String(owner['host'])}, since ${String(owner['since'])}`
        : 'another process'
      throw new StoreError(
        'LOCKED',
        `${databaseFile} is in use by another Weir (${who})`,
        'Close that one, or choose another file.',
      )
    }
  }

  async release(): Promise<void> {
    await this.db.exec('ROLLBACK')
    await this.db.close()
  }
}
