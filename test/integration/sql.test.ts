/** Rows of real databases: ties, late rows, types, refusals, servers that go away, engines that are killed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { source as sourceSchema } from '../../shared/config/workspace'
import { databases, sqlSource } from './support/databases'
import type { DatabaseKind, TestDatabase } from './support/databases'
import { startEngine, storedSamples } from './support/engine'
import { startHeadless } from './support/headless'
import { temporaryFolder, until } from './support/world'

describe.each(Object.keys(databases) as DatabaseKind[])('rows of %s', (kind) => {
  describe.skipIf(databases[kind].missing)('with a real database', () => {
    let database: TestDatabase
    let folder: string
    let engine: Engine | undefined
    beforeAll(async () => {
      database = await databases[kind].start()
    })
    afterAll(() => database.stop())
    beforeEach(async () => {
      folder = await temporaryFolder()
      await database.exec('DROP TABLE IF EXISTS readings', 'CREATE TABLE readings (id BIGINT, n BIGINT)')
    })
    const stop = async () => {
      await engine?.stop()
      engine = undefined
    }
    afterEach(stop)

    const fields = { decoding: { fields: [{ path: 'n' }] } }
    const start = async (
      connection: Record<string, unknown> = {},
      over: object = fields,
      secrets = database.secrets,
    ) => {
      await stop()
      engine = await startEngine(folder, { sources: [sqlSource(database, connection, over)] }, { rows: secrets })
      return engine
    }
    const state = () => engine?.runtime.runners.get('rows')?.current
    const reason = async (pattern: RegExp, as: 'refused' | 'retrying' = 'refused') => {
      await until(() => state()?.state === as, `it is ${as}`)
      expect(state()).toMatchObject({ reason: expect.stringMatching(pattern) as unknown })
    }
    /** Rows with n from `from` up to `to`, all of one id or each of its own. */
    const insert = (from: number, to: number, id?: number) =>
      database.exec(
        `INSERT INTO readings (id, n) VALUES ${Array.from({ length: to - from }, (_, i) => `(${id ?? from + i}, ${from + i})`).join()}`,
      )
    async function expectStored(count: number): Promise<void> {
      const running = engine as Engine
      await until(() => running.runtime.storedSamples >= count, `${count} readings are stored`)
      const values = (await storedSamples(running)).map(({ value }) => value).sort((a, b) => a - b)
      expect(values).toEqual(Array.from({ length: count }, (_, i) => i))
    }

    it('are each stored once where more share an id than a batch holds, also those that come to it later', async () => {
      await insert(0, 50, 7)
      await start({ batch: 7 })
      await expectStored(50)
      await insert(50, 60, 7)
      await insert(60, 70, 8)
      await expectStored(70)
      await start({ batch: 7 })
      await insert(70, 71, 8)
      await expectStored(71)
      await start({ batch: 7, query: 'SELECT n, id FROM readings -- in another order' })
      await insert(71, 75, 9)
      await expectStored(75)
    })

    it('begin with those that come after the first look, also while Weir is away', async () => {
      await insert(100, 200)
      await start({ start: 'newest', batch: 3 })
      await until(() => state()?.state === 'live', 'it is live')
      await stop()
      await insert(0, 3, 201)
      await start({ start: 'newest', batch: 3 })
      await expectStored(3)
    })

    it('with a smaller id that come late are read within the overlap, and told from those that were read', async () => {
      await insert(0, 1, 20)
      await start({ overlap: 10 })
      await expectStored(1)
      await insert(1, 3, 12)
      await expectStored(3)
      await start({ overlap: 10 })
      await insert(3, 4, 30)
      await insert(4, 5, 21)
      await expectStored(5)
      await insert(99, 100, 19)
      await insert(5, 6, 31)
      await expectStored(6)
    })

    it('keep large ids apart, and page by times', async () => {
      const large = 9_007_199_254_740_993n
      await database.exec(...[0, 1, 2].map((n) => `INSERT INTO readings VALUES (${large + BigInt(n)}, ${n})`))
      await start({ batch: 1 })
      await expectStored(3)
      await database.exec(
        'DROP TABLE readings',
        'CREATE TABLE readings (id TIMESTAMP, n BIGINT)',
        "INSERT INTO readings VALUES ('2024-01-01 00:00:00', 3), ('2024-01-01 00:00:00', 4), ('2024-01-01 00:00:01', 5)",
      )
      await start({ batch: 1, query: 'SELECT id AS ts, n FROM readings', cursor: 'ts', overlap: 5 })
      await expectStored(6)
      await database.exec("INSERT INTO readings VALUES ('2023-12-31 23:59:57', 6)")
      await expectStored(7)
    })

    it('become JSON that keeps numbers, times, texts and gaps', async () => {
      const time = kind === 'postgres' ? 'TIMESTAMPTZ' : kind === 'mysql' ? 'TIMESTAMP(3) NULL' : 'TEXT'
      const zoned =
        kind === 'postgres'
          ? "'2024-03-01 12:00:00.5+02'"
          : kind === 'mysql'
            ? "'2024-03-01 10:00:00.5'"
            : "'2024-03-01T10:00:00.5Z'"
      await database.exec(
        'DROP TABLE readings',
        `CREATE TABLE readings (id INT, exact DECIMAL(20, 3), real8 DOUBLE PRECISION, at ${time}, ok BOOLEAN, name VARCHAR(20), gap DOUBLE PRECISION)`,
        ...(kind === 'mysql' ? ["SET time_zone = '+00:00'"] : []),
        `INSERT INTO readings VALUES (1, 12345678.125, 0.1, ${zoned}, TRUE, 'läuft "gut"', NULL)`,
      )
      const running = await start({}, {})
      const { records } = await running.runtime.trials.test(sourceSchema.parse(sqlSource(database)), database.secrets)
      const row = JSON.parse(records[0]?.payload ?? '') as Record<string, unknown>
      expect(row).toMatchObject({ id: 1, exact: 12345678.125, real8: 0.1, name: 'läuft "gut"', gap: null })
      expect(row['ok']).toBe(kind === 'postgres' ? true : 1)
      expect(Date.parse(String(row['at']))).toBe(Date.parse('2024-03-01T10:00:00.5Z'))
      const { signal } = new AbortController()
      const config = sourceSchema.parse(sqlSource(database))
      const tables = await running.runtime.trials.discover(config, database.secrets, 0, signal)
      expect(tables.find(({ name }) => name === 'readings')?.note?.split(', ')).toContain('id')
    })

    it('are not read where the query is wrong: it says why', async () => {
      await start({ query: 'nothing' })
      await reason(/^the table is not there: /)
      await start({ cursor: 'missing' })
      await reason(/^the result has no column missing/)
      await start({ query: 'SELECT FROM WHERE' })
      await reason(/^the database does not understand the query: /)
    })

    it('are each stored once by an engine killed while rows are added', async () => {
      const count = 6000
      let added = 0
      const adding = (async () => {
        // Several share an id, and some are added to the newest id a moment later.
        for (; added < count; added += 20) await insert(added, added + 20, Math.floor(added / 60))
      })()
      const settings = sqlSource(database, { batch: 37 }, fields)
      const secretsFile = join(folder, 'secrets.json')
      await writeFile(secretsFile, JSON.stringify({ rows: database.secrets }), { mode: 0o600 })
      await writeFile(join(folder, 'workspace.json'), JSON.stringify({ version: 1, sources: [settings] }))
      let headless = await startHeadless(folder, '--secrets', secretsFile)
      for (let kill = 1; kill <= 3; kill++) {
        await headless.stores(kill * 300 + Math.floor(Math.random() * 300))
        await headless.end('SIGKILL')
        headless = await startHeadless(folder, '--secrets', secretsFile)
      }
      await adding
      await headless.stores(count)
      expect(await headless.end('SIGTERM')).toBe(0)
      engine = await startEngine(folder, { sources: [] })
      await expectStored(count)
    })

    if (kind === 'sqlite') {
      it('wait while another program holds the file, and say so', async () => {
        await insert(0, 3)
        await database.exec('PRAGMA journal_mode = DELETE', 'BEGIN EXCLUSIVE')
        await start()
        await reason(/^another program holds plant\.sqlite/, 'retrying')
        await database.exec('COMMIT', 'PRAGMA journal_mode = WAL')
        await expectStored(3)
      })

      it('are not read of what is no database, or not there', async () => {
        const path = join(folder, 'noise.sqlite')
        await start({ path })
        await reason(/^noise\.sqlite is not there/, 'retrying')
        await writeFile(path, Buffer.alloc(5000, 'noise'))
        await start({ path })
        await reason(/^noise\.sqlite is not an SQLite database/)
      })
      return
    }

    it('come from a server that says no in words, or is away and back', async () => {
      await start({}, fields, { password: 'wrong' })
      await reason(/^wrong password for user reader/)
      await start({ database: 'nowhere' })
      await reason(kind === 'mysql' ? /^the user reader may not read this/ : /^there is no database nowhere at 127/)
      await start({ port: 1 })
      await reason(/^nothing listens at 127\.0\.0\.1:1/, 'retrying')
      await insert(0, 5)
      await start()
      await expectStored(5)
      await database.stop()
      await until(() => state()?.state === 'retrying', 'it notices')
      await database.start()
      await insert(5, 9)
      await expectStored(9)
    })

    it('cannot be changed by a query, and none takes longer than allowed', async () => {
      if (kind === 'postgres') {
        await database.exec('CREATE SEQUENCE IF NOT EXISTS counter', 'GRANT ALL ON SEQUENCE counter TO reader')
        await start({ query: "SELECT nextval('counter') AS id", cursor: 'id' })
        await reason(/^only reading is allowed/)
      }
      const sleep = kind === 'postgres' ? 'pg_sleep(60)::text' : 'sleep(60)'
      await start({ query: `SELECT 1 AS id, ${sleep} AS n`, timeout: '300ms' })
      await reason(/^the query took longer than 300ms/, 'retrying')
    })

    it('come over TLS from a server whose certificate is trusted, and not from another', async () => {
      await insert(0, 2)
      await start({ tls: { mode: 'verify' } })
      await reason(/^the certificate of 127\.0\.0\.1:\d+ is self-signed/, 'retrying')
      await start({ host: 'localhost', tls: { mode: 'verify', ca: database.ca } })
      await expectStored(2)
    })
  })
})
