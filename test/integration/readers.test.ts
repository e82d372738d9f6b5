/** Long reads of a real file while it is written: they hold up neither the writer nor its log, and read each sample once. */
import { afterEach, describe, expect, it } from 'vitest'
import { Database } from '../../main/store/database'
import { closeStores, commitOf, newFile, openStore, read } from './support/stored'
import type { Sample } from './support/stored'
import { until } from './support/world'

afterEach(closeStores)

/** Longer than a read may hold the state that it sees. */
const TOO_LONG_MS = 250
const FULL = 8192
const run = (series: number, from: number, count: number): Sample[] =>
  Array.from({ length: count }, (_, i) => [series, (from + i) * 1000, (from + i) % 100])

describe('a long read', () => {
  it('gives up its state of the file, so that the log is taken into it, and reads everything once', async () => {
    const file = await newFile()
    const store = await openStore(file)
    const parts = 3
    for (let part = 0; part < parts; part++) {
      await store.commit(commitOf([...run(1, part * FULL, FULL), ...run(2, part * FULL, FULL)]))
      await store.compact()
    }
    // In the journal alone.
    await store.commit(commitOf([...run(1, parts * FULL, 100), ...run(2, parts * FULL, 100)]))
    const end = (parts * FULL + 99) * 1000
    const expected = new Map([1, 2].map((id) => [id, run(id, 0, parts * FULL + 100)]))

    const other = await Database.open(file, 'write')
    const held = async (): Promise<boolean> => {
      const row = await other.one('PRAGMA wal_checkpoint(PASSIVE)')
      return Number(row?.['checkpointed']) < Number(row?.['log'])
    }
    const found = new Map<number, number[]>([
      [1, []],
      [2, []],
    ])
    let later = parts * FULL + 1000
    let wasHeld = 0
    for await (const batch of store.samples({ series: new Set([1, 2]), from: null, to: end })) {
      expect(await held()).toBe(false)
      found.get(batch.series[0] as number)?.push(...batch.time.subarray(0, batch.length))
      const since = performance.now()
      // What the read has in the journal is moved, and more comes.
      await store.commit(commitOf([...run(1, (later += 10), 10), ...run(2, later, 10)]))
      await store.compact()
      if (await held()) wasHeld += 1
      await until(() => performance.now() - since > TOO_LONG_MS, 'the read has held its state for too long')
    }
    await other.close()
    for (const [id, list] of expected) expect(found.get(id)).toEqual(list.map(([, time]) => time))
    expect(wasHeld).toBeGreaterThan(0)
  })

  it('does not keep another from reading', async () => {
    const file = await newFile()
    const store = await openStore(file)
    await store.commit(commitOf([...run(1, 0, 100), ...run(2, 0, 100)]))
    const long = store.samples({ series: new Set([1, 2]), from: null, to: null })
    expect((await long.next()).value?.length).toBe(100)
    for (let n = 0; n < 10; n++) expect(await read(store, 2)).toHaveLength(100)
    expect((await long.next()).value?.length).toBe(100)
    expect((await long.next()).done).toBe(true)
  })
})
