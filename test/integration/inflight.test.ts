/** Packets that commits covered, on a real file. */
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Commit } from '../../main/contracts'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder } from './support/world'

const open: SqliteStore[] = []
const openStore = async (file: string) => {
  const { store } = await SqliteStore.open(file)
  open.push(store)
  return store
}
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

function commitOf(ids: readonly number[], mark: number, forget = false): Commit {
  const packets = new Uint8Array(ids.length * 10)
  ids.forEach((id, i) => packets.set([id & 255, id >> 8, mark], i * 10))
  return {
    series: [],
    block: { samples: new SampleBuffer(1), runs: [], marks: [] },
    results: [],
    rejected: [],
    cursors: [],
    inflight: [{ source: 'a', client: 'c', packets, forget }],
  }
}

/** The newest mark of each packet id, and how many rows there are. */
async function covered(store: SqliteStore): Promise<{ marks: Record<number, number>; rows: number }> {
  const marks: Record<number, number> = {}
  const entries = await store.inflight('a')
  for (const { packets } of entries)
    for (let at = 0; at < packets.length; at += 10)
      marks[(packets[at] as number) + 256 * (packets[at + 1] as number)] = packets[at + 2] as number
  return { marks, rows: entries.length }
}

describe('packets that commits covered', () => {
  it('are one row a commit, whose place is used again when all its ids came back', async () => {
    const file = join(await temporaryFolder(), 'weir.db')
    let store = await openStore(file)
    for (let round = 0; round < 50; round++) {
      const ids = [0, 1, 2].map((i) => ((round * 3 + i) % 12) + 65_520)
      await store.commit(commitOf(ids, round))
      if (round === 25) {
        await open.pop()?.close()
        store = await openStore(file)
      }
    }
    const { marks, rows } = await covered(store)
    expect(rows).toBeLessThanOrEqual(5)
    expect(Object.keys(marks)).toHaveLength(12)
    for (let id = 0; id < 12; id++) expect(marks[65_520 + id]).toBe(46 + ((Math.floor(id / 3) + 2) % 4))
  })

  it('go with the session and with the source', async () => {
    const store = await openStore(join(await temporaryFolder(), 'weir.db'))
    await store.commit(commitOf([1, 2], 1))
    await store.commit(commitOf([9], 2, true))
    expect(await covered(store)).toEqual({ marks: { 9: 2 }, rows: 1 })
    await store.eraseSource('a')
    expect(await covered(store)).toEqual({ marks: {}, rows: 0 })
    await store.commit(commitOf([3], 3))
    expect(await covered(store)).toEqual({ marks: { 3: 3 }, rows: 1 })
  })
})
