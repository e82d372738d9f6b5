/** A database on a real, small file system that fills up: nothing is lost, it is said, and it goes on by itself. */
import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { Database } from '../../main/store/database'
import type { SourceInput } from '../../shared/config/workspace'
import { startEngine, storedSamples } from './support/engine'
import { temporaryFolder, until } from './support/world'

const LINES = 300_000
const mayMount = process.platform === 'linux' && process.getuid?.() === 0
if (!mayMount) console.warn('disk-full.test.ts is skipped: only root on Linux may mount a small file system')

describe.skipIf(!mayMount)('a disk that is full', () => {
  let engine: Engine | undefined
  let mounted: string | undefined
  afterEach(async () => {
    await engine?.stop()
    if (mounted !== undefined) spawnSync('umount', [mounted])
  })

  it('stops storing, says so, and loses nothing once there is room', async () => {
    const disk = (mounted = await temporaryFolder())
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status).toBe(0)
    const filler = join(disk, 'filler')
    await writeFile(filler, Buffer.alloc(23 << 20))
    const input = join(await temporaryFolder(), 'readings.ndjson')
    // Values that hardly compress.
    const line = (_: unknown, n: number) =>
      `{"ts":${1_700_000_000_000 + n * 10},"v":${n + Math.abs(Math.sin(n)) / 2}}\n`
    await writeFile(input, Array.from({ length: LINES }, line).join(''))
    engine = await startEngine(disk, {
      // The floor would stop the source before the disk does.
      retention: { minimumFree: 'none' },
      sources: [
        {
          ...{ id: 'file', name: 'File', connection: { kind: 'file', path: input, format: 'ndjson' } },
          ...{ time: { field: 'ts' }, decoding: { fields: [{ path: 'v' }] } },
        } as SourceInput,
      ],
    })
    const notices = async () => (await (engine as Engine).status()).notices.map(({ text }) => text)
    await until(async () => (await notices()).includes('notice.diskFull'), 'the engine says that the disk is full')
    expect(engine.runtime.storedSamples).toBeLessThan(LINES)

    await rm(filler)
    await until(() => engine?.runtime.storedSamples === LINES, 'the engine goes on by itself', 60_000)
    expect(await notices()).not.toContain('notice.diskFull')
    const values = (await storedSamples(engine)).map(({ value }) => value)
    expect(values.length).toBe(LINES)
    expect(new Set(values).size).toBe(LINES)
    await engine.stop()
    engine = undefined
    const db = await Database.open(join(disk, 'weir.db'), 'read')
    expect(await db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    await db.close()
  })
})
