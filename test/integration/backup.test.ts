/** `weir backup` of a file that an engine is writing: a whole state of it, which opens as any other. */
import { spawn } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder } from './support/world'

const open: SqliteStore[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})
async function opened(file: string): Promise<SqliteStore> {
  const { store } = await SqliteStore.open(file)
  open.push(store)
  return store
}

async function commit(store: SqliteStore, first: number, count: number): Promise<void> {
  const samples = new SampleBuffer()
  for (let i = first; i < first + count; i++) samples.push(1, i * 1000, i / 8, i * 1000)
  const runs = [{ source: 'a', partition: '', length: count }]
  const series = first === 0 ? [{ id: 1, source: 'a', name: 't', labels: {} }] : []
  await store.commit({ series, block: { samples, runs, marks: [] }, results: [], rejected: [], cursors: [] })
}

async function values(store: SqliteStore): Promise<number[]> {
  const found: number[] = []
  for await (const batch of store.samples({ series: new Set([1]), from: null, to: null }))
    found.push(...batch.value.subarray(0, batch.length))
  return found
}

function weir(...args: string[]): Promise<{ readonly code: number; readonly err: string }> {
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), 'backup', ...args])
  let err = ''
  child.stderr.on('data', (data: Buffer) => (err += String(data)))
  return new Promise((done) => child.once('exit', (code) => done({ code: code ?? -1, err })))
}

describe('weir backup', () => {
  it('copies one state of a file that is being written, chunks and journal', async () => {
    const folder = await temporaryFolder()
    const store = await opened(join(folder, 'weir.db'))
    await commit(store, 0, 20_000)
    await store.compact()
    let stop = false
    let written = 20_000
    const writing = (async () => {
      for (; !stop; written += 100) await commit(store, written, 100)
    })()
    const ended = await weir('--db', join(folder, 'weir.db'), '--output', join(folder, 'copy.db'))
    stop = true
    await writing
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.err).toMatch(/copy\.db: [\d.]+ MB/)
    const copied = await values(await opened(join(folder, 'copy.db')))
    expect(copied.length).toBeGreaterThanOrEqual(20_000)
    expect(copied.length).toBeLessThanOrEqual(written)
    expect(copied).toEqual(Array.from(copied, (_, i) => i / 8))
  })

  it('never writes over a file, and leaves none behind where it fails', async () => {
    const folder = await temporaryFolder()
    const store = await opened(join(folder, 'weir.db'))
    await commit(store, 0, 10)
    await writeFile(join(folder, 'there.db'), 'mine')
    const taken = await weir('--db', join(folder, 'weir.db'), '--output', join(folder, 'there.db'))
    expect(taken).toMatchObject({ code: 1 })
    expect(taken.err).toContain('is there already')
    expect((await weir('--db', join(folder, 'weir.db'), '--output', join(folder, 'no', 'x.db'))).code).toBe(1)
    expect((await weir('--db', join(folder, 'nothing.db'), '--output', join(folder, 'x.db'))).err).toContain(
      'not there',
    )
    expect((await readdir(folder)).filter((name) => !name.startsWith('weir.db')).sort()).toEqual(['there.db'])
  })
})
