/** Real files with real damage: what is lost is a gap and is said, all else stays. */
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { SqliteStore } from '../../main/store/sqlite-store'
import { StoredFile } from '../../main/store/stored-file'
import { flipBody, overwrite, ruinPage, tear } from './support/damage'
import { closeStores, commitOf, newFile, openStore, read, rows } from './support/stored'
import type { Sample } from './support/stored'

afterEach(closeStores)

const second = (n: number): Sample => [1, n * 1000, n]
const seconds = (from: number, count: number): Sample[] => Array.from({ length: count }, (_, i) => second(from + i))
const pairs = (list: readonly Sample[]) => list.map(([, time, value]) => [time, value])

/** Where charts break the line. */
async function gaps(store: SqliteStore): Promise<number[]> {
  const found: number[] = []
  for await (const part of store.decimated({ series: new Set([1]), from: null, to: null }, 1))
    if ('samples' in part)
      for (let i = 0; i < part.samples.length; i++)
        if (Number.isNaN(part.samples.value[i])) found.push(part.samples.time[i] as number)
  return found
}

/** One commit after the other of ten seconds each. */
async function fill(file: string, commits: number): Promise<void> {
  const store = await openStore(file)
  for (let n = 0; n < commits; n++) await store.commit(commitOf(seconds(n * 10, 10)))
  await closeStores()
}

const without = (from: number, to: number, all: number) =>
  pairs(seconds(0, all).filter(([, time]) => time < from * 1000 || time >= to * 1000))

describe('a damaged block of the journal', () => {
  it('is a gap that is said, also after the journal has moved on', async () => {
    const file = await newFile()
    await fill(file, 4)
    await flipBody(file, 'SELECT body FROM journal WHERE seq = 2')
    const damage = [{ kind: 'journal', id: 2, reason: 'the checksum does not fit', from: 10_000, to: 19_000 }]
    let store = await openStore(file)
    const check = async () => {
      expect(await read(store, 1)).toEqual(without(10, 20, 40))
      expect(await gaps(store)).toEqual([10_000, 19_000])
      expect(store.damage).toEqual(damage)
    }
    await check()
    // Both kept snapshots cover it: its place in the journal goes.
    await store.saveSnapshot(3, Uint8Array.of(1))
    await store.saveSnapshot(4, Uint8Array.of(1))
    const before = await rows(file, 'SELECT seq, samples, crc, body FROM journal WHERE seq = 2')
    await store.compact()
    expect(await rows(file, 'SELECT count(*) AS n FROM journal WHERE seq <= 3')).toEqual([{ n: 0 }])
    expect(await rows(file, 'SELECT seq, samples, crc, body FROM damaged_block')).toEqual(before)
    await check()
    await closeStores()
    store = await openStore(file)
    await check()
  })

  it('is passed over with the rest of its page where that is damaged', async () => {
    const file = await newFile()
    await fill(file, 100)
    await ruinPage(file, 'journal', 1)
    const stored = await StoredFile.open(file)
    const found: unknown[] = []
    for await (const batch of stored.samples({ series: new Set([1]), from: null, to: null }))
      for (let i = 0; i < batch.length; i++) found.push([batch.time[i], batch.value[i]])
    await stored.close()
    expect(found.length).toBeGreaterThan(100)
    expect(found.length).toBeLessThan(1000)
    const known = new Set(pairs(seconds(0, 1000)).map(String))
    expect(found.every((pair) => known.has(String(pair)))).toBe(true)
    expect(found.at(-1)).toEqual([999_000, 999])
    expect(stored.damage).toMatchObject([{ kind: 'journal' }])
  })

  it('loses what is in it to whoever erases the range, and stays a gap', async () => {
    const file = await newFile()
    await fill(file, 3)
    await flipBody(file, 'SELECT body FROM journal WHERE seq = 2')
    const store = await openStore(file)
    await store.eraseSamples({ series: new Set([1]), from: 0, to: 15_000 })
    expect(await rows(file, 'SELECT length(body) AS n FROM journal WHERE seq = 2')).toEqual([{ n: 0 }])
    expect(await read(store, 1)).toEqual(pairs(seconds(20, 10)))
    expect(await gaps(store)).toEqual([10_000, 19_000])
  })
})

