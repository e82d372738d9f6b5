/** Another program holds the database for ten seconds: it is said, nothing is lost, and it goes on by itself. */
import { spawn } from 'node:child_process'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import type { SourceInput } from '../../shared/config/workspace'
import { startEngine, storedSamples } from './support/engine'
import { temporaryFolder, until } from './support/world'

const HELD_MS = 10_000
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `{"ts":${(from + i) * 1000},"n":${from + i}}\n`).join('')

describe('a database that another program holds', () => {
  let engine: Engine | undefined
  afterEach(() => engine?.stop())

  it('is waited for', async () => {
    const folder = await temporaryFolder()
    const input = join(folder, 'readings.ndjson')
    await writeFile(input, lines(0, 100))
    engine = await startEngine(folder, {
      sources: [
        {
          ...{ id: 'file', name: 'File', connection: { kind: 'file', path: input, format: 'ndjson', mode: 'follow' } },
          ...{ time: { field: 'ts' }, decoding: { fields: [{ path: 'n' }] } },
        } as SourceInput,
      ],
    })
    await until(() => engine?.runtime.storedSamples === 100, 'the first readings are stored')
    const [ended] = await hold(join(folder, 'weir.db'))
    await appendFile(input, lines(100, 200))
    const told = async () => (await (engine as Engine).status()).notices.map(({ text }) => text)
    await until(async () => (await told()).includes('notice.databaseLocked'), 'it is told that the file is held')
    expect(engine.runtime.storedSamples).toBe(100)
    // Charts read on.
    expect(await storedSamples(engine)).toHaveLength(100)
    await ended
    await until(() => engine?.runtime.storedSamples === 200, 'the rest is stored')
    await until(async () => (await told()).length === 0, 'nothing is told any longer')
    expect((await storedSamples(engine)).map(({ value }) => value)).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })
})

/** Resolves once another process has the lock; what it resolves with, when that process has ended. */
async function hold(file: string): Promise<Promise<unknown>[]> {
  const script = `const s = require('sqlite3'); const d = new s.Database(${JSON.stringify(file)})
d.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE; CREATE TABLE foreign_one (a)', (e) => {
  console.log(e ? e.message : 'held')
  setTimeout(() => d.exec('ROLLBACK', () => d.close()), ${HELD_MS})
})`
  const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  holder.stdout.on('data', (data: Buffer) => (said += String(data)))
  const ended = new Promise((resolve) => holder.once('exit', resolve))
  await until(() => said !== '', 'another process holds the file')
  expect(said).toContain('held')
  return [ended]
}
