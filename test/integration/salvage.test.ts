/** Files that SQLite cannot open: kept, followed by a new one with what can be read, and nothing of it unsaid. */
import { spawn } from 'node:child_process'
import { appendFile, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import type { SourceInput } from '../../shared/config/workspace'
import type { AlertEntry, Commit, OutboxEntry } from '../../main/contracts'
import { Database } from '../../main/store/database'
import type { WindowResult } from '../../shared/model/results'
import { flipBody, overwrite, pageSize, ruinPage, tear } from './support/damage'
import { startEngine, storedResults, storedSamples } from './support/engine'
import { closeStores, commitOf, newFile, openStore, read, rows } from './support/stored'
import type { Sample } from './support/stored'
import { temporaryFolder, until } from './support/world'

let engine: Engine | undefined
afterEach(async () => {
  await engine?.stop()
  engine = undefined
  await closeStores()
})

const CHUNKS = 60
const IN_A_CHUNK = 100
const STORED = CHUNKS * IN_A_CHUNK
/** Values that hardly compress: a page holds few chunks. */
const sample = (n: number): Sample => [1, n * 1000, Math.sin(n * n) * 1e9]
const samples = (from: number, count: number) => Array.from({ length: count }, (_, i) => sample(from + i))
const pairs = (list: readonly Sample[]) => list.map(([, time, value]) => [time, value])
const resultOf = (n: number): WindowResult => ({
  ...{ pipeline: 'p', key: 1, start: n * 1000, end: (n + 1) * 1000, revision: 0, values: Float64Array.of(n, n, n, n) },
})

/** Changes of alerts that wait for the desktop and for an output, from a number on. */
function alertsOf(count: number, from = 0): Pick<Commit, 'alerts' | 'outbox'> {
  const rule = { rule: 'hot', name: 'Too hot '.repeat(40), severity: 'warning', source: 'a' } as const
  const alerts = Array.from({ length: count }, (_, i): AlertEntry => {
    const n = from + i
    const change = { from: 'normal', to: 'firing', reason: 'met', notify: 'firing' } as const
    return {
      ...{ ...rule, ...change, number: n + 1, id: `alert-${n}`, series: 1, time: n * 1000, at: n * 1000 + 5 },
      ...{ value: n, revised: false, until: null, desktop: true },
    }
  })
  const outbox = alerts.map(({ id, time, at, value, name, from: before, to, reason, notify }): OutboxEntry => {
    const subject = { source: 'a', series: 's1', labels: {}, unit: null, rule: 'hot', severity: 'warning' } as const
    const body = { kind: 'alert', ...subject, id, time, at, value, name, from: before, to, reason, notify } as const
    return { output: 'out', rule: 'hot', created: at, body }
  })
  return { alerts, outbox }
}

/** Chunks of the first samples, ten more in the journal, a thousand results, a cursor and a snapshot. */
async function filled(file: string): Promise<void> {
  const store = await openStore(file)
  await store.definePipeline('p', ['count', 'min', 'max', 'mean'], '')
  await store.commit(
    commitOf(
      [],
      'a',
      Array.from({ length: 1000 }, (_, n) => resultOf(n)),
    ),
  )
  for (let n = 0; n < CHUNKS; n++) {
    await store.commit(commitOf(samples(n * IN_A_CHUNK, IN_A_CHUNK)))
    await store.compact()
  }
  const unit = commitOf(samples(STORED, 10))
  await store.commit({ ...unit, cursors: [{ source: 'a', partition: '', value: 'here' }] })
  await store.saveSnapshot((await store.resume()).lastSeq, Buffer.from('the state of all windows'))
  await closeStores()
}

/** As files of before are: their pages stay as large as they were made. */
async function madeWithPages(file: string, bytes: number): Promise<void> {
  const db = await Database.open(file, 'write')
  await db.exec(`PRAGMA page_size = ${bytes}; PRAGMA auto_vacuum = INCREMENTAL; VACUUM`)
  await db.close()
}

const results = async (file: string) => (await rows(file, 'SELECT count(*) AS n FROM window_result'))[0]?.['n']

function weir(...args: string[]): Promise<{ readonly code: number; readonly err: string }> {
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args])
  let err = ''
  child.stderr.on('data', (data: Buffer) => (err += String(data)))
  return new Promise((done) => child.once('exit', (code) => done({ code: code ?? -1, err })))
}

