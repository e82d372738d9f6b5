/** Many rows by few statements: every statement is a trip to SQLite's thread and back, which costs more than a row. */
import type { Database, SqlValue, Statement } from './database'

/** Measured fastest at 300 to 500 values a statement. */
const ROWS = 50

export class BulkInsert {
  private constructor(
    private readonly one: Statement,
    private readonly many: Statement,
  ) {}

  /**
   * @param head up to and with `VALUES`
   * @param columns values of a row
   * @param tail what follows the rows, such as `ON CONFLICT …`
   */
  static async create(db: Database, head: string, columns: number, tail = ''): Promise<BulkInsert> {
    const row = `(${Array<string>(columns).fill('?').join(', ')})`
    const statement = (rows: number): Promise<Statement> =>
      db.prepare(`${head} ${Array<string>(rows).fill(row).join(', ')} ${tail}`)
    return new BulkInsert(await statement(1), await statement(ROWS))
  }

  /** In the order of the items. */
  async write<T>(items: readonly T[], rowOf: (item: T) => SqlValue[]): Promise<void> {
    let from = 0
    for (; from + ROWS <= items.length; from += ROWS)
      await this.many.run(...items.slice(from, from + ROWS).flatMap(rowOf))
    for (; from < items.length; from++) await this.one.run(...rowOf(items[from] as T))
  }
}
