/** A followed file through everything that happens to files, and a replayed one. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { appendFile, copyFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { startEngine, storedResults, storedSamples } from './support/engine'
import { startHeadless } from './support/headless'
import { temporaryFolder, until } from './support/world'

const START = 1_700_000_000_000

let folder: string
let path: string
let engine: Engine | undefined
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await temporaryFolder()
  path = join(folder, 'log.ndjson')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await engine?.stop()
  engine = undefined
})

const setup = (connection: Record<string, unknown> = {}, over: Record<string, unknown> = {}) => ({
  sources: [
    {
      id: 'log',
      name: 'Log',
      connection: { kind: 'file' as const, path, format: 'ndjson' as const, mode: 'follow' as const, ...connection },
      time: { field: 't' },
      ...over,
    },
  ],
  pipelines: [{ id: 'w', name: 'w', source: 'log', window: { kind: 'tumbling' as const, size: '1s' } }],
})
const start = async (connection?: Record<string, unknown>, over?: Record<string, unknown>): Promise<Engine> =>
  (engine = await startEngine(folder, setup(connection, over)))
const restart = async (connection?: Record<string, unknown>): Promise<Engine> => {
  await engine?.stop()
  return start(connection)
}

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `{"n":${from + i},"t":${START + from + i}}\n`).join('')
const runner = () => engine?.runtime.runners.get('log')
const state = () => runner()?.current.state
const live = () => until(() => state() === 'live', 'the source is live')

/** Exactly the numbers below `count`, each once. */
async function expectStored(count: number): Promise<void> {
  const running = engine as Engine
  await until(() => running.runtime.storedSamples >= count, `${count} readings are stored`)
  const values = (await storedSamples(running)).map(({ value }) => value).sort((a, b) => a - b)
  expect(values).toEqual(Array.from({ length: count }, (_, i) => i))
}

