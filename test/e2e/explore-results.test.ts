/** Results of pipelines in Explore: found, drawn live, exported as they are shown; the view outlives its pipeline. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, START_MS, WeirApp } from './app'
import { violations } from './axe'

describe('results in Explore', () => {
  let app: WeirApp
  let panel: string
  beforeAll(async () => {
    app = await WeirApp.launch()
    await app.startDemo()
    await app.demoCaughtUp()
    await app.part('nav-explore').click()
  })
  afterAll(() => app.close('explore-results'))

  const windows = async () => Number(await app.part(panel).getAttribute('data-windows'))
  const condition = () => app.part(panel).getAttribute('data-condition')
  const choose = async (select: string, option: string) => {
    await app.part(select).click()
    await app.page.getByRole('option', { name: option, exact: true }).click()
  }

  it('are a branch of the tree, and their keys are found by a word', async () => {
    await app.part('tree-pipeline-demo-windows').click()
    await expect
      .poll(() => app.page.locator('[data-testid^="result-demo-windows-"]').count(), { timeout: SOON_MS })
      .toBe(8)
    await app.part('explore-search').fill('1m temperature')
    await expect.poll(() => app.page.locator('[data-testid^="result-demo-windows-"]').count()).toBe(1)
    const leaf = app.page.locator('[data-testid^="result-demo-windows-"]').first()
    panel = (await leaf.getAttribute('data-testid'))!.replace('result-', 'result-panel-')
    await leaf.getByRole('checkbox').click()
    await app.part('explore-search').fill('')
    await expect.poll(windows, { timeout: SOON_MS }).toBeGreaterThan(55)
    expect(await condition()).toBe('state.live')
  })

  it('have the statistic that is chosen, and its figures', async () => {
    await choose(panel.replace('panel', 'statistic'), 'count')
    await expect
      .poll(() => app.part('statistics').innerText(), { timeout: SOON_MS })
      .toMatch(/count · Demo plant · 1m\t\d+\t[56]\t[\d.]+\t\d+\t—\t—\t(59|60|61)/)
    await choose(panel.replace('panel', 'statistic'), 'mean')
    await expect.poll(windows, { timeout: SOON_MS }).toBeGreaterThan(55)
    await app.part(panel).scrollIntoViewIfNeeded()
    const plot = app.part(panel).getByRole('application')
    await plot.hover({ position: { x: 300, y: 60 } })
    await expect.poll(() => app.part(panel).locator('.tip').innerText()).toMatch(/mean\s*\d/)
    await app.picture('results-live')
    expect(await violations(app)).toEqual([])
  })

  it('follow live, and stand while the view is paused', async () => {
    const to = async () => Number(await app.part(panel).getAttribute('data-to'))
    const before = await to()
    await expect.poll(to, { timeout: SOON_MS }).toBeGreaterThan(before)
    await app.part('live-control').click()
    await expect.poll(condition).toBe('state.paused')
    const paused = await to()
    await app.page.waitForFunction((at) => Date.now() - at > 2_000, Date.now())
    expect(await to()).toBe(paused)
    await app.part('jump-to-live').click()
    await expect.poll(condition, { timeout: SOON_MS }).toBe('state.live')
  })

  it('are exported as they are shown, or by pipeline and key', async () => {
    const path = join(app.userData, 'results.csv')
    await app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
    }, path)
    const lines = async () => {
      await app.part('export-start').click()
      await app.part('export-done').waitFor({ timeout: START_MS })
      return readFileSync(path, 'utf8').trimEnd().split('\r\n')
    }
    await app.part('export-open').click()
    await app.part('export-content-windows').click()
    const shown = await lines()
    expect(shown[0]).toBe('pipeline,source,series,device,start,end,revision,count,sum,mean,min,max,stddevSamp,unit')
    expect(shown.length).toBeGreaterThan(55)
    expect(shown.length).toBeLessThan(65)
    expect(new Set(shown.slice(1).map((line) => line.split(',')[2]))).toEqual(new Set(['temperature']))
    await app.picture('results-export-shown')

    await choose('export-pipeline', await app.part('tree-pipeline-demo-windows').getAttribute('title').then(String))
    await app.part('export-keys-choose').click()
    expect(await app.part('export-start').isDisabled()).toBe(true)
    for (const index of [0, 1]) await app.part('export-key-list').getByRole('checkbox').nth(index).click()
    await app.picture('results-export-keys')
    expect(await violations(app)).toEqual([])
    const some = await lines()
    expect(new Set(some.slice(1).map((line) => line.split(',').slice(2, 4).join())).size).toBe(2)
    await app.page.getByRole('button', { name: 'Close' }).last().click()
  })

  it('look right in the dark and in Chinese', async () => {
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark', language: 'zh-CN' }))
    await expect.poll(() => app.part('export-open').innerText(), { timeout: SOON_MS }).toContain('导出')
    await app.part(panel).scrollIntoViewIfNeeded()
    expect(await violations(app)).toEqual([])
    await app.picture('results-dark-chinese')
    await app.part('export-open').click()
    await app.part('export-content-windows').click()
    await app.picture('results-export-dark-chinese')
    await app.page.keyboard.press('Escape')
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'light', language: 'en' }))
  })

  it('outlive that their pipeline is renamed, switched off and removed', async () => {
    const inPipelines = async (act: () => Promise<void>) => {
      await app.part('nav-pipelines').click()
      await app.part('pipeline-row-demo-windows').click()
      await act()
      await app.part('nav-explore').click()
    }
    await inPipelines(async () => {
      await app.part('pipeline-name').fill('Minutes')
      await app.part('pipeline-name').press('Enter')
      await app.part('pipeline-enable').click()
      await app.page.locator('[data-testid="pipeline-state"]', { hasText: 'Off' }).waitFor({ timeout: SOON_MS })
    })
    await expect.poll(condition, { timeout: SOON_MS }).toBe('pipelines.off')
    await expect.poll(windows, { timeout: SOON_MS }).toBeGreaterThan(55)
    await app.part(panel).scrollIntoViewIfNeeded()
    expect(await app.part(panel).innerText()).toContain('Minutes')
    await app.picture('results-off')
    await inPipelines(() => app.part('pipeline-enable').click())
    await expect.poll(condition, { timeout: SOON_MS }).toBe('state.live')
    await inPipelines(async () => {
      await app.part('pipeline-remove').click()
      await app.part('confirm-action').click()
      await app.part('pipeline-row-demo-windows').waitFor({ state: 'detached', timeout: SOON_MS })
    })
    await app.page.locator('[data-testid^="panel-"]').first().waitFor({ timeout: SOON_MS })
    expect(await app.part(panel).count()).toBe(0)
    expect(app.problems).toEqual([])
  })
})
