/** Alerts as notifications that a real notification daemon shows; a click on one opens the chart at the moment. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspace } from '../../shared/config/workspace'
import { SOON_MS, START_MS, WeirApp, environment, freshFolder, runtime } from './app'

const missing = ['dbus-daemon', 'dunst', 'dunstctl'].some((name) => spawnSync(name, ['--version']).error !== undefined)

describe.skipIf(process.platform !== 'linux' || missing)('notifications of the desktop', () => {
  const folder = freshFolder()
  const log = join(folder.path, 'log.ndjson')
  const children: ChildProcess[] = []
  let app: WeirApp
  let bus: Record<string, string>
  beforeAll(async () => {
    await runtime()
    bus = { DBUS_SESSION_BUS_ADDRESS: await startBus(children) }
    children.push(spawn('dunst', [], { env: { ...environment(), ...bus }, stdio: 'ignore' }))
    await writeFile(log, '')
    await writeFile(join(folder.path, 'workspace.json'), JSON.stringify(setup(log)))
    app = await WeirApp.launch({ userData: folder.path, env: bus })
  })
  afterAll(async () => {
    await app.close('notifications')
    for (const child of children) child.kill()
    folder.remove()
  })
  const shown = (): string =>
    execFileSync('dunstctl', ['history'], { env: { ...environment(), ...bus }, encoding: 'utf8' })
  const control = (command: string): void =>
    void execFileSync('dunstctl', [command], { env: { ...environment(), ...bus } })
  /** What is on the screen goes into the history once it is closed. */
  const told = (): string => (control('close-all'), shown())

  it('say which rule and series, with the value', async () => {
    await appendFile(log, `{"temperature":97.5,"t":${Date.now()}}\n`)
    await expect.poll(told, { timeout: START_MS }).toContain('Too hot')
    expect(told()).toMatch(/temperature · 97\.5/)
  })

  it('lead to the chart at the moment when they are clicked', async () => {
    await appendFile(log, `{"temperature":20,"t":${Date.now()}}\n`)
    await expect
      .poll(
        () =>
          execFileSync('dunstctl', ['count', 'displayed'], {
            env: { ...environment(), ...bus },
            encoding: 'utf8',
          }).trim(),
        {
          timeout: START_MS,
        },
      )
      .not.toBe('0')
    control('action')
    await app.page.getByTestId('explore-search').waitFor({ timeout: SOON_MS })
    await app.page.locator('[data-testid^="panel-"]:not([data-points="0"])').waitFor({ timeout: SOON_MS })
    await app.picture('notification-clicked')
    expect(told()).toContain('Resolved: Too hot')
  })
})

function setup(path: string) {
  return workspace.parse({
    version: 1,
    sources: [
      {
        id: 'log',
        name: 'Log',
        connection: { kind: 'file', path, format: 'ndjson', mode: 'follow' },
        time: { field: 't' },
      },
    ],
    alerts: [
      {
        id: 'hot',
        name: 'Too hot',
        series: 'temperature',
        condition: { kind: 'above', threshold: 95 },
        severity: 'critical',
      },
    ],
  })
}

/** A session bus of its own. @returns its address */
async function startBus(children: ChildProcess[]): Promise<string> {
  const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(daemon)
  const [line] = (await once(daemon.stdout, 'data')) as [Buffer]
  return String(line).trim()
}