describe('a file that cannot be opened', () => {
  it.each([2048, 4096])(
    'for wrong bits in its header is kept, and the new one has all of it (pages of %i)',
    async (bytes) => {
      const file = await newFile()
      await madeWithPages(file, bytes)
      await filled(file)
      expect(await pageSize(file)).toBe(bytes)
      const header = (await readFile(file)).subarray(0, 100)
      await overwrite(file, 3, Uint8Array.of(0))
      await overwrite(file, 16, Uint8Array.of(0xff, 0xff))
      const store = await openStore(file)
      expect((await store.cursors('a')).get('')).toBe('here')
      expect(String((await store.resume()).snapshot?.body)).toBe('the state of all windows')
      await store.commit(commitOf(samples(STORED + 10, 10)))
      await store.salvage()
      expect(await read(store, 1)).toEqual(pairs(samples(0, STORED + 20)))
      expect(await results(file)).toBe(1000)
      expect(store.salvaged).toMatchObject({ readings: STORED + 10, results: 1000, lostReadings: 0, unknown: 0 })
      const [aside] = (await readdir(dirname(file))).filter((name) => name.endsWith('.header'))
      expect((await readFile(join(dirname(file), aside as string))).subarray(18, 72)).toEqual(header.subarray(18, 72))
      await closeStores()
      expect((await openStore(file)).salvaged).toBeNull()
    },
  )

  it('for a torn tail is followed by one with what was before', async () => {
    const file = await newFile()
    await filled(file)
    await tear(file, (await stat(file)).size - 12 * (await pageSize(file)) + 100)
    const store = await openStore(file)
    await store.salvage()
    const found = await read(store, 1)
    const all = new Set(pairs(samples(0, STORED + 10)).map(String))
    expect(found.every((pair) => all.has(String(pair)))).toBe(true)
    expect(found.length).toBeGreaterThan(STORED / 4)
    const said = store.salvaged
    expect(said?.readings).toBe(found.length)
    expect((said?.lostReadings ?? 0) + (said?.unknown ?? 0)).toBeGreaterThan(0)
    expect(await rows(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })

  it('for a page of its journal loses what is on it', async () => {
    const file = await newFile()
    const first = await openStore(file)
    for (let n = 0; n < 60; n++) await first.commit(commitOf(samples(n * 10, 10)))
    await closeStores()
    await ruinPage(file, 'journal', 1)
    const store = await openStore(file)
    await store.salvage()
    const found = await read(store, 1)
    expect(store.salvaged?.unknown).toBeGreaterThan(0)
    expect(found).toHaveLength(600 - (store.salvaged?.unknown ?? 0) * 10)
    expect(found.at(-1)).toEqual([599_000, sample(599)[2]])
  })

  it('goes on being brought in after an end in the middle, and nothing comes twice', async () => {
    const file = await newFile()
    await filled(file)
    await overwrite(file, 3, Uint8Array.of(0))
    const store = await openStore(file)
    const part = store.salvage()
    await closeStores()
    await part
    const again = await openStore(file)
    await again.salvage()
    expect(await read(again, 1)).toEqual(pairs(samples(0, STORED + 10)))
    expect(again.salvaged).toMatchObject({ readings: STORED + 10, results: 1000, stage: 'done' })
  })
})

describe('weir salvage', () => {
  it('brings all but the damaged pages into a new file, with gaps where they were', async () => {
    const file = await newFile()
    await filled(file)
    await flipBody(file, 'SELECT body FROM chunk WHERE id = 40')
    await ruinPage(file, 'chunk', 1)
    await ruinPage(file, 'window_result', 3)
    const output = join(dirname(file), 'new.db')
    const { code, err } = await weir('salvage', '--db', file, '--output', output)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/100 readings are lost/) as string })
    const store = await openStore(output)
    const found = await read(store, 1)
    expect(err).toContain(`${found.length} readings and ${String(await results(output))} window results of ${file}`)
    expect(found.length).toBeGreaterThan(STORED - 2000)
    expect(found.length).toBeLessThan(STORED - 100)
    expect(Number(await results(output))).toBeGreaterThan(800)
    expect(store.damage).toMatchObject([{ kind: 'chunk', id: 40 }])
    expect(await weir('salvage', '--db', file, '--output', output)).toMatchObject({ code: 1, err: /is there already/ })
  })

  it('brings the history of alerts, and all that waits for outputs, but for what was on a damaged page', async () => {
    const file = await newFile()
    const first = await openStore(file)
    await first.commit({ ...commitOf(samples(0, 10)), ...alertsOf(400) })
    await first.outbox.delivered('out', await first.outbox.waiting('out', 100))
    await first.outbox.setAside('out', await first.outbox.waiting('out', 50), 'refused')
    await closeStores()
    await ruinPage(file, 'alert_event', 3)
    await ruinPage(file, 'outbox', 4)
    const output = join(dirname(file), 'new.db')
    expect((await weir('salvage', '--db', file, '--output', output)).code).toBe(1)
    const store = await openStore(output)
    const events = await store.alerts.events({
      ...{ rule: null, series: null, from: null, to: null },
      ...{ before: 1e9, limit: 1e9 },
    })
    expect(events.length).toBeGreaterThan(350)
    expect(events.length).toBeLessThan(400)
    const untold = new Set((await store.alerts.untold()).map(({ id }) => id))
    expect(events.every(({ id }) => untold.has(id))).toBe(true)
    const counts = await store.outbox.counts('out')
    expect(counts).toMatchObject({ delivered: 100, reason: 'refused' })
    expect(counts.waiting + counts.setAside).toBeGreaterThan(250)
    expect(counts.waiting + counts.setAside).toBeLessThan(300)
    const waiting = await store.outbox.waiting('out', 1000)
    expect(waiting.map(({ seq }) => seq)).toEqual([...waiting.map(({ seq }) => seq)].sort((a, b) => a - b))
    expect(waiting.at(-1)?.body.id).toBe('alert-399')
    // What comes now goes behind it.
    await store.commit({ ...commitOf([]), ...alertsOf(1, 400) })
    expect((await store.outbox.waiting('out', 1000)).at(-1)?.body.id).toBe('alert-400')
  })

  it('says so where nothing can be read, and leaves nothing behind', async () => {
    const file = await newFile()
    await writeFile(file, Buffer.alloc(1 << 20, 7))
    const output = join(dirname(file), 'new.db')
    const { code, err } = await weir('salvage', '--db', file, '--output', output)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('nothing of') as string })
    expect((await readdir(dirname(file))).filter((name) => name.startsWith('new.db'))).toEqual([])
  })
})

