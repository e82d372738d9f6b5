/** axe-core on every screen, in both themes: no violation of a serious or critical kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, WeirApp } from './app'
import { violations } from './axe'

const SCREENS = ['dashboard', 'explore', 'alerts', 'sources', 'pipelines', 'outputs', 'data', 'settings'] as const

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
    await app.page.evaluate((choice) => window.weir.saveSettings({ theme: choice }), theme)
    await app.page.locator(`html[data-theme="${theme}"]`).waitFor({ timeout: SOON_MS })
  })
  afterAll(() => app.close(`accessibility-${theme}`))

  it('first run', async () => {
    expect(await violations(app)).toEqual([])
  })

  it('connecting a source', async () => {
    await app.part('card-connect').click()
    await app.part('source-detail').waitFor({ timeout: SOON_MS })
    expect(await violations(app)).toEqual([])
    await app.part('nav-dashboard').click()
  })

  it('the seven screens with data', async () => {
    await app.startDemo()
    await app.demoCaughtUp()
    for (const screen of SCREENS) {
      await app.part(`nav-${screen}`).click()
      await app.page.locator(`[data-testid="nav-${screen}"][aria-current="page"]`).waitFor({ timeout: SOON_MS })
      expect(await violations(app), screen).toEqual([])
      await app.picture(`${theme}-${screen}`)
    }
  })

  it('command palette and export', async () => {
    await app.page.keyboard.press('Control+k')
    await app.part('palette').waitFor({ timeout: SOON_MS })
    expect(await violations(app)).toEqual([])
    await app.page.keyboard.press('Escape')
    await app.part('palette').waitFor({ state: 'detached', timeout: SOON_MS })
    await app.page.keyboard.press('Control+e')
    await app.part('export-dialog').waitFor({ timeout: SOON_MS })
    expect(await violations(app)).toEqual([])
    await app.picture(`${theme}-export`)
  })
})
