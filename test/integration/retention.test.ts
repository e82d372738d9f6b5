/** Samples that go by age or by size, on real files: what is kept stays as it was, and charts stay whole. */
import { spawn } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { RetentionPlan } from '../../main/contracts'
import { Database } from '../../main/store/database'
import { APPLICATION_ID, MIGRATIONS } from '../../main/store/migrations'
import type { SqliteStore } from '../../main/store/sqlite-store'
import { closeStores, commitOf, drawn, newFile, openStore, read, rows } from './support/stored'
import type { Sample } from './support/stored'
import { until } from './support/world'

afterEach(closeStores)

const NOTHING: RetentionPlan = { ages: [], sizes: [], results: [] }
const rawBefore = (before: number, ...series: number[]): RetentionPlan => ({
  ...NOTHING,
  ages: [{ series, raw: before, trends: null }],
})

const valueAt = (i: number): number => Math.round(Math.sin(i * i) * 1e6) / 64

/** One value in `step` ms, without a pattern that a codec would find. */
const steady = (count: number, step = 1000, series = 1): Sample[] =>
  Array.from({ length: count }, (_, i) => [series, i * step, valueAt(i)])

async function filled(samples: readonly Sample[], file?: string): Promise<{ store: SqliteStore; file: string }> {
  const at = file ?? (await newFile())
  const store = await openStore(at)
  await store.commit(commitOf(samples))
  await store.compact()
  return { store, file: at }
}

describe('retention by age', () => {
  it('removes exactly the samples before a time, and what is drawn stays what it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -9, max: 9 })), { minLength: 1 }),
        fc.integer({ min: -1, max: 301 }),
        async (entries, cut) => {
          const samples = entries.map(([time, value]): Sample => [1, time * 3_600_000, value])
          const { store } = await filled(samples)
          const before = await drawn(store, 60_000)
          const removed = await store.retain(rawBefore(cut * 3_600_000, 1))
          const kept = samples.filter(([, time]) => time >= cut * 3_600_000).sort((a, b) => a[1] - b[1])
          expect(await read(store, 1)).toEqual(kept.map(([, time, value]) => [time, value]))
          expect(removed.samples).toBe(samples.length - kept.length)
          expect(await drawn(store, 60_000)).toEqual(before)
          expect((await store.resume()).storedSamples).toBe(kept.length)
          expect(await store.isWhole({ series: new Set([1]), from: null, to: null })).toBe(removed.samples === 0)
          await closeStores()
        },
      ),
      { numRuns: 25 },
    )
  }, 60_000)

  it('cuts a full chunk, whose rollups stay on both sides', async () => {
    const { store, file } = await filled(steady(40_000))
    const before = await drawn(store, 60_000)
    expect((await store.retain(rawBefore(20_000_500, 1))).samples).toBe(20_001)
    expect(await drawn(store, 60_000)).toEqual({ ...before, sum: expect.closeTo(before.sum, 3) as number })
    expect((await read(store, 1))[0]).toEqual([20_001_000, valueAt(20_001)])
    expect(await rows(file, 'SELECT tier, samples, bytes > 0 AS body FROM chunk ORDER BY time_min')).toEqual([
      { tier: 2, samples: 16_384, body: 0 },
      { tier: 2, samples: 20_001 - 16_384, body: 0 },
      { tier: 1, samples: 2 * 16_384 - 20_001, body: 1 },
      { tier: 0, samples: 40_000 - 2 * 16_384, body: 1 },
    ])
    // A second run has nothing to do.
    expect(await store.retain(rawBefore(20_000_500, 1))).toEqual({ samples: 0, results: 0 })
  })

  it('draws a slow series by the hour when its samples are gone', async () => {
    const { store } = await filled(steady(400, 3_600_000))
    await store.retain(rawBefore(1e12, 1))
    const buckets: number[] = []
    for await (const part of store.decimated({ series: new Set([1]), from: null, to: null }, 7_200_000))
      if ('buckets' in part) buckets.push(...part.buckets.map(({ samples }) => samples))
    expect(buckets).toEqual(Array<number>(400).fill(1))
  })

  it('leaves other series alone, and removes trends and results at their own age', async () => {
    const file = await newFile()
    const store = await openStore(file)
    await store.definePipeline('p', ['mean'], 'm')
    const results = [0, 1, 2, 3].map((n) => ({
      pipeline: 'p',
      key: 1,
      start: n * 60_000,
      end: n * 60_000 + 60_000,
      revision: 0,
      values: Float64Array.of(n),
    }))
    await store.commit(commitOf([...steady(200), ...steady(200, 1000, 2)], 'a', results))
    await store.compact()
    const plan: RetentionPlan = {
      ages: [{ series: [1], raw: null, trends: 1_000_000 }],
      sizes: [],
      results: [{ pipeline: 'p', before: 120_000 }],
    }
    expect(await store.retain(plan)).toEqual({ samples: 200, results: 2 })
    expect(await read(store, 1)).toEqual([])
    expect(await read(store, 2)).toHaveLength(200)
    expect(await rows(file, 'SELECT start_us / 60000000 AS n FROM window_result')).toEqual([{ n: 2 }, { n: 3 }])
  })

  it('goes on while samples are committed, and after the engine is killed in the middle of it', async () => {
    const file = await newFile()
    await filled(steady(600_000), file)
    await closeStores()
    const config = join(dirname(file), 'workspace.json')
    const mqtt = { kind: 'mqtt', url: 'mqtt://127.0.0.1:9', subscriptions: [{ filter: 'x' }] }
    const sources = [{ id: 'a', name: 'a', connection: mqtt }]
    await writeFile(config, JSON.stringify({ version: 1, sources, retention: { raw: '1h' } }))
    const child = spawn(process.execPath, [resolve('out/main/cli.js'), 'run', '--config', config, '--db', file])
    const gone = new Promise((done) => child.once('exit', done))
    child.stderr.pipe(process.stderr)
    const summed = async () => Number((await rows(file, 'SELECT count(*) AS n FROM chunk WHERE tier = 2'))[0]?.['n'])
    await until(async () => (await summed()) > 0, 'a first step is durable')
    child.kill('SIGKILL')
    await gone
    const store = await openStore(file)
    const whole = await drawn(store, 60_000)
    expect(whole.samples).toBe(600_000)
    const [, removed] = await Promise.all([
      store.commit(commitOf([[2, 5, 1]])),
      store.retain(rawBefore(599_999_000, 1)),
    ])
    expect(removed.samples).toBeGreaterThan(0)
    expect(await read(store, 1)).toEqual([[599_999_000, valueAt(599_999)]])
    expect((await drawn(store, 60_000)).samples).toBe(600_000)
    expect(await rows(file, 'PRAGMA quick_check')).toEqual([{ quick_check: 'ok' }])
  }, 60_000)
})

