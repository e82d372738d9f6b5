/** A pipeline is made, tried on what is stored, saved, counted, changed and removed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, START_MS, WeirApp } from './app'

describe('the pipelines screen', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
    await app.startDemo()
    await app.demoCaughtUp()
    await app.part('nav-pipelines').click()
  })
  afterAll(() => app.close('pipelines'))
  const sentence = () => app.part('preview-sentence').innerText()

  it('lists the one that came with the source, counting its windows', async () => {
    await expect
      .poll(async () => Number((await app.part('pipeline-windows-demo-windows').innerText()).replace(/\D/g, '')), {
        timeout: SOON_MS,
      })
      .toBeGreaterThan(1000)
    await app.picture('pipelines-list')
  })

  it('says what a new one would have produced, and draws it', async () => {
    await app.part('pipeline-new').click()
    await app.part('pipeline-name').fill('Boiler')
    await app.part('pipeline-select').fill('temperature')
    await app.part('pipeline-window').click()
    await app.page.getByRole('option', { name: 'Hopping' }).click()
    await app.part('window-size').fill('5m')
    await app.part('window-slide').fill('1m')
    await app.part('percentile').fill('99.9')
    await app.part('pipeline-statistics').getByRole('button').last().click()
    await expect
      .poll(sentence, { timeout: START_MS })
      .toMatch(/Would have produced [56]\d windows in the last 1h, from \d+ readings. Keys: 1/)
    await app.picture('pipeline-preview')
  })

  it('names what is wrong beside its field, and cannot be saved with it', async () => {
    await app.part('pipeline-change').click()
    await app.part('pipeline-expression').fill('value * 1.8 +')
    await expect.poll(() => app.part('pipeline-save').isDisabled(), { timeout: SOON_MS }).toBe(true)
    await expect
      .poll(() => app.part('pipeline-detail').getByRole('alert').first().innerText(), { timeout: SOON_MS })
      .toMatch(/expected/i)
    await app.picture('pipeline-problem')
    await app.part('pipeline-expression').fill('value * 1.8 + 32')
    await expect.poll(() => app.part('pipeline-save').isEnabled(), { timeout: SOON_MS }).toBe(true)
  })

  it('is saved and counts its windows', async () => {
    await app.part('pipeline-save').click()
    await app.part('pipeline-row-boiler').waitFor({ timeout: SOON_MS })
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark' }))
    await expect.poll(sentence, { timeout: START_MS }).toContain('Would have produced')
    await app.picture('pipeline-saved-dark')
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'light', language: 'zh-CN' }))
    await expect.poll(sentence, { timeout: START_MS }).toContain('个窗口')
    await app.picture('pipeline-chinese')
    await app.page.evaluate(() => window.weir.saveSettings({ language: 'en' }))
  })

  it('combines series into one', async () => {
    await app.part('pipeline-new').click()
    await app.part('pipeline-name').fill('Ratio')
    await app.part('pipeline-combine').click()
    await app.part('combine-series-0').fill('pressure')
    await app.part('combine-series-1').fill('temperature')
    await app.part('combine-expression').fill('a / b')
    await app.part('combine-name').fill('ratio')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/Would have produced \d+ windows .* Keys: 1/)
    await app.picture('pipeline-combine')
  })

  it('is removed after a question', async () => {
    await app.part('pipeline-row-boiler').click()
    await app.part('pipeline-remove').click()
    await app.part('confirm-action').click()
    await app.part('pipeline-row-boiler').waitFor({ state: 'detached', timeout: SOON_MS })
    expect(await app.part('pipeline-row-demo-windows').count()).toBe(1)
  })
})
