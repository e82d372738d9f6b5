/** Export through the save dialog; only the system's dialog itself is answered for the user. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, START_MS, WeirApp } from './app'
import { answerDialog } from './dialogs'

describe('export', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
    await app.startDemo()
    await app.demoCaughtUp()
  })
  afterAll(() => app.close('export'))

  it('writes all raw samples as CSV and says how many', async () => {
    const path = join(app.userData, 'all.csv')
    await answerDialog(app, path)
    await app.part('export-open').click()
    await app.part('export-range-all').click()
    await app.part('export-start').click()
    await app.part('export-done').waitFor({ timeout: START_MS })
    const rows = Number(await app.part('export-done').getAttribute('data-rows'))
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(rows).toBeGreaterThan(50_000)
    expect(lines.length - 1).toBe(rows)
    expect(lines[0]).toMatch(/source.*time.*value/)
    await app.picture('export-done')
  })

  it('writes the windows as well', async () => {
    const path = join(app.userData, 'windows.csv')
    await answerDialog(app, path)
    await app.part('export-range-all').click()
    await app.part('export-content-windows').click()
    await app.part('export-start').click()
    await app.page.locator('[data-testid="export-done"]', { hasText: 'windows.csv' }).waitFor({ timeout: START_MS })
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(1000)
    expect(lines[0]).toMatch(/start.*end.*mean/)
  })

  it('takes the options of CSV, and what was exported is imported as known', async () => {
    const path = join(app.userData, 'comma.csv')
    await answerDialog(app, path)
    await app.part('export-content-raw').click()
    await app.part('export-range-all').click()
    await app.part('export-numbers-comma').click()
    await app.part('export-time-epoch').click()
    await app.part('export-bom').click()
    await app.part('export-dialog').getByText(';').first().waitFor({ timeout: SOON_MS })
    await app.picture('export-options')
    await app.part('export-start').click()
    await app.page.locator('[data-testid="export-done"]', { hasText: 'comma.csv' }).waitFor({ timeout: START_MS })
    const rows = Number(await app.part('export-done').getAttribute('data-rows'))
    const text = readFileSync(path, 'utf8')
    expect(text.startsWith('\uFEFF')).toBe(true)
    expect(text).toMatch(/;\d{13}(,\d+)?;-?\d+,\d+;/)

    await app.page.keyboard.press('Escape')
    await app.part('nav-data').click()
    await answerDialog(app, path)
    await app.part('import-open').click()
    await app.page.locator('[data-testid="import-start"]:enabled').waitFor({ timeout: START_MS })
    await app.picture('import-found')
    await app.part('import-start').click()
    await app.part('import-done').waitFor({ timeout: START_MS })
    await app.picture('import-done')
    expect(await app.part('import-done').getAttribute('data-added')).toBe('0')
    expect(await app.part('import-done').innerText()).toContain(rows.toLocaleString('en'))
    await app.page.keyboard.press('Escape')
    await app.part('export-open').click()
  })

  it('writes Parquet', async () => {
    const path = join(app.userData, 'all.parquet')
    await answerDialog(app, path)
    await app.part('export-range-all').click()
    await app.part('export-format-parquet').click()
    await app.picture('export-parquet')
    await app.part('export-start').click()
    await app.page.locator('[data-testid="export-done"]', { hasText: 'all.parquet' }).waitFor({ timeout: START_MS })
    expect(readFileSync(path).subarray(0, 4).toString()).toBe('PAR1')
  })

  it('does nothing where the user cancels the dialog', async () => {
    await answerDialog(app, null)
    await app.part('export-start').click()
    await app.page.locator('[data-testid="export-start"]:enabled').waitFor({ timeout: START_MS })
    expect(await app.part('export-failed').count()).toBe(0)
  })

  it('says why a file cannot be written, and leaves none', async () => {
    const path = join(app.userData, 'no-such-folder', 'x.csv')
    await answerDialog(app, path)
    await app.part('export-start').click()
    await app.part('export-failed').waitFor({ timeout: START_MS })
    expect(existsSync(path)).toBe(false)
    await app.picture('export-failed')
  })
})
