/** Inserts rows in one transaction; a row whose id is there is left as it is, so that what comes twice stands once. */
import { Refused } from '../contracts'
import type { OutboxItem, Sender } from '../contracts'
import type { SqlOutput } from '../../shared/config/outputs/sql'
import { ALERTS, alertsOf, RESULTS, resultsOf } from './sql-rows'
import type { SqlColumn, SqlTableShape } from './sql-rows'

/** One connection to a database that can be written to. Methods reject with the driver's errors. */
export interface SqlWriter {
  readonly types: Readonly<Record<SqlColumn['type'], string>>
  quote(name: string): string
  /** @param n of the value, from 1 */
  placeholder(n: number): string
  /** `INSERT … VALUES` with this before and after: rows that are there are passed over. */
  readonly insert: { readonly head: string; readonly tail: string }
  run(sql: string, values?: readonly unknown[]): Promise<void>
  close(): Promise<void>
}

/** Why a write failed. */
export interface WriteFault {
  readonly reason: string
  /** The same rows would fail again. */
  readonly rowsAtFault: boolean
}

/** Both databases take at most 65,535 values a statement. */
const ROWS = 500

export class SqlSender implements Sender {
  private writer: SqlWriter | null = null

  constructor(
    private readonly config: SqlOutput,
    private readonly connect: () => Promise<SqlWriter>,
    private readonly faultOf: (error: unknown) => WriteFault,
  ) {}

  async send(items: readonly OutboxItem[]): Promise<void> {
    await this.withWriter(async (writer) => {
      await writer.run('BEGIN')
      await this.insert(writer, RESULTS, resultsOf(items))
      await this.insert(writer, ALERTS, alertsOf(items))
      await writer.run('COMMIT')
    })
  }

  /** Makes the tables and writes nothing. */
  test(): Promise<void> {
    return this.withWriter(() => Promise.resolve())
  }

  private async withWriter(task: (writer: SqlWriter) => Promise<void>): Promise<void> {
    try {
      const writer = (this.writer ??= await this.prepared())
      await task(writer)
    } catch (error) {
      await this.close()
      const { reason, rowsAtFault } = this.faultOf(error)
      throw rowsAtFault ? new Refused(reason) : new Error(reason, { cause: error })
    }
  }

  private async prepared(): Promise<SqlWriter> {
    const writer = await this.connect()
    try {
      await this.makeTable(writer, RESULTS)
      await this.makeTable(writer, ALERTS)
      return writer
    } catch (error) {
      await writer.close()
      throw error
    }
  }

  private async makeTable<B>(writer: SqlWriter, { suffix, columns }: SqlTableShape<B>): Promise<void> {
    const table = this.table(writer, suffix)
    const cells = columns.map(({ name, type }) => `${writer.quote(name)} ${writer.types[type]}`)
    try {
      await writer.run(`CREATE TABLE IF NOT EXISTS ${table} (${cells.join(', ')})`)
    } catch (error) {
      // A user who may write but not create is refused even where the table stands.
      await writer.run(`SELECT ${writer.quote('id')} FROM ${table} WHERE 1 = 0`).catch(() => {
        throw error
      })
    }
  }

  private async insert<B>(writer: SqlWriter, shape: SqlTableShape<B>, bodies: readonly B[]): Promise<void> {
    const names = shape.columns.map(({ name }) => writer.quote(name)).join(', ')
    for (let from = 0; from < bodies.length; from += ROWS) {
      const rows = bodies.slice(from, from + ROWS).map((body) => shape.cells(body))
      let n = 0
      const places = rows.map((row) => `(${row.map(() => writer.placeholder(++n)).join(', ')})`).join(', ')
      const { head, tail } = writer.insert
      await writer.run(`${head} ${this.table(writer, shape.suffix)} (${names}) VALUES ${places} ${tail}`, rows.flat())
    }
  }

  private table(writer: SqlWriter, suffix: string): string {
    return writer.quote(`${this.config.table}_${suffix}`)
  }

  async close(): Promise<void> {
    const { writer } = this
    this.writer = null
    await writer?.close()
  }
}