describe('retention by size', () => {
  it('sums up the oldest of all series until the file is small enough', async () => {
    const { store, file } = await filled([...steady(60_000), ...steady(60_000, 2000, 2)])
    // The log goes when two snapshots cover it.
    for (const seq of [1, 2]) await store.saveSnapshot(seq, Buffer.alloc(1))
    await store.compact()
    const { usedBytes } = await store.sizes()
    const limit = Math.round(usedBytes * 0.6)
    expect((await store.retain({ ...NOTHING, sizes: [{ series: null, bytes: limit }] })).samples).toBeGreaterThan(0)
    const after = await store.sizes()
    expect(after.usedBytes).toBeLessThanOrEqual(limit)
    expect(after.usedBytes).toBeGreaterThan(limit * 0.5)
    // What is left is newer than all that went, whichever series it is of.
    expect(
      await rows(
        file,
        'SELECT max(time_max) FILTER (WHERE tier = 2) <= min(time_max) FILTER (WHERE tier < 2) AS ordered FROM chunk',
      ),
    ).toEqual([{ ordered: 1 }])
  })

  it('of a series sums up that series', async () => {
    const { store } = await filled([...steady(40_000), ...steady(40_000, 1000, 2)])
    await store.retain({ ...NOTHING, sizes: [{ series: [1], bytes: 50_000 }] })
    const [one, two] = (await store.sizes()).series
    expect((one?.rawBytes ?? 0) + (one?.rollupBytes ?? 0)).toBeLessThanOrEqual(50_000)
    expect(one?.samples).toBeLessThan(40_000)
    expect(two).toMatchObject({ series: 2, samples: 40_000, summedUp: 0 })
  })
})

describe('the file', () => {
  it('gives pages back to the disk', async () => {
    const { store, file } = await filled(steady(300_000))
    await store.vacuum()
    const before = (await stat(file)).size
    await store.eraseSamples({ series: new Set([1]), from: null, to: null })
    const gained = await store.vacuum()
    expect(gained).toBeGreaterThan(100_000)
    expect((await stat(file)).size).toBe(before - gained)
    expect((await store.sizes()).unusedBytes).toBe(0)
  })

  it('of before incremental vacuum is written anew once', async () => {
    const file = await newFile()
    const db = await Database.open(file, 'write')
    for (const [i, sql] of MIGRATIONS.slice(0, 5).entries())
      await db.exec(`${sql}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${i + 1}`)
    await db.exec(`INSERT INTO series VALUES (1, 'a', 's1', '{}', NULL, NULL);
      INSERT INTO chunk (series, tier, time_min, time_max, samples, gaps, crc, body) VALUES (1, 1, 0, 5, 2, 0, 0, zeroblob(90000));
      INSERT INTO rollup VALUES (1, 10000000, 0, x'010203'), (1, 60000000, 0, x'0405')`)
    await db.close()
    const store = await openStore(file)
    expect((await store.sizes()).series).toEqual([
      { series: 1, samples: 2, summedUp: 0, rawBytes: 90_000, rollupBytes: 5, from: 0, to: 0.005 },
    ])
    await store.eraseSamples({ series: new Set([1]), from: null, to: null })
    expect(await store.vacuum()).toBeGreaterThan(80_000)
    expect(await rows(file, 'PRAGMA auto_vacuum')).toEqual([{ auto_vacuum: 2 }])
  })
})

