/** The room that is to stay free on a real, small file system: nothing is received below it, and it goes on by itself. */
import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import type { SourceInput } from '../../shared/config/workspace'
import { startEngine, storedSamples } from './support/engine'
import { temporaryFolder, until } from './support/world'

const mayMount = process.platform === 'linux' && process.getuid?.() === 0
if (!mayMount) console.warn('disk-floor.test.ts is skipped: only root on Linux may mount a small file system')

describe.skipIf(!mayMount)('a disk with little room', () => {
  let engine: Engine | undefined
  let mounted: string | undefined
  afterEach(async () => {
    await engine?.stop()
    if (mounted !== undefined) spawnSync('umount', [mounted])
  })

  it('stops what is received while less is free than is to stay, says so, and loses nothing', async () => {
    const disk = (mounted = await temporaryFolder())
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]).status).toBe(0)
    const input = join(await temporaryFolder(), 'readings.ndjson')
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => `{"ts":${(from + n) * 1000},"v":${from + n}}\n`).join('')
    await writeFile(input, lines(0, 100))
    engine = await startEngine(disk, {
      retention: { minimumFree: '16 MB' },
      sources: [
        {
          ...{ id: 'file', name: 'File', connection: { kind: 'file', path: input, format: 'ndjson', mode: 'follow' } },
          ...{ time: { field: 'ts' }, decoding: { fields: [{ path: 'v' }] } },
        } as SourceInput,
      ],
    })
    const notices = async () => (await (engine as Engine).status()).notices.map(({ text }) => text)
    await until(() => engine?.runtime.storedSamples === 100, 'readings are stored while there is room')

    const filler = join(disk, 'filler')
    await writeFile(filler, Buffer.alloc(36 << 20))
    await until(() => (engine?.runtime.freeBytes ?? Infinity) < 16e6, 'the engine sees that there is little room')
    await writeFile(input, lines(100, 200), { flag: 'a' })
    await until(async () => (await notices()).includes('notice.diskLow'), 'the engine says that there is little room')
    expect(engine.runtime.storedSamples).toBe(100)
    // What is stored can be read.
    expect(await storedSamples(engine)).toHaveLength(100)

    await rm(filler)
    await until(() => engine?.runtime.storedSamples === 200, 'the engine goes on by itself')
    await until(async () => !(await notices()).includes('notice.diskLow'), 'nothing is said any longer')
    expect((await storedSamples(engine)).map(({ value }) => value)).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })
})
