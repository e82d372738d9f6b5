/** One window among others on a desktop: its place, a second start, closing, files, tray. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, WeirApp, environment, freshFolder, runtime } from './app'

describe('the place of the window', () => {
  const folder = freshFolder()
  afterAll(() => folder.remove())

  const bounds = (app: WeirApp) =>
    app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())

  it('is kept for the next start', async () => {
    const first = await WeirApp.launch({ userData: folder.path })
    await first.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 30, width: 1100, height: 700 }),
    )
    await first.close()
    const second = await WeirApp.launch({ userData: folder.path })
    expect(await bounds(second)).toEqual({ x: 40, y: 30, width: 1100, height: 700 })
    await second.close()
  })

  it('is given up where its screen is gone', async () => {
    writeFileSync(
      join(folder.path, 'window.json'),
      JSON.stringify({ bounds: { x: -5000, y: 9000, width: 1100, height: 700 }, maximized: false }),
    )
    const app = await WeirApp.launch({ userData: folder.path })
    const placed = await bounds(app)
    expect(placed?.x).toBeGreaterThanOrEqual(0)
    expect(placed?.y).toBeGreaterThanOrEqual(0)
    await app.close()
  })
})

describe('a second start', () => {
  const files = freshFolder()
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
  })
  afterAll(async () => {
    await app.close('second-start')
    files.remove()
  })

  it('ends at once, shows the first window and hands its file over', async () => {
    const csv = join(files.path, 'readings.csv')
    writeFileSync(csv, 'time,value\n2024-01-01T00:00:00Z,1\n2024-01-01T00:01:00Z,2\n')
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    expect(await startAgain(app, csv)).toBe(0)
    await expect.poll(() => isVisible(app), { timeout: SOON_MS }).toBe(true)
    await expect.poll(() => app.page.getByRole('dialog').innerText(), { timeout: SOON_MS }).toContain('readings.csv')
    expect(app.electron.windows()).toHaveLength(1)
    await app.picture('open-file')
  })
})

describe('a file dropped on the window', () => {
  it('is known by its path', async () => {
    const app = await WeirApp.launch()
    const csv = join(app.userData, 'dropped.csv')
    writeFileSync(csv, 'time,value\n2024-01-01T00:00:00Z,1\n')
    const input = await app.page.evaluateHandle(() => {
      const field = document.createElement('input')
      field.type = 'file'
      return field
    })
    await input.asElement()?.setInputFiles(csv)
    expect(await input.evaluate((field) => window.weir.droppedFile(field.files?.[0]))).toBe(csv)
    expect(await app.page.evaluate(() => window.weir.droppedFile('/etc/passwd'))).toBe('')
    await app.close()
  })

  it('becomes a chart, at the speed that is chosen', async () => {
    const app = await WeirApp.launch()
    const csv = join(app.userData, 'boiler.csv')
    const rows = Array.from({ length: 120 }, (_, i) => {
      const time = new Date(Date.UTC(2024, 0, 1, 0, i)).toISOString()
      return `${time},${(60 + 8 * Math.sin(i / 12)).toFixed(2)}`
    })
    writeFileSync(csv, `time,temperature\n${rows.join('\n')}\n`)
    const input = await app.page.evaluateHandle(() => {
      const field = document.createElement('input')
      field.type = 'file'
      return field
    })
    await input.asElement()?.setInputFiles(csv)
    await input.evaluate((field) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(field.files?.[0] as File)
      const target = document.querySelector('[data-ready="true"]') ?? document.body
      target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    })
    await app.part('file-speed').waitFor({ timeout: SOON_MS })
    expect(await app.part('file-speed').innerText()).toContain('As fast as possible')
    await app.picture('file-dropped')
    await app.part('file-open').click()
    await app.page.locator('[data-testid^="panel-"]:not([data-points="0"])').first().waitFor({ timeout: SOON_MS })
    await expect.poll(() => app.stored(), { timeout: SOON_MS }).toBe(120)
    await app.picture('file-chart')
    expect(app.problems).toEqual([])
    await app.close()
  })
})

describe('closing', () => {
  const folder = freshFolder()
  afterAll(() => folder.remove())

  it('asks once; kept in the tray, it goes on collecting and comes back', async () => {
    const app = await WeirApp.launch({ userData: folder.path })
    await app.startDemo()
    await close(app)
    await app.part('close-question').waitFor({ timeout: SOON_MS })
    await app.picture('close-question')
    await app.part('close-keep').click()
    await expect.poll(() => isVisible(app), { timeout: SOON_MS }).toBe(false)
    const stored = await app.stored()
    await expect.poll(() => app.stored(), { timeout: SOON_MS }).toBeGreaterThan(stored)

    await startAgain(app)
    await expect.poll(() => isVisible(app), { timeout: SOON_MS }).toBe(true)
    await close(app)
    await expect.poll(() => isVisible(app), { timeout: SOON_MS }).toBe(false)
    expect(await app.part('close-question').count()).toBe(0)
    await app.close()
  })

  it('quits after the other answer, with the engine stopped cleanly', async () => {
    const app = await WeirApp.launch({ userData: folder.path })
    await app.page.evaluate(() => window.weir.saveSettings({ keepRunning: null }))
    const ended = app.electron.waitForEvent('close')
    await close(app)
    // The window may be gone before the click is reported as done.
    await Promise.all([
      ended,
      app
        .part('close-quit')
        .click()
        .catch(() => undefined),
    ])
    expect(app.log()).toMatch(/main: stopped\n$/)
    expect(app.log()).not.toContain('did not stop in time')
    expect(JSON.parse(readFileSync(join(folder.path, 'settings.json'), 'utf8'))).toMatchObject({ keepRunning: false })
    expect(existsSync(join(folder.path, 'weir.db'))).toBe(true)
  })
})

const isVisible = (app: WeirApp) =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())

const close = (app: WeirApp) => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())

/** Starts the application on the same user data, as a click on its icon would. @returns the exit code. */
async function startAgain(app: WeirApp, ...args: string[]): Promise<number | null> {
  const { executablePath, args: first } = await runtime()
  const child = spawn(executablePath, [...first, `--user-data-dir=${app.userData}`, ...args], {
    env: environment(),
    stdio: 'ignore',
  })
  return new Promise((resolve) => child.once('exit', resolve))
}