describe('erasing samples', () => {
  it('of a range leaves no byte of them in the files, and everything else as it was', async () => {
    const file = await newFile()
    const store = await openStore(file)
    // Values whose bytes are found in the file if they are there as they are: no codec has a shorter form of them.
    const values = Array.from({ length: 3_000 }, (_, i) => Math.sin(i + 1) * Math.PI)
    const samples = values.map((value, i): Sample => [1, i * 1000, value])
    await store.commit(commitOf(samples.slice(0, 1500)))
    await store.compact()
    await store.commit(commitOf(samples.slice(1500)))
    await store.saveSnapshot(2, Buffer.from(Float64Array.of(values[1_600] as number).buffer))
    const gone = (i: number) => i >= 1_000 && i <= 2_000
    const found = async () => {
      const bytes = Buffer.concat(
        await Promise.all([file, `${file}-wal`].map((each) => readFile(each).catch(() => Buffer.alloc(0)))),
      )
      return values.filter((value, i) => gone(i) && bytes.includes(Buffer.from(Float64Array.of(value).buffer))).length
    }
    expect(await found()).toBeGreaterThan(0)
    await store.eraseSamples({ series: new Set([1]), from: 1_000_000, to: 2_000_000 })
    expect(await found()).toBe(0)
    expect(await read(store, 1)).toEqual(samples.filter((_, i) => !gone(i)).map(([, time, value]) => [time, value]))
    await closeStores()
    const again = await openStore(file)
    expect((await again.resume()).storedSamples).toBe(3_000 - 1_001)
    expect(again.damage).toEqual([])
  })

  it('removes the results of windows that reach into the range, and of no other series', async () => {
    const file = await newFile()
    const store = await openStore(file)
    await store.definePipeline('p', ['mean'], 'm')
    const result = (key: number, start: number) => ({
      pipeline: 'p',
      key,
      start,
      end: start + 10,
      revision: 0,
      values: Float64Array.of(1),
    })
    const results = [result(1, 0), result(1, 10), result(1, 30), result(2, 10)]
    await store.commit(commitOf([...steady(3, 10), ...steady(3, 10, 2)], 'a', results))
    await store.eraseSamples({ series: new Set([1]), from: 15, to: 25 })
    expect(await rows(file, 'SELECT key, start_us FROM window_result ORDER BY key, start_us')).toEqual([
      { key: 1, start_us: 0 },
      { key: 1, start_us: 30_000 },
      { key: 2, start_us: 10_000 },
    ])
  })
})

describe('the views', () => {
  it('show results to the last bit', async () => {
    const file = await newFile()
    const store = await openStore(file)
    const special = [
      0,
      -0,
      1,
      -1.5,
      Math.PI,
      5e-324,
      2.2250738585072014e-308,
      1.7976931348623157e308,
      NaN,
      Infinity,
      -Infinity,
    ]
    await store.definePipeline('p', ['mean', 'max'], 'm')
    await store.commit(
      commitOf(
        [[1, 0, 1]],
        'a',
        special.map((value, n) => ({
          pipeline: 'p',
          key: 1,
          start: n * 1000 - 2_000.5,
          end: n * 1000 - 1_000.5,
          revision: 0,
          values: Float64Array.of(value, -value),
        })),
      ),
    )
    const found = await rows(file, `SELECT * FROM weir_results ORDER BY "start"`)
    const values = (name: string) => found.filter(({ statistic }) => statistic === name).map(({ value }) => value)
    const shown = (value: number) => (Number.isNaN(value) ? null : value)
    // What is before 1970 sorts before it as text too.
    expect(values('mean')).toEqual(
      special.map(shown).map((value) => (value === 0 ? (expect.closeTo(0, 300) as number) : value)),
    )
    expect(values('max')).toEqual(
      special.map((value) => shown(-value)).map((value) => (value === 0 ? (expect.closeTo(0, 300) as number) : value)),
    )
    expect(found[0]).toMatchObject({ pipeline: 'p', source: 'a', name: 's1', start: '1969-12-31T23:59:57.999500Z' })
  })

  it('show series and chunks', async () => {
    const { file } = await filled(steady(100))
    expect(await rows(file, 'SELECT * FROM weir_series')).toEqual([
      { id: 1, source: 'a', name: 's1', labels: '{}', unit: null, display: null },
    ])
    expect(await rows(file, 'SELECT name, "from", "to", samples, mean, raw FROM weir_chunks')).toEqual([
      {
        name: 's1',
        from: '1970-01-01T00:00:00.000000Z',
        to: '1970-01-01T00:01:39.000000Z',
        samples: 100,
        mean: expect.closeTo(steady(100).reduce((sum, [, , value]) => sum + value, 0) / 100, 9) as number,
        raw: 1,
      },
    ])
  })
})
