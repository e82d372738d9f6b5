/** Whether the structure of a file is sound, on a connection of its own: reads and commits go on meanwhile. */
import { stat } from 'node:fs/promises'
import { Database } from './database'
import { isCorrupt } from './store-error'

/** The engine before ended without closing the file: its log is still there. To be asked before the file is opened. */
export const endedUncleanly = (file: string): Promise<boolean> =>
  stat(`${file}-wal`).then(
    ({ size }) => size > 0,
    () => false,
  )

/** @returns ok, or the first fault */
async function quickCheck(db: Database, table: string): Promise<string> {
  try {
    return String((await db.one(`PRAGMA quick_check('${table}')`))?.['quick_check'])
  } catch (error) {
    if (isCorrupt(error)) return error.message
    throw error
  }
}

export class SoundnessCheck {
  private db: Database | null = null
  private stopped = false
  private running: Promise<unknown> = Promise.resolve()

  constructor(private readonly file: string) {}

  /** @returns the first fault that is found, or null */
  run(): Promise<string | null> {
    const found = this.look()
    this.running = found.catch(() => undefined)
    return found
  }

  /** Table by table: while one is read the log cannot be taken into the file. */
  private async look(): Promise<string | null> {
    const db = (this.db = await Database.open(this.file, 'read'))
    try {
      const tables = await db.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      for (const { name } of tables) {
        if (this.stopped) return null
        const said = await quickCheck(db, String(name))
        if (said !== 'ok') return `${String(name)}: ${said}`
      }
      return null
    } catch (error) {
      if (this.stopped) return null
      throw error
    } finally {
      this.db = null
      await db.close()
    }
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.db?.interrupt()
    await this.running
  }
}