describe('a followed file', () => {
  it('may come later, and the end of its last line too', async () => {
    await start()
    await until(() => state() === 'retrying', 'it waits for the file')
    expect(runner()?.current).toMatchObject({ reason: 'log.ndjson is not there' })
    await writeFile(path, lines(0, 3) + '{"n":3,"t":17000')
    await expectStored(3)
    await appendFile(path, '00000003}\n')
    await expectStored(4)
    expect(runner()?.ledger.rejected).toBe(0)
  })

  it('is read from its end where that is asked for, also what is added while Weir is away', async () => {
    await writeFile(path, lines(100, 200) + '{"n":0,')
    await start({ from: 'end' })
    await live()
    await restart({ from: 'end' })
    await appendFile(path, `"t":${START}}\n` + lines(1, 3))
    await expectStored(3)
  })

  it('is followed through renaming; the old one is read to its end', async () => {
    await writeFile(path, lines(0, 5))
    await start()
    await expectStored(5)
    await rename(path, `${path}.1`)
    await writeFile(path, '')
    // The program that writes has not opened the new one yet.
    await appendFile(`${path}.1`, lines(5, 7) + lines(7, 8).trimEnd())
    await appendFile(path, lines(8, 10))
    await expectStored(10)
  })

  it('is followed through copying and cutting, also where it has grown beyond the old position by then', async () => {
    await writeFile(path, lines(0, 5))
    await start()
    await expectStored(5)
    await engine?.stop()
    await appendFile(path, lines(5, 8))
    await copyFile(path, `${path}.1`)
    await truncate(path, 0)
    await appendFile(path, lines(8, 40))
    await start()
    await expectStored(40)
  })

  it('is read anew where it was cut, or deleted and made again', async () => {
    await writeFile(path, lines(0, 5))
    await start()
    await expectStored(5)
    await truncate(path, 0)
    await appendFile(path, lines(5, 6))
    await expectStored(6)
    await rm(path)
    await until(() => state() === 'retrying', 'it says that the file is gone')
    await writeFile(path, lines(6, 8))
    await expectStored(8)
  })

  it('was rotated twice while Weir was away: nothing is left out and nothing read twice', async () => {
    await writeFile(path, lines(0, 5))
    await start()
    await expectStored(5)
    await engine?.stop()
    await appendFile(path, lines(5, 8))
    for (const [from, to] of [
      [8, 12],
      [12, 14],
    ] as const) {
      await rename(`${path}.1`, `${path}.2`).catch(() => undefined)
      await rename(path, `${path}.1`)
      await writeFile(path, lines(from, to))
    }
    await start()
    await expectStored(14)
    await restart()
    await live()
    await expectStored(14)
  })

  it('names its columns anew after a rotation, which a start in the middle of it knows', async () => {
    path = join(folder, 'log.csv')
    const over = { decoding: { format: 'csv', columns: ['t', 'a', 'b'], fields: [{ path: 'a' }] } }
    const csv = { format: 'csv' }
    await writeFile(path, `t,a,b\n${START},0,7\n`)
    await start(csv, over)
    await expectStored(1)
    await rename(path, `${path}.1`)
    await writeFile(path, `b,c,t,a\n7,8,${START + 1},1\n`)
    await expectStored(2)
    await engine?.stop()
    await appendFile(path, `7,8,${START + 2},2\n`)
    await start(csv, over)
    await expectStored(3)
    await rename(path, `${path}.2`)
    await writeFile(path, `t,b\n${START},7\n`)
    await until(() => runner()?.ledger.rejected === 1, 'a row without any of the fields is rejected')
    expect(runner()?.lastRejected?.reason).toMatch(/none of the fields is among the columns t, b/)
  })

  it('rejects noise and lines that are too long, each once, and stores the others', async () => {
    const noise = Buffer.from([0xff, 0xfe, 0, 1, 2, 0x0a])
    const long = Buffer.alloc(3 << 20, 0x61)
    await writeFile(path, Buffer.concat([Buffer.from(lines(0, 1)), noise, long]))
    await start()
    await until(() => runner()?.ledger.rejected === 2, 'both are rejected')
    await restart()
    await live()
    await appendFile(path, `rest of the long line\n${lines(1, 2)}`)
    await expectStored(2)
    expect(runner()?.ledger).toMatchObject({ received: 1, rejected: 0 })
  })

  it.each(['rename', 'copytruncate'])(
    'is read exactly once by an engine killed at any moment while it is rotated by %s',
    async (mode) => {
      const count = 12_000
      await writeFile(join(folder, 'workspace.json'), JSON.stringify({ version: 1, ...setup() }))
      let headless = await startHeadless(folder)
      children.push(headless.child)
      const script = fileURLToPath(new URL('./support/rotating-writer.mjs', import.meta.url))
      const writer = spawn(process.execPath, [script, path, mode, String(count), '1500'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.push(writer)
      const written = new Promise((done) => writer.stdout.once('data', done))
      for (let kill = 1; kill <= 4; kill++) {
        await headless.stores(kill * 1000 + Math.floor(Math.random() * 1000))
        await headless.end('SIGKILL')
        headless = await startHeadless(folder)
        children.push(headless.child)
      }
      await written
      await headless.stores(count)
      expect(await headless.end('SIGTERM')).toBe(0)
      engine = await startEngine(folder, { sources: [] })
      await expectStored(count)
    },
  )
})

describe('a replayed file', () => {
  it('goes on where it was, at another speed; its times may lie ahead and its windows all close', async () => {
    const t = Date.parse('2099-01-01T00:00Z')
    const hour = 3_600_000
    const rows = Array.from({ length: 4 }, (_, n) => `{"n":${n},"t":${t + Math.floor(n / 2) * hour}}\n`)
    await writeFile(path, rows.join(''))
    await start({ mode: 'replay', speed: '10x' })
    await expectStored(2)
    expect(state()).toBe('live')
    await restart({ mode: 'replay', speed: 'max' })
    await expectStored(4)
    await until(() => state() === 'finished', 'it is read to its end')
    const running = engine as Engine
    await until(() => running.runtime.storedWindows === 2, 'its windows close')
    expect((await storedResults(running, 'w')).map(({ values }) => values[0])).toEqual([2, 2])
  })

  it('says why it cannot be read', async () => {
    await start({ mode: 'replay' })
    await until(() => state() === 'failed', 'it fails')
    expect(runner()?.current).toMatchObject({ reason: 'log.ndjson is not there' })
  })
})
