/** Results and alerts that leave for real database servers, as rows. */
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from './support/databases'
import type { TestDatabase } from './support/databases'
import { outputsForFile, START } from './support/outputs'
import { until } from './support/world'

const KINDS = {
  postgres: {
    mayCreate: ['GRANT CREATE ON SCHEMA public TO reader', 'GRANT INSERT ON ALL TABLES IN SCHEMA public TO reader'],
    mayNotCreate: 'REVOKE CREATE ON SCHEMA public FROM reader',
    epoch: (column: string) => `(extract(epoch from ${column}) * 1000)::float`,
    tooNarrow: 'ALTER TABLE narrow_alerts ALTER COLUMN name TYPE varchar(20)',
  },
  mysql: {
    mayCreate: ["GRANT CREATE, INSERT, UPDATE, SELECT ON plant.* TO reader@'%'"],
    mayNotCreate: "REVOKE CREATE ON plant.* FROM reader@'%'",
    epoch: (column: string) => `CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) / 1000 AS DOUBLE)`,
    tooNarrow: 'ALTER TABLE narrow_alerts MODIFY COLUMN name varchar(20)',
  },
} as const
const present = (['postgres', 'mysql'] as const).filter((kind) => !databases[kind].missing)

describe.each(present)('an output to %s', (kind) => {
  const { epoch, mayCreate, mayNotCreate, tooNarrow } = KINDS[kind]
  const world = outputsForFile()
  const { config, delivers, retries, send, start, status } = world
  const held: { server?: TestDatabase } = {}
  beforeAll(async () => void (held.server = await databases[kind].start()))
  afterAll(() => held.server?.stop())
  const server = (): TestDatabase => held.server as TestDatabase
  const to = (table: string, over: object = {}) => ({ ...server().connection, table, ...over })
  const withPassword = (over: object = {}) => ({ secrets: server().secrets, ...over })
  const windows = async (table: string): Promise<unknown[]> => {
    const sql = `SELECT ${epoch('start_time')} AS t FROM ${table}_results ORDER BY start_time`
    return (await rows(server(), sql)).map(({ t }) => t)
  }
  const seconds = (count: number): number[] => Array.from({ length: count }, (_, i) => START + i * 1000)

  it('says that the user may not write, until he may', async () => {
    const engine = await start(to('first'), { pipelines: ['w'] }, withPassword())
    await send(0, 101)
    await retries(engine, 'the user reader may not write there')
    const output = config(to('first'))
    await expect(engine.runtime.outputs.test(output, server().secrets)).rejects.toThrow('may not write there')
    await server().exec(...mayCreate)
    await engine.runtime.outputs.test(output, server().secrets)
    expect(await windows('first')).toEqual([])
    await engine.runtime.outputs.retry('out')
    await delivers(engine, 8)
  })

  it('writes each result and each change of an alert as a row', async () => {
    const engine = await start(to('plain'), { pipelines: ['w'] }, withPassword())
    await send(0, 301, (n) => (n === 55 ? 96.25 : 80))
    await delivers(engine, 30)
    const times = await windows('plain')
    expect(times).toEqual(seconds(times.length))
    const [row] = await rows(
      server(),
      `SELECT pipeline, source, series, labels, ${epoch('end_time')} AS till, revision, statistics FROM plain_results ` +
        'ORDER BY start_time LIMIT 1',
    )
    expect({ ...row, labels: json(row?.['labels']), statistics: json(row?.['statistics']) }).toMatchObject({
      ...{ pipeline: 'w', source: 'log', series: 'temperature', labels: { site: 'north' }, till: START + 1000 },
      ...{ statistics: { mean: 80, max: 80 } },
    })
    const changes = await rows(
      server(),
      `SELECT rule, name, from_state, to_state, ${epoch('event_time')} AS t, value FROM plain_alerts ORDER BY event_time`,
    )
    const about = { rule: 'hot', name: 'Too hot' }
    expect(changes).toEqual([
      { ...about, from_state: 'normal', to_state: 'firing', t: START + 5500, value: 96.25 },
      { ...about, from_state: 'firing', to_state: 'normal', t: START + 5600, value: 80 },
    ])
  })

  it('needs no right to create where the tables stand', async () => {
    await server().exec(mayNotCreate)
    const engine = await start(to('plain'), { pipelines: ['w'] }, withPassword())
    await send(0, 101)
    await delivers(engine, 8)
    await server().exec(...mayCreate)
  })

  it('says that the password is wrong, and that there is no such database', async () => {
    const engine = await start(to('plain'), { pipelines: ['w'] }, { secrets: { password: 'wrong' } })
    await send(0, 101)
    await retries(engine, 'wrong password for user reader')
    const other = config(to('plain', { database: 'elsewhere' }))
    await expect(engine.runtime.outputs.test(other, server().secrets)).rejects.toThrow(/no database elsewhere|may not/)
  })

  it('goes on where it was when the server has gone and come back', async () => {
    const engine = await start(to('away'), { pipelines: ['w'] }, withPassword())
    await send(0, 101)
    await delivers(engine, 8)
    await server().stop()
    await send(101, 301)
    await until(() => status(engine).state.state === 'retrying', 'it says that the server is away')
    expect(status(engine).waiting).toBeGreaterThan(0)
    await server().start()
    await engine.runtime.outputs.retry('out')
    await delivers(engine, 28)
    const times = await windows('away')
    expect(times.length).toBeGreaterThanOrEqual(28)
    expect(times).toEqual(seconds(times.length))
  })

  it('sets aside the row that the table does not take, and writes the others', async () => {
    const rule = { name: 'A name with more letters than the column takes' }
    const engine = await start(to('narrow'), { pipelines: ['w'] }, withPassword({ rule }))
    // Makes the tables.
    await engine.runtime.outputs.test(config(to('narrow')), server().secrets)
    await server().exec(tooNarrow)
    await send(0, 101, (n) => (n === 30 ? 96 : 80))
    await until(() => status(engine).setAside === 2, 'the alerts are set aside')
    expect(status(engine).reason).toContain('the database refuses the rows')
    await delivers(engine, 8)
    expect((await windows('narrow')).length).toBeGreaterThanOrEqual(8)
  })

  it('loses nothing over kills, and what comes twice stands once', async () => {
    const { last, windows: count } = await world.afterKills(to('killed'), { secrets: server().secrets })
    await until(async () => (await windows('killed')).length >= count, 'every window is in the table')
    expect(await last.end('SIGTERM')).toBe(0)
    const times = await windows('killed')
    expect(times).toEqual(seconds(times.length))
  })
})

const json = (cell: unknown): unknown => (typeof cell === 'string' ? JSON.parse(cell) : cell)

/** As the user of the output, who may read them too. */
async function rows({ connection, secrets }: TestDatabase, sql: string): Promise<Record<string, unknown>[]> {
  const { kind, host, port, database, user } = connection as unknown as pg.ClientConfig & { kind: string }
  const password = secrets['password'] ?? ''
  const at = { host: host ?? '', port: port ?? 0, database: database ?? '', user: user ?? '', password }
  if (kind === 'mysql') {
    const client = await createConnection(at)
    const [found] = await client.query(sql)
    await client.end()
    return found as Record<string, unknown>[]
  }
  const client = new pg.Client(at)
  await client.connect()
  const { rows: found } = await client.query<Record<string, unknown>>(sql)
  await client.end()
  return found
}
