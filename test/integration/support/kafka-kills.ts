/** Numbered records of 50 devices in 4 partitions, and an engine that is killed again and again while it reads them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Admin } from 'kafkajs'
import sqlite3 from 'sqlite3'
import { expect } from 'vitest'
import { startHeadless } from './headless'
import { createTopic, kafkaSource, START } from './kafka'
import type { KafkaBroker } from './kafka-broker'
import { DEVICES, expectExactlyOnce, writeNumberedWorkspace } from './numbered'
import { temporaryFolder, until } from './world'

export interface Kills {
  readonly records: number
  readonly perSecond: number
  readonly kills: number
}

/** @returns for each kill how long it took until the next engine had stored something new, ms. */
export async function survivesKills(
  { broker, admin }: { broker: KafkaBroker; admin: Admin },
  { records, perSecond, kills }: Kills,
): Promise<number[]> {
  const topic = `kills-${records}`
  await createTopic(admin, topic, 4)
  const folder = await temporaryFolder()
  const source = kafkaSource(broker.at.PLAINTEXT, [topic], { keyLabel: 'device' })
  await writeNumberedWorkspace(folder, source)
  let engine = await startHeadless(folder)
  const part = records / (kills + 1)
  // The next part begins at the kill, so that something new is always there to be read after it.
  const goal = { records: part }
  const produced = produce(broker.at.PLAINTEXT, topic, goal, records, perSecond)
  const back: number[] = []
  for (let kill = 1; kill <= kills; kill++) {
    await engine.stores(Math.floor(part * (kill - Math.random())) + 1)
    // A moment of its own within the commit that is on its way.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
    await engine.end('SIGKILL')
    const before = await storedPosition(folder)
    const killed = performance.now()
    goal.records += part
    const next = startHeadless(folder)
    await until(async () => (await storedPosition(folder)) > before, 'the next engine stores something')
    back.push(performance.now() - killed)
    engine = await next
  }
  await produced
  await engine.stores(records, 180_000)
  expect(await engine.end('SIGTERM')).toBe(0)
  await expectExactlyOnce(folder, records, START)
  return back
}

/** By kcat; a device's records keep their order, because its name is their key. */
async function produce(
  brokerAt: string,
  topic: string,
  goal: { readonly records: number },
  records: number,
  perSecond: number,
): Promise<void> {
  const child = spawn('kcat', ['-P', '-b', brokerAt, '-t', topic, '-K', '\t', '-X', 'linger.ms=5'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const gone = once(child, 'exit')
  let last = performance.now()
  for (let n = 0; n < records;) {
    const now = performance.now()
    const due = Math.min(records, goal.records, n + Math.ceil(((now - last) * perSecond) / 1000))
    last = now
    let lines = ''
    for (; n < due; n++) lines += `device-${n % DEVICES}\t{"ts":${START + n},"n":${n}}\n`
    if (!child.stdin.write(lines)) await once(child.stdin, 'drain')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  child.stdin.end()
  expect((await gone)[0]).toBe(0)
}

/** Sum of the next offsets in the file, read beside whatever engine runs on it. */
function storedPosition(folder: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(join(folder, 'weir.db'), sqlite3.OPEN_READONLY)
    database.all('SELECT value FROM cursor', (error: Error | null, rows: { value: string }[]) => {
      database.close()
      if (error === null) resolve(rows.reduce((sum, { value }) => sum + Number(value.split(' ')[0]), 0))
      else reject(error)
    })
  })
}
