/** The journal moved into chunks by a thread of its own: the built one, on real files. */
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Database } from '../../main/store/database'
import { SqliteStore } from '../../main/store/sqlite-store'
import { commitOf, newFile, read } from './support/stored'
import type { Sample } from './support/stored'

const THREAD = resolve('out/main/compaction.js')
const LIMITS = { pass: 100, hurried: 10_000, hurriedChunk: 2_000, behind: 1e9 }

const open: SqliteStore[] = []
async function opened(file: string, thread: string | null): Promise<SqliteStore> {
  const { store } = await SqliteStore.open(file, thread === null ? LIMITS : { ...LIMITS, thread })
  open.push(store)
  return store
}
const closeAll = async () => {
  for (const store of open.splice(0)) await store.close()
}
afterEach(closeAll)

async function rows(file: string, sql: string) {
  const db = await Database.open(file, 'read')
  const found = await db.all(sql)
  await db.close()
  return found
}

async function change(file: string, sql: string): Promise<void> {
  const db = await Database.open(file, 'write')
  await db.exec(sql)
  await db.close()
}

const part = (series: number, from: number, count: number): Sample[] =>
  Array.from({ length: count }, (_, i) => [series, (from + i) * 1000, Math.round(50 * Math.sin(from + i)) / 10])

/** Small passes that are merged, late readings among them, then a large one whose chunks stay. */
async function fill(store: SqliteStore): Promise<void> {
  for (const from of [0, 6_000, 3_000, 9_000]) {
    await store.commit(commitOf([...part(1, from, 6_000), ...part(2, from, 10)]))
    await store.compact()
  }
  for (let n = 0; n < 5; n++) await store.commit(commitOf(part(3, n * 4_000, 4_000)))
  await store.compact()
}

describe('a thread that encodes chunks', () => {
  it('makes the same of the journal as the thread of the engine does', async () => {
    const [direct, threaded] = [await newFile(), await newFile()]
    await fill(await opened(direct, null))
    await fill(await opened(threaded, THREAD))
    await closeAll()
    for (const table of ['chunk', 'rollup']) {
      const made = await rows(threaded, `SELECT * FROM ${table}`)
      expect(made.length).toBeGreaterThan(0)
      expect(made).toEqual(await rows(direct, `SELECT * FROM ${table}`))
    }
    expect(await rows(threaded, 'SELECT count(*) AS n FROM chunk WHERE tier = 1')).not.toEqual([{ n: 0 }])
  })

  it('tells of damaged blocks and chunks, and leaves them as they are', async () => {
    const file = await newFile()
    let { store } = await SqliteStore.open(file)
    open.push(store)
    await store.commit(commitOf(part(1, 0, 16_000)))
    await store.compact()
    await store.commit(commitOf(part(1, 16_000, 200)))
    await store.commit(commitOf(part(1, 16_200, 400)))
    await closeAll()
    await change(file, 'UPDATE chunk SET crc = crc + 1; UPDATE journal SET crc = crc + 1 WHERE seq = 2')
    store = await opened(file, THREAD)
    await store.compact()
    expect(store.damage).toMatchObject([
      { kind: 'journal', id: 2, from: 16_000_000 },
      { kind: 'chunk', id: 1, from: 0 },
    ])
    expect(await rows(file, 'SELECT id, samples, tier FROM chunk')).toEqual([
      { id: 1, samples: 16_000, tier: 0 },
      { id: 2, samples: 400, tier: 0 },
    ])
    expect(await rows(file, 'SELECT seq FROM damaged_block')).toEqual([{ seq: 2 }])
  })

  it('that ends amid its work loses nothing, and is done without', async () => {
    const file = await newFile()
    const [dying, died] = [join(file, '..', 'dying.js'), join(file, '..', 'died')]
    await writeFile(
      dying,
      `require('node:worker_threads').parentPort.on('message', () => {
        require('node:fs').appendFileSync(${JSON.stringify(died)}, 'x')
        process.exit(1)
      })`,
    )
    const store = await opened(file, dying)
    await store.commit(commitOf(part(1, 0, 500)))
    await store.compact()
    expect(await rows(file, 'SELECT samples FROM chunk')).toEqual([{ samples: 500 }])
    await store.commit(commitOf(part(1, 500, 500)))
    await store.compact()
    expect(await readFile(died, 'utf8')).toBe('x')
    expect(await read(store, 1)).toHaveLength(1000)
  })

  it('that is not there is done without', async () => {
    const file = await newFile()
    const store = await opened(file, join(file, '..', 'none.js'))
    await store.commit(commitOf(part(1, 0, 500)))
    await store.compact()
    expect(await rows(file, 'SELECT samples FROM chunk')).toEqual([{ samples: 500 }])
  })

  it('ends with the store, whatever it was doing', async () => {
    const file = await newFile()
    const store = await opened(file, THREAD)
    for (let n = 0; n < 40; n++) await store.commit(commitOf(part(1 + (n % 7), n * 5_000, 5_000)))
    void store.compact().catch(() => undefined)
    await closeAll()
    const next = await opened(file, THREAD)
    expect((await next.resume()).storedSamples).toBe(200_000)
    await next.compact()
    let found = 0
    for (let series = 1; series <= 7; series++) found += (await read(next, series)).length
    expect(found).toBe(200_000)
  })
})