describe('an engine', () => {
  const START = 1_700_000_040_000
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `{"ts":${START + (from + i) * 1000},"n":${from + i}}\n`).join('')
  const setup = (input: string) => ({
    sources: [
      {
        ...{ id: 'file', name: 'File', connection: { kind: 'file', path: input, format: 'ndjson', mode: 'follow' } },
        ...{ time: { field: 'ts' }, decoding: { fields: [{ path: 'n' }] } },
      } as SourceInput,
    ],
    pipelines: [
      {
        ...{ id: 'w', name: 'w', source: 'file', window: { kind: 'tumbling' as const, size: '1m' } },
        aggregates: ['count', 'sum'],
      },
    ],
  })
  const stored = (count: number) => until(() => engine?.runtime.storedSamples === count, `${count} readings are stored`)
  const notices = async () => (await engine?.status())?.notices ?? []

  it('whose file is damaged goes on where its source was, with the windows that were open', async () => {
    const folder = await temporaryFolder()
    const input = join(folder, 'readings.ndjson')
    await writeFile(input, lines(0, 90))
    engine = await startEngine(folder, setup(input))
    await stored(90)
    await engine.stop()
    await overwrite(join(folder, 'weir.db'), 3, Uint8Array.of(0))
    await appendFile(input, lines(90, 200))

    engine = await startEngine(folder, setup(input))
    await stored(200)
    await until(async () => (await storedResults(engine as Engine, 'w')).length === 3, 'three windows are stored')
    expect((await storedResults(engine, 'w')).map(({ values }) => [...values])).toEqual(
      [0, 60, 120].map((from) => [60, 60 * from + (59 * 60) / 2]),
    )
    expect((await storedSamples(engine)).map(({ value }) => value)).toEqual(Array.from({ length: 200 }, (_, n) => n))
    await until(async () => (await notices()).some(({ text }) => text === 'notice.salvaged'), 'the salvage is told')
    const moved = (await notices()).find(({ text }) => text === 'notice.databaseMoved')
    expect(await readdir(folder)).toContain(basename(moved?.params['file'] ?? ''))
  })

  it('without a state of its windows and without the journal says from when on they are counted', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'weir.db')
    const input = join(folder, 'readings.ndjson')
    await writeFile(input, lines(0, 70))
    engine = await startEngine(folder, setup(input))
    await stored(70)
    await engine.stop()
    await appendFile(input, lines(70, 80))
    engine = await startEngine(folder, setup(input))
    expect((await notices()).map(({ text }) => text)).not.toContain('notice.windowsCountedFrom')
    await stored(80)
    await engine.stop()
    // Both kept snapshots cover the first commits: they are no longer in the journal.
    const store = await openStore(file)
    await store.compact()
    await closeStores()
    expect((await rows(file, 'SELECT min(seq) AS first FROM journal'))[0]?.['first']).not.toBe(1)
    for (const { seq } of await rows(file, 'SELECT seq FROM snapshot'))
      await flipBody(file, `SELECT body FROM snapshot WHERE seq = ${String(seq)}`)

    engine = await startEngine(folder, setup(input))
    const texts = (await notices()).map(({ text }) => text)
    expect(texts).toContain('notice.windowsCountedFrom')
    await until(async () => (await notices()).some(({ text }) => text === 'notice.damagedSnapshot'), 'it is told')
  })
})
