/** Charts of stored samples, on real files: drawn from rollups they say what the samples say. */
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { SampleBucket } from '../../main/contracts'
import { Database } from '../../main/store/database'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder } from './support/world'

interface Drawn {
  readonly buckets: readonly SampleBucket[]
  readonly samples: readonly (readonly [time: number, value: number])[]
}

const open: SqliteStore[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

async function opened(file: string): Promise<SqliteStore> {
  const { store } = await SqliteStore.open(file)
  open.push(store)
  return store
}

/** One series, moved into chunks. */
async function stored(file: string, samples: SampleBuffer): Promise<SqliteStore> {
  const store = await opened(file)
  await store.commit({
    series: [{ id: 1, source: 'a', name: 's', labels: {} }],
    block: { samples, runs: [{ source: 'a', partition: '', length: samples.length }], marks: [] },
    results: [],
    rejected: [],
    cursors: [],
  })
  await store.compact()
  return store
}

async function draw(store: SqliteStore, columnMs: number, from: number | null, to: number | null): Promise<Drawn> {
  const buckets: SampleBucket[] = []
  const samples: [number, number][] = []
  for await (const part of store.decimated({ series: new Set([1]), from, to }, columnMs))
    if ('buckets' in part) buckets.push(...part.buckets)
    else
      for (let i = 0; i < part.samples.length; i++)
        samples.push([part.samples.time[i] as number, part.samples.value[i] as number])
  return { buckets, samples }
}

/** What the drawing says of the values between two times, gaps left out. */
function summary({ buckets, samples }: Drawn) {
  const values = samples.filter(([, value]) => !Number.isNaN(value))
  const all = [
    ...values.map(([time, value]) => ({ from: time, to: time, samples: 1, min: value, max: value, sum: value })),
    ...buckets,
  ]
  return {
    samples: all.reduce((sum, each) => sum + each.samples, 0),
    min: all.reduce((low, each) => Math.min(low, each.min), Infinity),
    max: all.reduce((high, each) => Math.max(high, each.max), -Infinity),
    from: all.reduce((low, each) => Math.min(low, each.from), Infinity),
    to: all.reduce((high, each) => Math.max(high, each.to), -Infinity),
    sum: all.reduce((sum, each) => sum + each.sum, 0),
  }
}

/** One sample in about two seconds for about ten hours, with runs of gaps. */
function recorded(seed: number, gapEvery: number): SampleBuffer {
  const samples = new SampleBuffer()
  let state = seed
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32
  let time = 1_700_000_000_000
  let gaps = 0
  for (let i = 0; i < 17_000; i++) {
    time += random() < 0.001 ? 600_000 : random() < 0.1 ? 0 : Math.floor(random() * 4_000)
    if (gaps === 0 && random() < 1 / gapEvery) gaps = Math.ceil(random() * 40)
    samples.push(1, time, gaps > 0 ? NaN : Math.round(random() * 1000) / 10, time)
    if (gaps > 0) gaps -= 1
  }
  return samples
}

const plain = (samples: SampleBuffer, from: number, to: number): Drawn => ({
  buckets: [],
  samples: Array.from(
    { length: samples.length },
    (_, i) => [samples.time[i] as number, samples.value[i] as number] as const,
  ).filter(([time]) => time >= from && time <= to),
})

describe('rollups', () => {
  it('draw every range at every width as its samples would', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(200, 4_000, 1e9),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
          minLength: 3,
          maxLength: 3,
        }),
        async (seed, gapEvery, ranges) => {
          const samples = recorded(seed, gapEvery)
          const store = await stored(join(await temporaryFolder(), 'weir.db'), samples)
          const begin = samples.time[0] as number
          const length = (samples.time[samples.length - 1] as number) - begin
          for (const [a, b] of [...ranges, [0, 1] as const])
            for (const columnMs of [1, 10_000, 61_000, 700_000, 3_600_000, 86_400_000]) {
              const [from, to] = [begin + length * Math.min(a, b), begin + length * Math.max(a, b)]
              const drawn = await draw(store, columnMs, from, to)
              const { sum, ...expected } = summary(plain(samples, from, to))
              expect(summary(drawn)).toEqual({ ...expected, sum: expect.closeTo(sum, 3) as number })
              for (const bucket of drawn.buckets) expect(bucket.to - bucket.from).toBeLessThanOrEqual(columnMs)
              expect(joinedOverGaps(drawn, plain(samples, from, to))).toBe(0)
            }
          await store.close()
          open.length = 0
        },
      ),
      { numRuns: 8 },
    )
  }, 120_000)

  it('are read instead of the samples, and the samples where a rollup is damaged', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    let store = await stored(file, recorded(7, 1e9))
    const day = await draw(store, 600_000, null, null)
    expect(day.buckets.length).toBeGreaterThan(40)
    expect(day.samples.length).toBeLessThan(700)
    await store.close()
    open.length = 0
    const db = await Database.open(file, 'write')
    expect((await db.all('SELECT bucket_us / 1000000 AS s FROM rollup ORDER BY s')).map(({ s }) => s)).toEqual([
      60, 600, 3600, 21_600, 86_400,
    ])
    await db.run('UPDATE rollup SET crc = crc + 1')
    await db.close()
    store = await opened(file)
    const damaged = await draw(store, 600_000, null, null)
    expect(damaged.buckets).toEqual([])
    expect(summary(damaged)).toEqual({ ...summary(day), sum: expect.closeTo(summary(day).sum, 3) as number })
  })

  it('go with their source', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    const store = await stored(file, recorded(7, 1e9))
    await store.eraseSource('a')
    await store.close()
    open.length = 0
    const db = await Database.open(file, 'read')
    expect(await db.all('SELECT count(*) AS n FROM rollup')).toEqual([{ n: 0 }])
    await db.close()
  })
})

/** How many gaps lie strictly inside a bucket, or between two neighbours without a gap drawn there. */
function joinedOverGaps(drawn: Drawn, { samples }: Drawn): number {
  const points = [
    ...drawn.buckets.map(({ from, to }) => ({ from, to, gap: false })),
    ...drawn.samples.map(([time, value]) => ({ from: time, to: time, gap: Number.isNaN(value) })),
  ].sort((a, b) => a.from - b.from || a.to - b.to)
  let joined = 0
  let at = 0
  for (const [time, value] of samples) {
    if (!Number.isNaN(value)) continue
    while (at + 1 < points.length && (points[at + 1] as { from: number }).from <= time) at += 1
    const [before, after] = [points[at], points[at + 1]]
    if (before === undefined || points.some(({ from, to, gap }) => gap && (from === time || to === time))) continue
    if (before.to > time || (!before.gap && after !== undefined && !after.gap)) joined += 1
  }
  return joined
}
