/** The journal moved into chunks, on real files: what is read stays what was committed. */
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Commit } from '../../main/contracts'
import type { CompactionLimits } from '../../main/store/compaction/compactor'
import { Database } from '../../main/store/database'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder } from './support/world'

type Sample = readonly [series: number, time: number, value: number]

const open: SqliteStore[] = []
const opened = async (file: string, limits?: CompactionLimits): Promise<SqliteStore> => {
  const { store } = await SqliteStore.open(file, limits)
  open.push(store)
  return store
}
const closeAll = async () => {
  for (const store of open.splice(0)) await store.close()
}
afterEach(closeAll)
const newFile = async () => join(await temporaryFolder(), 'weir.db')

function commitOf(entries: readonly Sample[], source = 'a'): Commit {
  const samples = new SampleBuffer()
  for (const [series, time, value] of entries) samples.push(series, time, value, time + 5)
  const ids = [...new Set(entries.map(([series]) => series))]
  return {
    series: ids.map((id) => ({ id, source, name: `s${id}`, labels: {} })),
    block: { samples, runs: [{ source, partition: '', length: samples.length }], marks: [] },
    results: [],
    rejected: [],
    cursors: [],
  }
}

async function read(store: SqliteStore, series: number, from: number | null = null, to: number | null = null) {
  const found: [number, number][] = []
  for await (const batch of store.samples({ series: new Set([series]), from, to }))
    for (let i = 0; i < batch.length; i++) found.push([batch.time[i] as number, batch.value[i] as number])
  return found
}

const steady = (from: number, count: number): Sample[] =>
  Array.from({ length: count }, (_, i) => [1, (from + i) * 1000, (from + i) % 100])

async function rows(file: string, sql: string) {
  const db = await Database.open(file, 'read')
  const found = await db.all(sql)
  await db.close()
  return found
}

/** For drawing: what all parts hold together. */
async function drawn(store: SqliteStore, columnMs: number) {
  const all = { samples: 0, gaps: 0, min: Infinity, max: -Infinity, buckets: 0 }
  for await (const part of store.decimated({ series: new Set([1]), from: null, to: null }, columnMs)) {
    if ('buckets' in part) {
      for (const { samples, min, max } of part.buckets) {
        all.samples += samples
        all.buckets += 1
        all.min = Math.min(all.min, min)
        all.max = Math.max(all.max, max)
      }
      continue
    }
    for (const value of part.samples.value.subarray(0, part.samples.length)) {
      all.samples += 1
      if (Number.isNaN(value)) all.gaps += 1
      else [all.min, all.max] = [Math.min(all.min, value), Math.max(all.max, value)]
    }
  }
  return all
}

