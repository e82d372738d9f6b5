/** The first minute: a new user, the demo, live charts; and what the window can do with them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, WeirApp } from './app'

describe('first run and the demo', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
  })
  afterAll(() => app.close('first-run'))

  it('offers three cards, the demo focused', async () => {
    for (const card of ['card-demo', 'card-connect', 'card-file']) expect(await app.part(card).isVisible()).toBe(true)
    await app.page.locator('[data-testid="card-demo"]:focus').waitFor({ timeout: SOON_MS })
    await app.picture('first-run')
  })

  it('shows live charts after one click', async () => {
    await app.startDemo()
    expect(await app.part('demo-badge').isVisible()).toBe(true)
    const panel = app.page.locator('[data-testid^="panel-"]').first()
    await expect.poll(() => panel.getAttribute('data-points').then(Number), { timeout: SOON_MS }).toBeGreaterThan(50)
    expect(await app.page.locator('[data-testid^="tile-"]').count()).toBe(8)
    const before = await app.stored()
    await expect.poll(() => app.stored(), { timeout: SOON_MS }).toBeGreaterThan(before)
    await app.picture('demo-live')
  })

  it('pauses the view with the space bar and counts what is new; collecting goes on', async () => {
    const panel = app.page.locator('[data-testid^="panel-"]').first()
    const live = app.part('live-control')
    await app.page.locator('body').press('Space')
    await expect.poll(() => live.getAttribute('aria-pressed'), { timeout: SOON_MS }).toBe('true')
    const [end, stored] = [await panel.getAttribute('data-to'), await app.stored()]
    await expect
      .poll(async () => Number((await live.innerText()).replace(/[^0-9]/g, '')), { timeout: SOON_MS })
      .toBeGreaterThan(0)
    await expect.poll(() => app.stored(), { timeout: SOON_MS }).toBeGreaterThan(stored)
    expect(await panel.getAttribute('data-to')).toBe(end)
    expect(await app.page.locator('[data-testid^="tile-"]').first().getAttribute('data-condition')).toBe('state.paused')
    await app.picture('paused')

    await app.part('jump-to-live').click()
    await expect
      .poll(() => panel.getAttribute('data-to').then(Number), { timeout: SOON_MS })
      .toBeGreaterThan(Number(end))
  })

  it('goes to the seven screens', async () => {
    for (const view of ['explore', 'alerts', 'sources', 'pipelines', 'outputs', 'data', 'settings', 'dashboard']) {
      await app.part(`nav-${view}`).click()
      expect(await app.part(`nav-${view}`).getAttribute('aria-current')).toBe('page')
      await app.picture(`screen-${view}`)
    }
  })

  it('opens the command palette by its key, and closes it', async () => {
    await app.page.keyboard.press('Control+k')
    await app.part('palette').waitFor({ timeout: SOON_MS })
    await app.picture('palette')
    await app.page.keyboard.press('Escape')
    await app.part('palette').waitFor({ state: 'detached', timeout: SOON_MS })
  })

  it('ran without an error and without a refusal by its own content policy', () => {
    expect(app.problems).toEqual([])
  })
})

describe('theme and language', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
  })
  afterAll(() => app.close('theme-language'))

  const rootAttribute = (name: string) => app.page.locator('html').getAttribute(name)

  it('turns dark, and the system menus and dialogs with it', async () => {
    await app.startDemo()
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark' }))
    await expect.poll(() => rootAttribute('data-theme'), { timeout: SOON_MS }).toBe('dark')
    expect(await app.electron.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors)).toBe(true)
    expect(await app.page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(14, 17, 21)')
    await app.picture('dark')
  })

  it('speaks Chinese, in the window and in the menu', async () => {
    await app.page.evaluate(() => window.weir.saveSettings({ language: 'zh-CN', theme: 'light' }))
    await expect.poll(() => rootAttribute('lang'), { timeout: SOON_MS }).toBe('zh-CN')
    await expect.poll(() => app.part('nav-sources').innerText(), { timeout: SOON_MS }).toBe('数据源')
    const labels = await app.electron.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map((item) => item.label))
    expect(labels).toEqual(['文件', '编辑', '查看', '窗口', '帮助'])
    await app.demoCaughtUp()
    await app.picture('chinese')
  })

  it('keeps them for the next start', async () => {
    const settings = JSON.parse(await readSettings(app)) as unknown
    expect(settings).toMatchObject({ theme: 'light', language: 'zh-CN' })
  })
})

async function readSettings(app: WeirApp): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  return readFile(`${app.userData}/settings.json`, 'utf8')
}
