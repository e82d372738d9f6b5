/** One SQLite connection: promises around the sqlite3 package, errors with operation, file and hint. */
import sqlite3 from 'sqlite3'
import { StoreError, storeError } from './store-error'

export type SqlValue = string | number | Uint8Array | null
export type Row = Record<string, unknown>

/** A statement kept prepared: reset after every use, because a pending one blocks close and checkpoints. */
export class Statement {
  constructor(
    private readonly db: Database,
    private readonly handle: sqlite3.Statement,
  ) {}

  run(...values: SqlValue[]): Promise<{ lastID: number; changes: number }> {
    return this.db.patiently((resolve, reject) => {
      const { file } = this.db
      this.handle.run(values, function (this: { lastID: number; changes: number }, error: Error | null) {
        if (error) reject(storeError('write', file, error))
        else resolve({ lastID: this.lastID, changes: this.changes })
      })
    })
  }

  finalize(): Promise<void> {
    return new Promise((resolve) => this.handle.finalize(() => resolve()))
  }
}

/** The default of 1 s is too short: another program may hold the file for 10 s. */
const BUSY_MS = 30_000
const BUSY_TOLD_MS = 1_000

export class Database {
  private readonly statements: Statement[] = []

  private constructor(
    readonly file: string,
    private readonly handle: sqlite3.Database,
    private readonly onBusy: (() => void) | null,
  ) {}

  /** @param onBusy told about once a second while another program holds the file */
  static open(file: string, mode: 'write' | 'read', onBusy: (() => void) | null = null): Promise<Database> {
    const flags = mode === 'write' ? sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE : sqlite3.OPEN_READONLY
    return new Promise((resolve, reject) => {
      const handle = new sqlite3.Database(file, flags, (error) => {
        if (error) reject(storeError('open', file, error))
        else resolve(new Database(file, handle, onBusy))
      })
      handle.configure('busyTimeout', onBusy === null ? BUSY_MS : BUSY_TOLD_MS)
    })
  }

  /** What SQLite refuses as busy has had no effect: within a transaction nothing is refused any more. */
  async patiently<T>(call: (resolve: (value: T) => void, reject: (error: StoreError) => void) => void): Promise<T> {
    for (let waited = BUSY_TOLD_MS; ; waited += BUSY_TOLD_MS) {
      try {
        return await new Promise<T>(call)
      } catch (error) {
        const busy = error instanceof StoreError && error.code === 'SQLITE_BUSY'
        if (!busy || this.onBusy === null || waited >= BUSY_MS) throw error
        this.onBusy()
      }
    }
  }

  prepare(sql: string): Promise<Statement> {
    return new Promise((resolve, reject) => {
      const handle = this.handle.prepare(sql, (error: Error | null) => {
        if (error) return reject(storeError('prepare', this.file, error))
        const statement = new Statement(this, handle)
        this.statements.push(statement)
        resolve(statement)
      })
    })
  }

  exec(sql: string): Promise<void> {
    return this.patiently((resolve, reject) => {
      this.handle.exec(sql, (error) => (error ? reject(storeError('write', this.file, error)) : resolve()))
    })
  }

  run(sql: string, ...values: SqlValue[]): Promise<{ lastID: number; changes: number }> {
    return this.patiently((resolve, reject) => {
      const { file } = this
      this.handle.run(sql, values, function (this: { lastID: number; changes: number }, error: Error | null) {
        if (error) reject(storeError('write', file, error))
        else resolve({ lastID: this.lastID, changes: this.changes })
      })
    })
  }

  all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.patiently((resolve, reject) => {
      this.handle.all(sql, values, (error, rows) => {
        if (error) reject(storeError('read', this.file, error))
        else resolve(rows as Row[])
      })
    })
  }

  async one(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return (await this.all(sql, ...values))[0]
  }

  /** All of it or nothing. Whatever else runs on this connection meanwhile is in it: callers take turns. */
  async transaction(task: () => Promise<void>): Promise<void> {
    await this.exec('BEGIN IMMEDIATE')
    try {
      await task()
      await this.exec('COMMIT')
    } catch (error) {
      await this.exec('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** A statement that is not needed any longer. */
  async release(statement: Statement): Promise<void> {
    this.statements.splice(this.statements.indexOf(statement), 1)
    await statement.finalize()
  }

  /** Sets a pragma and reads it back: SQLite ignores what it cannot do without a word. */
  async pragma(name: string, value: string | number, expected: string | number = value): Promise<void> {
    await this.all(`PRAGMA ${name} = ${value}`)
    const row = await this.one(`PRAGMA ${name}`)
    const got = row === undefined ? undefined : Object.values(row)[0]
    if (String(got) !== String(expected))
      throw new StoreError(
        'PRAGMA',
        `${this.file}: ${name} is ${String(got)} and cannot be set to ${value}`,
        'Is it on a network drive?',
      )
  }

  /** What runs now fails with SQLITE_INTERRUPT. */
  interrupt(): void {
    this.handle.interrupt()
  }

  async close(): Promise<void> {
    for (const statement of this.statements) await statement.finalize()
    await new Promise<void>((resolve, reject) => {
      this.handle.close((error) => (error ? reject(storeError('close', this.file, error)) : resolve()))
    })
  }
}
