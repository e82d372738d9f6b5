/** A real file: what stored results become when the definition of their pipeline changes. */
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Commit } from '../../main/contracts'
import { SqliteStore } from '../../main/store/sqlite-store'
import type { WindowResult } from '../../shared/model/results'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder } from './support/world'

const ALL = { from: null, to: null }

describe('stored results of a pipeline', () => {
  let store: SqliteStore | undefined
  afterEach(async () => {
    await store?.close()
    store = undefined
  })

  async function opened(): Promise<SqliteStore> {
    store = (await SqliteStore.open(join(await temporaryFolder(), 'weir.db'))).store
    return store
  }

  const result = (key: number, start: number, ...values: number[]): WindowResult => ({
    pipeline: 'p',
    key,
    start,
    end: start + 10,
    revision: 0,
    values: Float64Array.from(values),
  })

  const unit = (results: readonly WindowResult[], times: readonly number[] = []): Commit => {
    const samples = new SampleBuffer(4)
    for (const time of times) samples.push(1, time, 0, time)
    const runs = times.length === 0 ? [] : [{ source: 's', partition: '', length: times.length }]
    return { series: [], block: { samples, runs, marks: [] }, results, rejected: [], cursors: [] }
  }

  async function values(from: SqliteStore, keys: readonly number[]): Promise<number[][]> {
    const rows: number[][] = []
    for await (const results of from.results('p', { series: new Set(keys), ...ALL }))
      rows.push(...results.map((each) => [...each.values]))
    return rows
  }

  it('keep their columns under the names of the statistics, and have null in new ones', async () => {
    const file = await opened()
    await file.definePipeline('p', ['count', 'mean', 'max'], 'a')
    await file.commit(unit([result(1, 0, 3, -0.5, 1e300), result(2, 0, 4, NaN, 5e-324)]))
    await file.definePipeline('p', ['max', 'p95', 'count'], 'a')
    expect(file.aggregates('p')).toEqual(['max', 'p95', 'count'])
    expect(await values(file, [1, 2])).toEqual([
      [1e300, NaN, 3],
      [5e-324, NaN, 4],
    ])
    await file.commit(unit([result(1, 10, 1, 2, 3)]))
    expect(await values(file, [1])).toEqual([
      [1e300, NaN, 3],
      [1, 2, 3],
    ])
  })

  it('go when they mean something else, those of other pipelines stay', async () => {
    const file = await opened()
    await file.definePipeline('p', ['count'], 'a')
    await file.definePipeline('q', ['count'], 'a')
    await file.commit(unit([result(1, 0, 3), { ...result(7, 0, 4), pipeline: 'q' }]))
    await file.definePipeline('p', ['count'], 'b')
    expect(await values(file, [1])).toEqual([])
    expect(await file.keys('q')).toEqual([7])
    await file.erasePipeline('q')
    expect(await file.keys('q')).toEqual([])
  })

  it('are listed by their keys', async () => {
    const file = await opened()
    await file.definePipeline('p', ['count'], 'a')
    expect(await file.keys('p')).toEqual([])
    await file.commit(unit([9, 2, 2, 5].map((key, i) => result(key, i * 10, 1))))
    expect(await file.keys('p')).toEqual([2, 5, 9])
    expect(await file.keys('unknown')).toEqual([])
  })

  it('a preview begins with the newest blocks that hold what it takes', async () => {
    const file = await opened()
    const past = async (samples: number, from: number) => {
      const times: number[] = []
      let whole = true
      for await (const block of file.past('a', { series: new Set([1]), from, to: null }, samples)) {
        times.push(...block.samples.time.slice(0, block.samples.length))
        whole = block.complete
      }
      return { first: times[0], whole }
    }
    expect(await past(10, 0)).toEqual({ first: undefined, whole: true })
    for (let block = 0; block < 4; block++) await file.commit(unit([], [block * 10, block * 10 + 1, block * 10 + 2]))
    expect(await past(12, 0)).toEqual({ first: 0, whole: true })
    expect(await past(7, 0)).toEqual({ first: 20, whole: false })
    expect(await past(1, 0)).toEqual({ first: 30, whole: false })
    expect(await past(6, 15)).toEqual({ first: 20, whole: true })
  })
})