describe('a damaged chunk', () => {
  it('is a gap; the chunks beside it stay', async () => {
    const file = await newFile()
    let store = await openStore(file)
    for (let n = 0; n < 3; n++) {
      await store.commit(commitOf(seconds(n * 10, 10)))
      await store.compact()
    }
    await closeStores()
    await flipBody(file, 'SELECT body FROM chunk WHERE id = 2')
    store = await openStore(file)
    expect(await read(store, 1)).toEqual(without(10, 20, 30))
    expect(await gaps(store)).toEqual([10_000, 19_000])
    expect(store.damage).toMatchObject([{ kind: 'chunk', id: 2, from: 10_000, to: 19_000 }])
  })

  it('is one also where its page cannot be read', async () => {
    const file = await newFile()
    let store = await openStore(file)
    // Values that hardly compress: a page holds few chunks.
    const value = (n: number): number => Math.sin(n * n) * 1e9
    for (let n = 0; n < 30; n++) {
      await store.commit(commitOf(seconds(n * 100, 100).map(([id, time], i) => [id, time, value(n * 100 + i)])))
      await store.compact()
    }
    await closeStores()
    await ruinPage(file, 'chunk', 1)
    store = await openStore(file)
    const found = await read(store, 1)
    const lost = store.damage.filter(({ kind }) => kind === 'chunk').length
    expect(lost).toBeGreaterThan(0)
    expect(found).toHaveLength(3000 - lost * 100)
    expect((await gaps(store)).length).toBe(lost * 2)
  })
})

describe('a damaged rollup', () => {
  it('is said where it is all that was left of the samples', async () => {
    const file = await newFile()
    let store = await openStore(file)
    await store.commit(commitOf(seconds(0, 8192)))
    await store.compact()
    await store.retain({
      ages: [{ series: [1], raw: 10_000_000, trends: null }],
      sizes: [],
      results: [],
    })
    await closeStores()
    await flipBody(file, 'SELECT body FROM rollup WHERE bucket_us = 600000000')
    store = await openStore(file)
    const query = { series: new Set([1]), from: null, to: null }
    for await (const part of store.decimated(query, 600_000)) expect(part).toBeDefined()
    expect(store.damage).toMatchObject([{ kind: 'rollup', from: 0, to: 8_191_000 }])
  })
})

describe('a damaged snapshot', () => {
  it('gives way to the one before it, and is said', async () => {
    const file = await newFile()
    let store = await openStore(file)
    await store.commit(commitOf(seconds(0, 10)))
    await store.saveSnapshot(1, Buffer.from('the older state of all windows'))
    await store.commit(commitOf(seconds(10, 10)))
    await store.saveSnapshot(2, Buffer.from('the newer state of all windows'))
    await closeStores()
    await flipBody(file, 'SELECT body FROM snapshot WHERE seq = 2')
    store = await openStore(file)
    const { snapshot } = await store.resume()
    expect(snapshot?.seq).toBe(1)
    expect(String(snapshot?.body)).toContain('older')
    expect(store.damage).toMatchObject([{ kind: 'snapshot', id: 2 }])
  })
})

describe('a torn write-ahead log', () => {
  it('ends with the last commit that is whole in it', async () => {
    const file = await newFile()
    const store = await openStore(file)
    for (let n = 0; n < 20; n++) await store.commit(commitOf(seconds(n * 10, 10)))
    const copy = await newFile()
    await writeFile(copy, await readFile(file))
    const log = await readFile(`${file}-wal`)
    await writeFile(`${copy}-wal`, log)
    await tear(`${copy}-wal`, Math.floor(log.length * 0.9))
    await overwrite(`${copy}-wal`, Math.floor(log.length * 0.7), Buffer.alloc(64, 0xa5))
    const again = await openStore(copy)
    const found = await read(again, 1)
    expect(found.length).toBeGreaterThan(0)
    expect(found).toEqual(pairs(seconds(0, found.length)))
    await again.commit(commitOf(seconds(found.length, 10)))
    expect(await read(again, 1)).toHaveLength(found.length + 10)
    expect(await rows(copy, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })
})

describe('a file that was not closed', () => {
  /** As a killed engine leaves it: its last commit is in the log alone. */
  async function killed(ruined: boolean): Promise<string> {
    const file = await newFile()
    let store = await openStore(file)
    for (let n = 0; n < 30; n++) {
      await store.commit(commitOf(seconds(n * 100, 100).map(([id, time], i) => [id, time, Math.sin(i * i) * 1e9])))
      await store.compact()
    }
    await closeStores()
    if (ruined) await ruinPage(file, 'chunk', 1)
    store = await openStore(file)
    await store.check()
    expect(store.damage).toEqual([])
    await store.commit(commitOf(seconds(3000, 10)))
    const copy = await newFile()
    for (const suffix of ['', '-wal']) await writeFile(copy + suffix, await readFile(file + suffix))
    return copy
  }

  it('is looked over, and its faults are said', async () => {
    const store = await openStore(await killed(true))
    await store.check()
    expect(store.damage).toMatchObject([{ kind: 'file', id: 0 }])
    expect(store.damage[0]?.reason).toContain('chunk')
  })

  it('is as it was where it has none', async () => {
    const store = await openStore(await killed(false))
    await store.check()
    expect(store.damage).toEqual([])
    expect(await read(store, 1)).toHaveLength(3010)
  })
})

describe('an emptied file', () => {
  it('is moved aside, because it was not always empty', async () => {
    const file = await newFile()
    await fill(file, 1)
    await tear(file, 0)
    await openStore(file)
    expect((await readdir(dirname(file))).filter((name) => name.startsWith('weir.db.damaged-'))).toHaveLength(1)
  })
})
