/** Rejected records: counted by reason, kept, given out, and decoded again once the settings are right. */
import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Database } from '../../main/store/database'
import { workspace } from '../../shared/config/workspace'
import type { SourceInput } from '../../shared/config/workspace'
import { World } from './support/sockets'
import { freePort, temporaryFolder, until } from './support/world'

const HOUR = 3_600_000

async function worldWith(over: Partial<SourceInput>): Promise<{ world: World; folder: string; port: number }> {
  const port = await freePort()
  const folder = await temporaryFolder()
  const world = await World.start({ kind: 'tcp', mode: 'server', port }, over, {}, folder)
  await world.reaches('live')
  return { world, folder, port }
}

async function send(port: number, lines: readonly string[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await new Promise((done) => socket.write(lines.map((line) => `${line}\n`).join(''), done))
  return socket
}

const again = (world: World) => world.engine.runtime.rejectedRecords.decodeAgain('plant')
const counts = async (world: World) =>
  (await world.engine.runtime.rejectedRecords.counts('plant')).map(({ records, reason }) => [records, reason])

/** The settings of the running source with others in their place. */
async function change(world: World, over: Partial<SourceInput>): Promise<void> {
  const stored = world.engine.currentWorkspace().sources[0]
  const [changed] = workspace.parse({ version: 1, sources: [{ ...stored, ...over }] }).sources
  if (changed === undefined) throw new Error('there is no source')
  await world.engine.saveSource(changed, '10s')
  await world.reaches('live')
}

describe('rejected records', () => {
  it('are counted by reason without the values in it, over a restart, and discarded on demand', async () => {
    const { world, folder, port } = await worldWith({})
    await send(port, ['{"ts":"x1","n":1}', '{"ts":"y22","n":2}', 'no JSON 1', '{"ts":1700000000000,"n":5}'])
    await until(() => world.ledger?.rejected === 3 && world.ledger.stored === 1, 'all are looked at')
    await until(async () => (await counts(world)).length === 2, 'they are stored')
    const before = await counts(world)
    expect(before).toMatchObject([
      [2, expect.stringContaining('"y22"')],
      [1, expect.stringContaining('JSON')],
    ])
    await world.stop()
    const next = await World.start({ kind: 'tcp', mode: 'server', port }, {}, {}, folder)
    await next.reaches('live')
    expect(await counts(next)).toEqual(before)
    await send(port, ['{"ts":"z","n":1}'])
    await until(async () => (await counts(next))[0]?.[0] === 3, 'the count goes on')
    await next.engine.runtime.rejectedRecords.discard('plant')
    expect(await counts(next)).toEqual([])
    expect(await next.rejections()).toEqual([])
  })

  it('are stored once by settings that fit, and those that still do not fit stay with their reason of now', async () => {
    const { world, port } = await worldWith({ time: { field: 'ts' } })
    await send(port, ['{"at":1700000000001,"n":1}', '{"at":1700000000002,"n":2}', '{"ts":1700000000003,"n":3}', '[[['])
    await until(() => world.ledger?.received === 4, 'all are received')
    await world.stores(1)
    await change(world, { time: { field: 'at' } })
    expect(await again(world)).toEqual({ decoded: 2, rejected: 1 })
    expect(await world.values()).toEqual([1, 2, 3])
    expect(world.ledger).toMatchObject({ received: 3, decoded: 2, rejected: 1, samples: 2, stored: 2 })
    expect(await world.rejections()).toEqual([expect.stringContaining('JSON')])
    expect(await counts(world)).toMatchObject([[1, expect.stringContaining('JSON')]])
    expect(await again(world)).toEqual({ decoded: 0, rejected: 1 })
    expect(await world.values()).toEqual([1, 2, 3])
  })

  it('change places with their samples in one commit: where it fails, both are as they were', async () => {
    const { world, folder, port } = await worldWith({ time: { field: 'ts' } })
    await send(port, ['{"at":1700000000001,"n":1}'])
    await until(async () => (await counts(world)).length === 1, 'it is stored as rejected')
    await change(world, { time: { field: 'at' } })
    const other = await Database.open(join(folder, 'weir.db'), 'write')
    await other.exec("CREATE TRIGGER fault BEFORE INSERT ON journal BEGIN SELECT raise(ABORT, 'a fault'); END")
    const decoding = again(world)
    await until(async () => (await world.engine.status()).notices.length > 0, 'the fault is told')
    expect(await world.rejections()).toHaveLength(1)
    expect(await world.values()).toEqual([])
    await other.exec('DROP TRIGGER fault')
    await other.close()
    expect(await decoding).toEqual({ decoded: 1, rejected: 0 })
    expect(await world.rejections()).toEqual([])
    expect(await world.values()).toEqual([1])
  })

  it('as too far ahead by a difference of zones name the likely one, and are stored with it', async () => {
    const { world, port } = await worldWith({ time: { field: 'at', format: 'iso' } })
    const there = (n: number): string => new Date(Date.now() + 8 * HOUR - n).toISOString().replace('Z', '')
    await send(
      port,
      Array.from({ length: 30 }, (_, n) => JSON.stringify({ at: there(n), n })),
    )
    await until(() => world.ledger?.rejected === 30, 'all are rejected')
    const likely = (await world.engine.status()).sources[0]?.likelyZone
    expect(likely?.ahead).toBe(8 * HOUR)
    const zone = likely?.zone ?? ''
    expect(new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format()).toContain(
      'GMT+08:00',
    )
    await change(world, { time: { field: 'at', format: 'iso', zone } })
    expect(await again(world)).toEqual({ decoded: 30, rejected: 0 })
    expect(await world.values()).toHaveLength(30)
    expect((await world.engine.status()).sources[0]?.likelyZone).toBeNull()
  })

  it('are given out by the command line, bytes and all', async () => {
    const { world, folder, port } = await worldWith({})
    const socket = await send(port, ['not "JSON"'])
    socket.write(Buffer.from([0xff, 0xfe, 0x0a]))
    await until(async () => (await counts(world)).reduce((sum, [records]) => sum + Number(records), 0) === 2, 'both')
    const output = join(folder, 'rejected.ndjson')
    const args = ['rejected', '--db', join(folder, 'weir.db'), '--source', 'plant', '--output', output]
    const { status, stderr } = spawnSync(process.execPath, [resolve('out/main/cli.js'), ...args], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, '2 rejected records of plant\n'])
    const lines = (await readFile(output, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { payload: 'not "JSON"', reason: expect.stringContaining('JSON') },
      { payloadBase64: '//4=' },
    ])
  })
})
