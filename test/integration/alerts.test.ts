/** Alert rules in a running engine: what is stored of them, what outlives a restart and a crash, what people do. */
import { appendFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { alertRule } from '../../shared/config/alert'
import { workspace } from '../../shared/config/workspace'
import type { z } from 'zod'
import type { AlertNotice } from '../../shared/ipc/alerts'
import type { AlertEvent } from '../../shared/model/alert'
import { alertsOutlive } from './support/alert-kills'
import { startEngine } from './support/engine'
import { freePort, temporaryFolder, until } from './support/world'

const START = 1_700_000_000_000

let folder: string
let path: string
let engine: Engine | undefined
beforeEach(async () => {
  folder = await temporaryFolder()
  path = join(folder, 'log.ndjson')
  await writeFile(path, '')
})
afterEach(async () => {
  await engine?.stop()
  engine = undefined
})

const line = (t: number, value: number): string => `{"temperature":${value},"t":${START + t}}\n`
const send = (...readings: readonly (readonly [number, number])[]): Promise<void> =>
  appendFile(path, readings.map(([t, value]) => line(t, value)).join(''))

const HOT = {
  id: 'hot',
  name: 'Too hot',
  series: 'temperature',
  condition: { kind: 'above' as const, threshold: 95, recovery: 90 },
  severity: 'critical' as const,
}
const setup = (...alerts: z.input<typeof alertRule>[]) => ({
  sources: [
    {
      id: 'log',
      name: 'Log',
      connection: { kind: 'file' as const, path, format: 'ndjson' as const, mode: 'follow' as const },
      time: { field: 't' },
    },
  ],
  pipelines: [
    {
      id: 'w',
      name: 'w',
      source: 'log',
      window: { kind: 'tumbling' as const, size: '1s' },
      aggregates: ['mean', 'max'],
      time: { allowedLateness: '1h' },
    },
  ],
  alerts,
})
async function start(alerts: z.input<typeof alertRule>[] = [HOT], desktop = false): Promise<Engine> {
  return (engine = await startEngine(folder, setup(...alerts), {}, desktop))
}
async function restart(...how: Parameters<typeof start>): Promise<Engine> {
  await engine?.stop()
  return start(...how)
}
const ALL = { rule: null, series: null, from: null, to: null, before: Number.MAX_SAFE_INTEGER, limit: 10_000 }
/** Oldest first. */
const events = async (): Promise<AlertEvent[]> =>
  [...(await (engine as Engine).runtime.store.alerts.events(ALL))].reverse()
async function eventsAre(count: number): Promise<AlertEvent[]> {
  await until(async () => (await events()).length >= count, `${count} changes are stored`)
  return events()
}
const said = (all: readonly AlertEvent[]) => all.map(({ to, time, value, notify }) => [to, time - START, value, notify])

describe('alert rules of a running engine', () => {
  it('store each change with what caused it, and go on after a restart without telling it twice', async () => {
    await start()
    await send([0, 80], [1000, 96], [2000, 97])
    expect(said(await eventsAre(1))).toEqual([['firing', 1000, 96, 'firing']])
    expect((await events())[0]).toMatchObject({ rule: 'hot', name: 'Too hot', severity: 'critical', reason: 'met' })
    expect(engine?.alerts.standing()).toMatchObject([{ rule: 'hot', state: 'firing', since: START + 1000 }])
    expect(engine?.alerts.counts).toEqual({ firing: 1, open: 1 })

    await restart()
    expect(engine?.alerts.standing()).toMatchObject([{ state: 'firing', since: START + 1000, value: 97 }])
    await send([3000, 93], [4000, 89])
    expect(said(await eventsAre(2))).toEqual([
      ['firing', 1000, 96, 'firing'],
      ['normal', 4000, 89, 'resolved'],
    ])
    expect(engine?.alerts.standing()).toEqual([])
  })

  it('look at results of pipelines, and see their revisions', async () => {
    const results = { pipeline: 'w', statistic: 'max' as const }
    await start([{ ...HOT, results }])
    await send([0, 80], [500, 80], [1500, 80])
    await until(() => engine?.runtime.storedWindows === 1, 'a window has fired')
    expect(await events()).toEqual([])
    // A late reading changes the maximum of a window that has fired.
    await send([700, 99])
    const [first, ...more] = await eventsAre(1)
    expect(first).toMatchObject({ to: 'firing', value: 99, time: START + 999.999, revised: true })
    expect(more).toEqual([])
  })

  it('keep what people did: acknowledged, silenced until, told again afterwards', async () => {
    await start()
    await send([0, 96])
    const [{ series = 0 } = {}] = await eventsAre(1)
    expect(engine?.alerts.acknowledge('hot', series ?? 0)).toBe(true)
    expect(engine?.alerts.acknowledge('hot', 999)).toBe(false)
    const until1 = Date.now() + 3_600_000
    expect(engine?.alerts.silence('hot', series ?? 0, until1)).toBe(true)
    await eventsAre(3)
    await restart()
    expect(engine?.alerts.standing()).toMatchObject([{ acknowledged: true, silencedUntil: until1 }])
    // Over, and again: it is an alert that nobody is told of.
    await send([1000, 80], [2000, 97])
    expect((await eventsAre(5)).slice(3)).toMatchObject([
      { to: 'normal', notify: null },
      { to: 'firing', notify: null },
    ])
    expect(engine?.alerts.silence('hot', series ?? 0, Date.now() + 200)).toBe(true)
    // The change that it was not told of is told now.
    await until(async () => (await events())[4]?.notify === 'firing', 'it is told')
    expect(await eventsAre(6)).toHaveLength(6)
  })

  it('withdraw alerts of a rule that means something else now, and judge anew', async () => {
    await start()
    await send([0, 96])
    await eventsAre(1)
    await engine?.saveAlertRule(alertRule.parse({ ...HOT, condition: { kind: 'above', threshold: 200 } }))
    expect(said(await eventsAre(2)).at(-1)).toEqual(['normal', 0, 96, 'resolved'])
    expect(engine?.alerts.standing()).toEqual([])
    await engine?.saveAlertRule(alertRule.parse({ ...HOT, name: 'Hot', condition: { kind: 'above', threshold: 50 } }))
    await send([1000, 60])
    expect((await eventsAre(3)).at(-1)).toMatchObject({ name: 'Hot', to: 'firing', value: 60 })
    await engine?.removeAlertRule('hot')
    expect((await eventsAre(4)).at(-1)).toMatchObject({ reason: 'withdrawn', to: 'normal' })
    const reread = workspace.parse(engine?.currentWorkspace())
    expect(reread.alerts).toEqual([])
  })

  it('are shown on the desktop until somebody says that they were, also after a restart', async () => {
    await start([HOT], true)
    await send([0, 96])
    await eventsAre(1)
    await restart([HOT], true)
    const shown: AlertNotice[] = []
    const stop = engine?.listen((event, data) => {
      if (event === 'notifications') shown.push(...(data as readonly AlertNotice[]))
    })
    await until(() => shown.length > 0, 'it is to be shown')
    expect(shown[0]).toMatchObject({ rule: 'hot', title: 'temperature', value: 96, notify: 'firing', sound: false })
    await engine?.alerts.notified(shown.map(({ id }) => id))
    stop?.()
    await restart([HOT], true)
    expect(await engine?.runtime.store.alerts.untold()).toEqual([])
  })

  it('preview on stored history what they would have done, with what they saw', async () => {
    await start([])
    await send(...Array.from({ length: 200 }, (_, i) => [i * 1000, i % 50 < 10 ? 99 : 80] as const))
    await until(() => engine?.runtime.storedSamples === 200, 'they are stored')
    const preview = await engine?.alerts.preview(alertRule.parse(HOT), START, START + 200_000)
    expect(preview).toMatchObject({ alerts: 4, lasting: 0, alertMs: 40_000, notifications: 8, series: 1, cut: false })
    expect(preview?.shown?.periods[1]).toEqual([START + 50_000, START + 60_000])
    expect(preview?.shown?.columns).toHaveLength(3 * 200)
    await expect(engine?.alerts.preview(alertRule.parse({ ...HOT, series: 'nothing' }), START, START)).rejects.toThrow(
      'no series matches nothing',
    )
  })
})

/** A server that one source connects to. */
async function serve(port: number): Promise<{ send(text: string): void; close(): void }> {
  const peers = new Set<Socket>()
  const server = createServer((socket) => void peers.add(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    send: (text) => {
      for (const peer of peers) peer.write(text)
    },
    close: () => {
      server.close()
      for (const peer of peers) peer.destroy()
    },
  }
}

describe('a source that is away', () => {
  it('is one alert of its own, and over when it is back; its keys are not silent meanwhile', async () => {
    const port = await freePort()
    const first = await serve(port)
    const connection = { kind: 'tcp' as const, mode: 'client' as const, host: '127.0.0.1', port }
    const quiet = { ...HOT, id: 'quiet', condition: { kind: 'silent' as const, for: '2s' } }
    engine = await startEngine(folder, {
      sources: [{ id: 'tcp', name: 'Line', connection }],
      alerts: [quiet],
      sourceDown: { after: '1s' },
    })
    const state = () => engine?.runtime.runners.get('tcp')?.current.state
    await until(() => state() === 'live', 'it is live')
    first.send('{"temperature":1}\n')
    await until(() => engine?.runtime.storedSamples === 1, 'it is stored')
    first.close()
    const [down] = await eventsAre(1)
    expect(down).toMatchObject({ rule: 'source-down', source: 'tcp', series: null, to: 'firing', notify: 'firing' })
    // The rule of the key would be met by now.
    await until(() => Date.now() > (down?.time ?? 0) + 2000, 'it has been away for longer')
    expect(engine.alerts.standing()).toMatchObject([{ rule: 'source-down', severity: 'critical', series: null }])
    const second = await serve(port)
    try {
      expect((await eventsAre(2)).at(-1)).toMatchObject({ rule: 'source-down', to: 'normal', notify: 'resolved' })
    } finally {
      second.close()
    }
  })
})

describe('an engine that is killed at random', () => {
  it(
    'stores and tells every change once: those that a backtest finds (12 of the 50 kills in test:long)',
    {
      timeout: 120_000,
    },
    () => alertsOutlive(12),
  )
})
