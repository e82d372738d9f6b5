/**
 * Rows of a database, polled by a column that grows. The position is committed with the samples of its rows: each row
 * is stored exactly once, also where many share one value of the column.
 */
import type { RawRecord, RecordSink, Source, SourceContext } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { SqlConnection } from '../../shared/config/sources/sql'
import { keepConnected, pause } from '../connections/reconnect'
import type { SessionEnd } from '../connections/reconnect'
import { connectSql } from './sql-clients'
import { SqlFailure } from './sql-connection'
import type { SqlClient, SqlRow } from './sql-connection'
import { shapeOf, SqlPosition } from './sql-position'

export class SqlSource implements Source {
  readonly finite = false
  private position: SqlPosition | undefined

  constructor(
    private readonly config: SqlConnection,
    private readonly context: SourceContext,
  ) {}

  async run(out: RecordSink, resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    const { overlap, cursor, query } = this.config
    const stored = resume.get('')
    if (stored !== undefined) this.position = SqlPosition.decode(stored, overlap, cursor, query)
    await keepConnected(out, stop, () => this.session(out, stop))
  }

  /** One connection, until it fails. */
  private async session(out: RecordSink, stop: AbortSignal): Promise<SessionEnd> {
    let client: SqlClient | undefined
    let wasLive = false
    try {
      client = await connectSql(this.config, this.context.secrets)
      const position = (this.position ??= await this.begin(client, out))
      while (!stop.aborted) {
        const more = await this.readPage(client, position, out)
        wasLive = true
        out.state({ state: more ? 'catching-up' : 'live' })
        if (!more) await pause(durationMs(this.config.interval), stop)
      }
      return { reason: '', refused: false, wasLive }
    } catch (error) {
      if (!(error instanceof SqlFailure)) throw error
      return { reason: error.message, refused: error.refused, wasLive }
    } finally {
      await client?.close()
    }
  }

  /** The first time: from the oldest row, or behind those that are there. */
  private async begin(client: SqlClient, out: RecordSink): Promise<SqlPosition> {
    const { start, overlap, cursor, query } = this.config
    const shape = shapeOf(cursor, query)
    if (start === 'oldest') return new SqlPosition(overlap, shape)
    const position = new SqlPosition(overlap, shape, await client.newest())
    for (let more = true; more && position.from !== null;) more = (await this.nextRows(client, position)).more
    await out.write({ records: [], partition: '', cursor: position.encode(cursor) })
    return position
  }

  /** @returns true where there may be more rows at once. */
  private async readPage(client: SqlClient, position: SqlPosition, out: RecordSink): Promise<boolean> {
    const { rows, more } = await this.nextRows(client, position)
    const arrival = Date.now()
    const records = rows.map(({ json }): RawRecord => ({ payload: Buffer.from(json), key: '', arrival }))
    if (records.length > 0) await out.write({ records, partition: '', cursor: position.encode(this.config.cursor) })
    return more
  }

  private async nextRows(client: SqlClient, position: SqlPosition): Promise<{ rows: SqlRow[]; more: boolean }> {
    // Rows that were taken come again first: without room for them a page might hold nothing new.
    const limit = this.config.batch + position.known
    const page = await client.page(position.from, limit)
    return { rows: position.take(page), more: page.length === limit }
  }
}
