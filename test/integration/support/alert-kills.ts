/** Alert rules over a file that is followed, in an engine that is killed: what is stored equals a backtest. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { backtestFile } from '../../../main/pipeline/backtest'
import type { AlertTransition } from '../../../main/pipeline/backtest'
import { StoredFile } from '../../../main/store/stored-file'
import { SqliteStore } from '../../../main/store/sqlite-store'
import { alertRule } from '../../../shared/config/alert'
import type { AlertEvent } from '../../../shared/model/alert'
import { startHeadless } from './headless'
import { temporaryFolder } from './world'

const START = 1_700_000_000_000
const HOT = { name: 'Too hot', series: 'temperature', condition: { kind: 'above', threshold: 95, recovery: 90 } }
const RULES = [
  { ...HOT, id: 'plain', repeatEvery: '1m' },
  { ...HOT, id: 'held', for: '700ms', keepFiringFor: '1s' },
  { ...HOT, id: 'reduced', reduce: { statistic: 'mean', window: '3s' } },
  { ...HOT, id: 'fast', condition: { kind: 'changes', faster: 35 } },
  { ...HOT, id: 'windows', results: { pipeline: 'w', statistic: 'max' } },
]
const setup = (path: string) => ({
  version: 1,
  sources: [
    {
      id: 'log',
      name: 'Log',
      connection: { kind: 'file', path, format: 'ndjson', mode: 'follow' },
      time: { field: 't' },
    },
  ],
  pipelines: [
    { id: 'w', name: 'w', source: 'log', window: { kind: 'tumbling', size: '1s' }, aggregates: ['mean', 'max'] },
  ],
  alerts: RULES,
})

/** Every change of five rules is stored and told once, over so many kills: those that a backtest finds. */
export async function alertsOutlive(kills: number): Promise<void> {
  const folder = await temporaryFolder()
  const path = join(folder, 'log.ndjson')
  const seed = Math.floor(Math.random() * 2 ** 31)
  let state = seed
  const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32
  let n = 0
  let level = 90
  const more = (): Promise<void> =>
    appendFile(
      path,
      Array.from({ length: 200 }, () => {
        level += (random() - 0.5) * 8 + (90 - level) * 0.05
        return `{"temperature":${level.toFixed(2)},"t":${START + n++ * 100}}\n`
      }).join(''),
    )
  await writeFile(join(folder, 'workspace.json'), JSON.stringify(setup(path)))
  for (let kill = 0; kill < kills; kill++) {
    await more()
    await killed(folder, random() * 500)
  }
  const last = await startHeadless(folder)
  try {
    await last.stores(n)
  } finally {
    expect(await last.end('SIGTERM'), `seed ${seed}`).toBe(0)
  }
  await expectBacktest(join(folder, 'weir.db'), seed)
}

/** At any moment from its first commit on. */
async function killed(folder: string, after: number): Promise<void> {
  const args = ['run', '--config', join(folder, 'workspace.json'), '--db', join(folder, 'weir.db')]
  const child: ChildProcess = spawn(process.execPath, [
    ...[resolve('out/main/cli.js'), ...args],
    ...['--rehearsal', '900,300'],
  ])
  const gone = once(child, 'exit')
  try {
    if (child.stdout !== null) await once(child.stdout, 'data')
    await delay(after)
  } finally {
    child.kill('SIGKILL')
    await gone
  }
}

async function expectBacktest(database: string, seed: number): Promise<void> {
  const stored = await storedEvents(database)
  const file = await StoredFile.open(database)
  try {
    for (const rule of RULES.map((entry) => alertRule.parse(entry))) {
      const expected: AlertTransition[] = []
      const out = (transition: AlertTransition): void => void expected.push(transition)
      await backtestFile({ file, rule, from: null, to: null, between: () => Promise.resolve(), out })
      const found = stored.filter((event) => event.rule === rule.id)
      expect(plain(found), `${rule.id}, seed ${seed}`).toEqual(plain(expected))
      expect(expected.length, rule.id).toBeGreaterThan(1)
    }
  } finally {
    await file.close()
  }
}

async function storedEvents(database: string): Promise<AlertEvent[]> {
  const { store } = await SqliteStore.open(database)
  try {
    const events: AlertEvent[] = []
    for await (const event of store.alerts.after(0)) events.push(event)
    return events
  } finally {
    await store.close()
  }
}

const plain = (list: readonly (AlertEvent | AlertTransition)[]) =>
  list.map(({ id, from, to, reason, notify }) => [id, from, to, reason, notify ?? null])
