/** Real files: locks, foreign and newer files, damage. */
import { spawn } from 'node:child_process'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Commit } from '../../main/contracts'
import { Database } from '../../main/store/database'
import { MIGRATIONS } from '../../main/store/migrations'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder, until } from './support/world'

const open: SqliteStore[] = []
async function openStore(file: string): Promise<SqliteStore> {
  const { store } = await SqliteStore.open(file)
  open.push(store)
  return store
}
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})
const closeAll = async () => {
  for (const store of open.splice(0)) await store.close()
}

function commitOf(values: readonly number[], first = 0, series = 1): Commit {
  const samples = new SampleBuffer()
  values.forEach((value, i) => samples.push(series, (first + i) * 1000, value, (first + i) * 1000 + 5))
  const info = { id: series, source: 'a', name: 'temperature', labels: { device: 'boiler' }, unit: '°C' }
  return {
    series: first === 0 ? [info] : [],
    block: { samples, runs: [{ source: 'a', partition: '', length: values.length }], marks: [] },
    results: [],
    rejected: [],
    cursors: [{ source: 'a', partition: '', value: String(first + values.length) }],
  }
}

async function valuesOf(store: SqliteStore): Promise<number[]> {
  const found: number[] = []
  for await (const batch of store.samples({ series: new Set([1]), from: null, to: null }))
    found.push(...batch.value.slice(0, batch.length))
  return found
}

describe('the database file', () => {
  it('keeps samples, series and cursors over a close', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    const store = await openStore(file)
    await store.commit(commitOf([1, 2, NaN, -0]))
    await store.commit(commitOf([5], 4))
    await closeAll()
    const again = await openStore(file)
    expect(await valuesOf(again)).toEqual([1, 2, NaN, -0, 5])
    expect([...(await again.cursors('a'))]).toEqual([['', '5']])
    const { series, storedSamples, lastSeq } = await again.resume()
    expect(storedSamples).toBe(5)
    expect(lastSeq).toBe(2)
    expect(series).toEqual([{ id: 1, source: 'a', name: 'temperature', labels: { device: 'boiler' }, unit: '°C' }])
  })

  it('is refused to a second engine, naming the first', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    await openStore(file)
    await expect(SqliteStore.open(file)).rejects.toThrow(
      new RegExp(`in use by another Weir \\(process ${process.pid} on `),
    )
  })

  it('is free again when its engine was killed', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    const script = `const s=require('sqlite3');const d=new s.Database(${JSON.stringify(`${file}.lock`)});d.exec('CREATE TABLE owner (pid INTEGER, host TEXT, since TEXT); BEGIN IMMEDIATE',()=>console.log('held'));setInterval(()=>{},1000)`
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let held = false
    holder.stdout.on('data', () => (held = true))
    await until(() => held, 'another process holds the lock')
    await expect(SqliteStore.open(file)).rejects.toThrow(/in use by another Weir/)
    const gone = new Promise((resolve) => holder.once('exit', resolve))
    holder.kill('SIGKILL')
    await gone
    await openStore(file)
  })

  it('of a newer Weir is refused with a message and stays as it was', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    await openStore(file)
    await closeAll()
    const db = await Database.open(file, 'write')
    await db.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${MIGRATIONS.length + 1}`)
    await db.close()
    const before = await readFile(file)
    await expect(SqliteStore.open(file)).rejects.toThrow(/newer Weir/)
    expect(await readFile(file)).toEqual(before)
  })

  it('of another program is refused and stays as it was', async () => {
    const file = join(await temporaryFolder(), 'photos.db')
    const db = await Database.open(file, 'write')
    await db.exec('CREATE TABLE photos (name TEXT)')
    await db.close()
    const before = await readFile(file)
    await expect(SqliteStore.open(file)).rejects.toThrow(/belongs to another program/)
    expect(await readFile(file)).toEqual(before)
  })

  it('that SQLite cannot open is moved aside whole and a new one started', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'weir.db')
    await writeFile(file, 'this is no database, but somebody may want it back '.repeat(100))
    const { store, movedAside } = await SqliteStore.open(file)
    open.push(store)
    expect(movedAside).toMatch(/weir\.db\.damaged-/)
    expect(await readFile(movedAside as string, 'utf8')).toContain('somebody may want it back')
    await store.commit(commitOf([1]))
    expect(await valuesOf(store)).toEqual([1])
  })

  it('with a flipped bit loses that block only, and says so', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    const store = await openStore(file)
    for (let i = 0; i < 5; i++) await store.commit(commitOf([i * 10, i * 10 + 1], i * 2))
    await closeAll()
    const db = await Database.open(file, 'write')
    await db.exec(
      "UPDATE journal SET body = substr(body, 1, length(body) - 3) || x'ff' || substr(body, -2) WHERE seq = 3",
    )
    await db.close()
    const again = await openStore(file)
    expect(await valuesOf(again)).toEqual([0, 1, 10, 11, 30, 31, 40, 41])
    expect(again.damage).toMatchObject([{ kind: 'journal', id: 3, reason: 'the checksum does not fit' }])
  })

  it('loses nothing committed when it is copied in the middle of writing (a crash)', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'weir.db')
    const store = await openStore(file)
    for (let i = 0; i < 20; i++) await store.commit(commitOf([i], i))
    for (const name of (await readdir(folder)).filter(
      (entry) => entry.startsWith('weir.db') && !entry.includes('lock'),
    ))
      await copyFile(join(folder, name), join(folder, name.replace('weir', 'crashed')))
    const again = await openStore(join(folder, 'crashed.db'))
    expect(await valuesOf(again)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('forgets a source for good and keeps the others in their order', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    const store = await openStore(file)
    const samples = new SampleBuffer()
    for (let i = 0; i < 6; i++) samples.push(i % 2 === 0 ? 1 : 2, i, i, i)
    await store.commit({
      series: [
        { id: 1, source: 'a', name: 'x', labels: {} },
        { id: 2, source: 'b', name: 'x', labels: {} },
      ],
      block: {
        samples,
        runs: Array.from({ length: 6 }, (_, i) => ({ source: i % 2 === 0 ? 'a' : 'b', partition: '', length: 1 })),
        marks: [{ position: 4, mark: { pipeline: 'p', series: null, watermark: 3 } }],
      },
      results: [],
      rejected: [],
      cursors: [],
    })
    await store.eraseSource('b')
    expect(await valuesOf(store)).toEqual([0, 2, 4])
    const { series, storedSamples } = await store.resume()
    expect(series.map(({ source }) => source)).toEqual(['a'])
    expect(storedSamples).toBe(3)
    for await (const block of store.journal(0)) expect(block.marks.map(({ position }) => position)).toEqual([2])
  })
})
