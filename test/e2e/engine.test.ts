/** What happens to the user when the engine, the window's process or a file of theirs is gone. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineHealth } from '../../shared/ipc/desktop'
import { root } from '../../resources/scripts/setup/folders.mjs'
import { SOON_MS, WeirApp, freshFolder, runtime } from './app'

/** The promise: killed with SIGKILL, the engine is back within this. */
const BACK_WITHIN_MS = 3_000

describe('the engine is killed', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
    await app.startDemo()
    await app.demoCaughtUp()
  })
  afterAll(() => app.close('engine-killed'))

  it('is said by the window, is back within 3 s, and nothing stored is lost', async () => {
    const stored = await app.stored()
    const killed = await killEngine(app)
    const banner = app.page.locator('[data-testid="engine-banner"][data-state="restarting"]')
    await banner.waitFor({ timeout: BACK_WITHIN_MS })
    expect(await banner.innerText()).toMatch(/engine/i)
    await app.picture('engine-killed')

    await banner.waitFor({ state: 'detached', timeout: BACK_WITHIN_MS })
    await app.page.locator('[data-live="true"]').waitFor({ timeout: BACK_WITHIN_MS })
    expect(Date.now() - killed.at).toBeLessThan(BACK_WITHIN_MS)
    const health = await engineHealth(app)
    expect(health).toMatchObject({ state: 'running', restarts: 1 })
    expect(pidOf(health)).not.toBe(killed.pid)
    expect(await app.stored()).toBeGreaterThanOrEqual(stored)
  })

  it('goes on with the demo and draws it', async () => {
    const stored = await app.stored()
    await expect.poll(() => app.stored(), { timeout: SOON_MS }).toBeGreaterThan(stored)
    const panel = app.page.locator('[data-testid^="panel-"]').first()
    await expect.poll(() => panel.getAttribute('data-points').then(Number), { timeout: SOON_MS }).toBeGreaterThan(0)
    await expect
      .poll(async () => Date.now() - Number(await panel.getAttribute('data-to')), { timeout: SOON_MS })
      .toBeLessThan(10_000)
    await app.picture('engine-back')
  })

  it('comes back a second time, and when the user restarts it', async () => {
    await killEngine(app)
    await expect.poll(() => engineHealth(app), { timeout: SOON_MS }).toMatchObject({ state: 'running', restarts: 2 })
    const pid = pidOf(await engineHealth(app))
    expect(await app.page.evaluate(() => window.weir.restartEngine())).toEqual({ ok: true, value: null })
    await expect
      .poll(async () => pidOf(await engineHealth(app)), { timeout: SOON_MS })
      .toSatisfy((now) => now > 0 && now !== pid)
    await app.page.locator('[data-live="true"]').waitFor({ timeout: SOON_MS })
  })
})

describe("the window's process is gone", () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
    await app.startDemo()
  })
  afterAll(() => app.close('window-gone'))

  it('loads the window again with a notice, while the engine goes on', async () => {
    const engine = pidOf(await engineHealth(app))
    const loaded = app.electron.evaluate(
      ({ BrowserWindow }) =>
        new Promise<void>((resolve) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents
          contents?.once('did-finish-load', () => resolve())
          contents?.forcefullyCrashRenderer()
        }),
    )
    await loaded
    // Playwright's page is that of the process that is gone: the new one is asked through the main process.
    const read = (script: string): Promise<unknown> =>
      app.electron.evaluate(
        ({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code),
        script,
      )
    const points = `Number(document.querySelector('[data-testid^="panel-"]')?.dataset.points ?? 0)`
    await expect.poll(() => read(points), { timeout: SOON_MS }).toBeGreaterThan(0)
    await expect
      .poll(() => read(`document.querySelector('[data-testid="notice-window-recovered"]') !== null`), {
        timeout: SOON_MS,
      })
      .toBe(true)
    expect(await read(`window.weir.info().then((info) => info.value.engine.pid)`)).toBe(engine)
  })
})

describe('files that cannot be read', () => {
  const folder = freshFolder()
  let app: WeirApp
  beforeAll(async () => {
    writeFileSync(join(folder.path, 'workspace.json'), '{"version": 1, "sources": [')
    writeFileSync(join(folder.path, 'settings.json'), '{"theme": "pink"}')
    app = await WeirApp.launch({ userData: folder.path })
  })
  afterAll(async () => {
    await app.close('broken-files')
    folder.remove()
  })

  it('keeps a broken workspace aside, says so and starts with none', async () => {
    const notice = app.part('notice-workspace-broken')
    await notice.waitFor({ timeout: SOON_MS })
    expect(await notice.innerText()).toContain('workspace.json.broken-')
    expect(await app.part('card-demo').isVisible()).toBe(true)
    const kept = readdirSync(folder.path).find((name) => name.startsWith('workspace.json.broken-'))
    expect(kept && statSync(join(folder.path, kept)).size).toBe(27)
    await app.picture('broken-workspace')
  })

  it('keeps broken settings aside, says so and uses the defaults', async () => {
    await app.part('notice-settings-kept-aside').waitFor({ timeout: SOON_MS })
    expect(readdirSync(folder.path).some((name) => name.startsWith('settings.json.broken-'))).toBe(true)
    expect(existsSync(join(folder.path, 'settings.json'))).toBe(false)
    const info = await app.page.evaluate(() => window.weir.info())
    expect(info.ok && info.value.settings.theme).toBe('system')
  })

  it('takes the notice away when it is dismissed', async () => {
    await app.part('notice-workspace-broken').getByRole('button').click()
    await app.part('notice-workspace-broken').waitFor({ state: 'detached', timeout: SOON_MS })
  })
})

describe('the database is in use by another engine', () => {
  const folder = freshFolder()
  let first: ChildProcess
  let app: WeirApp
  beforeAll(async () => {
    const [config, database] = [join(folder.path, 'headless.json'), join(folder.path, 'weir.db')]
    writeFileSync(config, '{"version": 1}')
    await runtime()
    first = spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'run', '--config', config, '--db', database])
    await new Promise((started) => first.stdout?.once('data', started))
    app = await WeirApp.launch({ userData: folder.path })
  })
  afterAll(async () => {
    await app.close('second-engine')
    first.kill()
    folder.remove()
  })

  it('is said, naming the first, and not tried again and again', async () => {
    const banner = app.page.locator('[data-testid="engine-banner"][data-state="stopped"]')
    await banner.waitFor({ timeout: SOON_MS })
    expect(await banner.innerText()).toContain(`in use by another Weir (process ${first.pid}`)
    await app.picture('second-engine')
  })

  it("starts on the user's word when the first is gone", async () => {
    const gone = new Promise((resolve) => first.once('exit', resolve))
    first.kill()
    await gone
    await app.part('engine-banner').getByRole('button').click()
    await app.page.locator('[data-live="true"]').waitFor({ timeout: SOON_MS })
    expect((await engineHealth(app)).state).toBe('running')
  })
})

/** SIGKILL to the engine process, whose id its health tells. */
async function killEngine(app: WeirApp): Promise<{ pid: number; at: number }> {
  const pid = pidOf(await engineHealth(app))
  expect(pid).toBeGreaterThan(0)
  process.kill(pid, 'SIGKILL')
  return { pid, at: Date.now() }
}

async function engineHealth(app: WeirApp): Promise<EngineHealth> {
  const info = await app.page.evaluate(() => window.weir.info())
  if (!info.ok) throw new Error(info.error.message)
  return info.value.engine
}

const pidOf = (health: EngineHealth): number => (health.state === 'running' ? health.pid : 0)
