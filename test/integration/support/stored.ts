/** Real files of one store, filled by hand. */
import { join } from 'node:path'
import type { Commit, DecimatedPart } from '../../../main/contracts'
import { Database } from '../../../main/store/database'
import type { Row } from '../../../main/store/database'
import { SqliteStore } from '../../../main/store/sqlite-store'
import type { WindowResult } from '../../../shared/model/results'
import { SampleBuffer } from '../../../shared/model/samples'
import { temporaryFolder } from './world'

export type Sample = readonly [series: number, time: number, value: number]

const open: SqliteStore[] = []

export async function openStore(file: string): Promise<SqliteStore> {
  const { store } = await SqliteStore.open(file)
  open.push(store)
  return store
}

export async function closeStores(): Promise<void> {
  for (const store of open.splice(0)) await store.close()
}

export const newFile = async (): Promise<string> => join(await temporaryFolder(), 'weir.db')

export function commitOf(entries: readonly Sample[], source = 'a', results: readonly WindowResult[] = []): Commit {
  const samples = new SampleBuffer()
  for (const [series, time, value] of entries) samples.push(series, time, value, time + 5)
  const ids = [...new Set(entries.map(([series]) => series))]
  return {
    series: ids.map((id) => ({ id, source, name: `s${id}`, labels: {} })),
    block: { samples, runs: [{ source, partition: '', length: samples.length }], marks: [] },
    results,
    rejected: [],
    cursors: [],
  }
}

export async function read(store: SqliteStore, series: number, from: number | null = null, to: number | null = null) {
  const found: [number, number][] = []
  for await (const batch of store.samples({ series: new Set([series]), from, to }))
    for (let i = 0; i < batch.length; i++) found.push([batch.time[i] as number, batch.value[i] as number])
  return found
}

/** For drawing: what all parts hold together. */
export async function drawn(store: SqliteStore, columnMs: number, series = 1) {
  const all = { samples: 0, sum: 0, min: Infinity, max: -Infinity, from: Infinity, to: -Infinity }
  const add = (samples: number, sum: number, min: number, max: number, from: number, to: number): void => {
    all.samples += samples
    all.sum += sum
    all.min = Math.min(all.min, min)
    all.max = Math.max(all.max, max)
    all.from = Math.min(all.from, from)
    all.to = Math.max(all.to, to)
  }
  const draw = (part: DecimatedPart): void => {
    if ('buckets' in part)
      for (const each of part.buckets) add(each.samples, each.sum, each.min, each.max, each.from, each.to)
    else
      for (let i = 0; i < part.samples.length; i++) {
        const [time, value] = [part.samples.time[i] as number, part.samples.value[i] as number]
        if (!Number.isNaN(value)) add(1, value, value, value, time, time)
      }
  }
  for await (const part of store.decimated({ series: new Set([series]), from: null, to: null }, columnMs)) draw(part)
  return all
}

export async function rows(file: string, sql: string): Promise<Row[]> {
  const db = await Database.open(file, 'read')
  try {
    return await db.all(sql)
  } finally {
    await db.close()
  }
}
