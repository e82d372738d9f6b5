/** Files of every earlier format: brought up to date with all that they hold, and then like new ones. */
import { afterEach, describe, expect, it } from 'vitest'
import { crc32 } from '../../main/store/crc32'
import { Database } from '../../main/store/database'
import { encodeJournalBlock } from '../../main/store/journal-block'
import { APPLICATION_ID, MIGRATIONS } from '../../main/store/migrations'
import { closeStores, commitOf, newFile, openStore, read, rows } from './support/stored'

afterEach(closeStores)

const FORMATS = MIGRATIONS.map((_, i) => i + 1)

/** With a series, two readings, a position, a rejected record and a result. */
async function fileOf(format: number): Promise<string> {
  const file = await newFile()
  const db = await Database.open(file, 'write')
  for (const [i, sql] of MIGRATIONS.slice(0, format).entries())
    await db.exec(`${sql}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${i + 1}`)
  const { block } = commitOf([
    [1, 1000, 1],
    [1, 2000, 2],
  ])
  const body = Buffer.from(encodeJournalBlock(block))
  await db.run("INSERT INTO series (id, source, name, labels) VALUES (1, 'a', 's1', '{}')")
  await db.run('INSERT INTO journal VALUES (1, 2, 1000000, 2000000, 1005000, 2005000, ?, ?)', crc32(body), body)
  await db.exec(`INSERT INTO cursor VALUES ('a', '', 'here');
    INSERT INTO rejected (source, arrival_us, key, reason, payload) VALUES ('a', 5, 'k', 'why', x'01');
    INSERT INTO pipeline (id, name, aggregates) VALUES (1, 'p', '["count"]');
    INSERT INTO window_result (pipeline, key, start_us, end_us, revision, stats)
      VALUES (1, 1, 0, 3000000, 0, x'0000000000000040')`)
  await db.close()
  return file
}

const schema = (file: string) => rows(file, 'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name')

describe.each(FORMATS)('a file of format %i', (format) => {
  it('is brought up to date with what it holds, and goes on', async () => {
    const file = await fileOf(format)
    const store = await openStore(file)
    expect(await read(store, 1)).toEqual([
      [1000, 1],
      [2000, 2],
    ])
    expect((await store.cursors('a')).get('')).toBe('here')
    expect(await store.rejected.newest('a', 10)).toMatchObject([{ key: 'k', reason: 'why' }])
    const results = []
    for await (const some of store.results('p', { series: new Set([1]), from: null, to: null })) results.push(...some)
    expect(results).toMatchObject([{ start: 0, end: 3000, revision: 0 }])
    await store.commit(commitOf([[1, 3000, 3]]))
    await store.compact()
    expect(await read(store, 1)).toHaveLength(3)
    await closeStores()
    const fresh = await newFile()
    await openStore(fresh)
    await closeStores()
    expect(await schema(file)).toEqual(await schema(fresh))
    expect(await rows(file, 'PRAGMA user_version')).toEqual([{ user_version: MIGRATIONS.length }])
  })
})