describe('samples in chunks', () => {
  it('are read as a plain list sorted by time, whatever was committed and moved when', async () => {
    const sample = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 40 }),
      fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(NaN)),
    )
    const step = fc.oneof(fc.array(sample, { minLength: 1, maxLength: 30 }), fc.constant('compact' as const))
    const range = fc.option(fc.integer({ min: -1, max: 41 }))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), range, range, async (steps, from, to) => {
        const store = await opened(await newFile())
        const twin: Sample[] = []
        for (const each of steps)
          if (each === 'compact') await store.compact()
          else {
            await store.commit(commitOf(each))
            twin.push(...each)
          }
        for (const series of [1, 2, 3]) {
          const kept = twin.filter(([s, t]) => s === series && t >= (from ?? -Infinity) && t <= (to ?? Infinity))
          kept.sort((a, b) => a[1] - b[1])
          expect(await read(store, series, from, to)).toEqual(kept.map(([, time, value]) => [time, value]))
        }
        expect((await store.resume()).storedSamples).toBe(twin.length)
        await closeAll()
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('are merged into full chunks, and drawn from their rows', async () => {
    const file = await newFile()
    const store = await opened(file)
    const all = [...steady(0, 9_000), ...steady(9_000, 9_000)]
    // Late ones, one of them at a time that was taken.
    const late: Sample[] = [
      [1, 500, -7],
      [1, 5_000, -8],
    ]
    for (const part of [all.slice(0, 9_000), [...late, ...all.slice(9_000)]]) {
      await store.commit(commitOf(part))
      await store.compact()
    }
    expect(await rows(file, 'SELECT tier, samples FROM chunk ORDER BY id')).toEqual([
      { tier: 1, samples: 16_384 },
      { tier: 0, samples: 18_002 - 16_384 },
    ])
    const expected = [...all, ...late].sort((a, b) => a[1] - b[1]).map(([, time, value]) => [time, value])
    expect(await read(store, 1)).toEqual(expected)
    expect(await drawn(store, 20_000_000)).toEqual({ samples: 18_002, gaps: 0, min: -8, max: 99, buckets: 2 })
    expect(await drawn(store, 1000)).toEqual({ samples: 18_002, gaps: 0, min: -8, max: 99, buckets: 0 })
  })

  it('are moved in large passes where many wait, and stay in order among those of small ones', async () => {
    const file = await newFile()
    const store = await opened(file, { pass: 100, hurried: 1_000, hurriedChunk: 400, behind: 1e9 })
    const twin: Sample[] = []
    const commit = async (entries: Sample[]) => {
      await store.commit(commitOf(entries))
      twin.push(...entries)
    }
    // Small chunks first, then large ones that overlap them, every time taken twice.
    for (const [from, count] of [
      [0, 50],
      [0, 2_000],
      [1_000, 3_000],
      [20, 40],
      [3_990, 40_000],
    ] as const) {
      await commit(steady(from, count))
      if (count <= 2_000) await store.compact()
    }
    await store.compact()
    const expected = [...twin].sort((a, b) => a[1] - b[1]).map(([, time, value]) => [time, value])
    expect(await read(store, 1)).toEqual(expected)
    const stored = await rows(file, 'SELECT tier, samples FROM chunk ORDER BY samples')
    expect(stored.filter(({ tier, samples }) => tier === 1 && Number(samples) < 16_384).length).toBeGreaterThan(0)
    expect(
      await rows(file, 'SELECT count(*) AS n FROM chunk WHERE tier = 1 AND id NOT IN (SELECT chunk FROM rollup)'),
    ).toEqual([{ n: 0 }])
  })

  it('make commits wait where too many of them are not moved yet', async () => {
    const file = await newFile()
    const store = await opened(file, { pass: 100, hurried: 1_000, hurriedChunk: 400, behind: 5_000 })
    let behind = 0
    for (let n = 0; n < 60; n++) {
      await store.commit(commitOf(steady(n * 1_000, 1_000)))
      const [row] = await rows(
        file,
        "SELECT sum(samples) AS n FROM journal WHERE seq > (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'chunked')",
      )
      behind = Math.max(behind, Number(row?.['n']))
    }
    expect(behind).toBeLessThanOrEqual(6_000)
    expect(await read(store, 1)).toHaveLength(60_000)
  })

  it('leave the journal when the older of two snapshots covers them, and numbers go on', async () => {
    const file = await newFile()
    let store = await opened(file)
    for (let n = 0; n < 4; n++) await store.commit(commitOf(steady(n * 10, 10)))
    await store.compact()
    expect(await rows(file, 'SELECT count(*) AS n FROM journal')).toEqual([{ n: 4 }])
    await store.saveSnapshot(2, new Uint8Array(3))
    await store.saveSnapshot(4, new Uint8Array(3))
    await store.compact()
    expect(await rows(file, 'SELECT seq FROM journal')).toEqual([{ seq: 3 }, { seq: 4 }])
    await store.saveSnapshot(5, new Uint8Array(3))
    await store.compact()
    await closeAll()
    store = await opened(file)
    expect(await store.commit(commitOf(steady(40, 1)))).toBeGreaterThan(4)
    expect(await read(store, 1)).toHaveLength(41)
  })

  it('are moved while a read is under way, which goes on with what it saw', async () => {
    const file = await newFile()
    const store = await opened(file)
    await store.commit(commitOf(steady(0, 10)))
    const reading = store.samples({ series: new Set([1]), from: null, to: null })[Symbol.asyncIterator]()
    expect((await reading.next()).value?.length).toBe(10)
    await store.compact()
    expect(await rows(file, 'SELECT count(*) AS n FROM chunk')).toEqual([{ n: 1 }])
    expect(await read(store, 1)).toHaveLength(10)
    expect((await reading.next()).done).toBe(true)
  })

  it('go with their source; those of others stay', async () => {
    const file = await newFile()
    const store = await opened(file)
    await store.commit(commitOf(steady(0, 10)))
    await store.commit(commitOf([[2, 0, 5]], 'b'))
    await store.compact()
    await store.commit(commitOf(steady(10, 10)))
    await store.eraseSource('a')
    expect(await read(store, 1)).toEqual([])
    expect(await read(store, 2)).toEqual([[0, 5]])
    expect((await store.resume()).storedSamples).toBe(1)
  })

  it('are a reported gap where a chunk is damaged', async () => {
    const file = await newFile()
    let store = await opened(file)
    await store.commit(commitOf(steady(0, 10)))
    await store.compact()
    await closeAll()
    const db = await Database.open(file, 'write')
    await db.run('UPDATE chunk SET crc = crc + 1')
    await db.close()
    store = await opened(file)
    expect(await read(store, 1)).toEqual([])
    expect((await drawn(store, 1)).gaps).toBe(2)
    expect(store.damage).toMatchObject([{ kind: 'chunk', id: 1 }])
  })

  it('are moved whole or not at all', async () => {
    const file = await newFile()
    let store = await opened(file)
    await store.commit(commitOf([...steady(0, 10), [2, 0, 5]]))
    await closeAll()
    const db = await Database.open(file, 'write')
    await db.exec(
      "CREATE TRIGGER fails BEFORE INSERT ON chunk WHEN NEW.series = 2 BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    store = await opened(file)
    await expect(store.compact()).rejects.toThrow('no')
    expect(await rows(file, 'SELECT count(*) AS n FROM chunk')).toEqual([{ n: 0 }])
    await db.exec('DROP TRIGGER fails')
    await db.close()
    await store.compact()
    expect(await read(store, 1)).toHaveLength(10)
    expect(await read(store, 2)).toEqual([[0, 5]])
  })
})
