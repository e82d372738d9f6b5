/**
 * Kills a headless engine again and again while MQTT QoS 1 and a followed file feed it, then looks at what is stored: every
 * acknowledged reading once, and the windows of an uninterrupted run.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { workspace } from '../../../../shared/config/workspace'
import { Database } from '../../../../main/store/database'
import { startEngine } from '../engine'
import { startMosquitto } from '../mosquitto'
import { temporaryFolder, until } from '../world'
import { compare } from './comparison'
import type { Comparison } from './comparison'
import { DeviceFeed, DEVICES, FileFeed, loadSetup } from './load'
import { killedAt } from './victim'
import type { Moment } from './victim'

const MOMENTS: readonly Moment[] = ['commit', 'pass', 'any', 'snapshot', 'merge', 'start', 'removal', 'any']

const FILE = 'weir.db'
/** So long without a new reading: none will come. */
const QUIET_MS = 20_000

export interface Verdict extends Comparison {
  readonly kills: number
  readonly seed: number
  /** Sources of the last run whose ledger does not add up. */
  readonly ledger_differing: number
  /** Of SQLite. */
  readonly integrity: string
  /** Kills within a transaction of each kind. */
  readonly within: Readonly<Record<string, number>>
}

/** @param seed of the moments of the kills */
export async function rehearse(kills: number, seed: number): Promise<Verdict> {
  const folder = await temporaryFolder()
  const broker = await startMosquitto({ config: ['max_queued_messages 0'] })
  const files = new FileFeed(folder)
  let feed: DeviceFeed | undefined
  try {
    await subscribe(folder, broker.url, files)
    feed = await DeviceFeed.start(broker.url)
    files.start()
    const within = await killAgainAndAgain(folder, broker.url, files, kills, mulberry32(seed))
    const acknowledged = await feed.stop()
    files.stop()
    const ledger_differing = await readToTheEnd(folder, broker.url, files, acknowledged)
    const found = await compare(folder, acknowledged, files)
    return { kills, ...found, ledger_differing, integrity: await integrityOf(join(folder, FILE)), within, seed }
  } finally {
    files.stop()
    await feed?.stop()
    await broker.stop()
  }
}

/** Once, so that the broker keeps everything from now on. */
async function subscribe(folder: string, url: string, files: FileFeed): Promise<void> {
  const engine = await startEngine(folder, loadSetup(url, files))
  await until(() => engine.runtime.runners.get('plant')?.current.state === 'live', 'the broker knows the engine')
  await engine.stop()
}

async function killAgainAndAgain(
  folder: string,
  url: string,
  files: FileFeed,
  kills: number,
  chance: () => number,
): Promise<Record<string, number>> {
  const within: Record<string, number> = {}
  const config = join(folder, 'workspace.json')
  await writeFile(config, JSON.stringify(workspace.parse({ version: 1, ...loadSetup(url, files) })))
  for (let kill = 0; kill < kills; kill++) {
    const moment = MOMENTS[kill % MOMENTS.length] as Moment
    for (const step of await killedAt(moment, chance, config, join(folder, FILE)))
      within[step] = (within[step] ?? 0) + 1
  }
  return within
}

/** @returns how many ledgers do not add up */
async function readToTheEnd(folder: string, url: string, files: FileFeed, acknowledged: number): Promise<number> {
  const engine = await startEngine(folder, loadSetup(url, files))
  try {
    const all = acknowledged + DEVICES + files.lines + 1
    let [stored, since] = [-1, performance.now()]
    const complete = () => {
      const now = engine.runtime.storedSamples
      if (now !== stored) [stored, since] = [now, performance.now()]
      // What does not come at all is for the comparison to say.
      return now >= all || performance.now() - since > QUIET_MS
    }
    await until(complete, 'the engine has read what is left', 600_000)
    const { sources } = await engine.status()
    return sources.filter(({ ledger: of }) => {
      const records = of.decoded + of.rejected + of.filtered + of.redelivered
      return of.received !== records || of.samples !== of.stored + of.dropped
    }).length
  } finally {
    await engine.stop()
  }
}

async function integrityOf(file: string): Promise<string> {
  const db = await Database.open(file, 'read')
  const row = await db.one('PRAGMA integrity_check(1)')
  await db.close()
  return String(row?.['integrity_check'])
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
