/** A pipeline is made, tried on what is stored, saved, counted, changed and removed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, START_MS, WeirApp } from './app'
import { violations } from './axe'

/** A window of a minute closes within it, and a little more. */
const WINDOW_MS = 90_000

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
  const windowsOf = async (id: string) =>
    Number((await app.part(`pipeline-windows-${id}`).innerText()).replace(/\D/g, ''))
  const tick = (name: string) => app.part(`statistic-${name}`).getByRole('checkbox').click()
  const choose = async (select: string, option: string) => {
    await app.part(select).click()
    await app.page.getByRole('option', { name: option, exact: true }).click()
  }

  it('lists the one that came with the source, counting its windows', async () => {
    await expect.poll(() => windowsOf('demo-windows'), { timeout: SOON_MS }).toBeGreaterThan(1000)
    await app.picture('pipelines-list')
  })

  it('says what a new one would have produced, and draws it', async () => {
    await app.page.keyboard.press('Control+k')
    await app.page.keyboard.type('New pipeline')
    await app.page.keyboard.press('Enter')
    await app.part('pipeline-select-0').fill('temperature*')
    expect(await app.part('pipeline-matching').innerText()).toBe('Matches 1 of 8 series')
    await choose('pipeline-window', 'Hopping')
    await app.part('window-size').fill('5m')
    await app.part('window-slide').fill('1m')
    await tick('p95')
    await app.part('percentile').fill('99.9')
    await app.part('percentile').press('Enter')
    for (const name of ['count', 'min', 'max', 'p99.9']) await tick(name)
    await expect
      .poll(sentence, { timeout: START_MS })
      .toMatch(/^Would have produced (59|60|61|62) windows of 1 key in the last hour, from 3[56]\d readings; 0 late\.$/)
    expect(await drawn(app)).toBeGreaterThan(200)
    await app.part('pipeline-name').scrollIntoViewIfNeeded()
    await app.picture('pipeline-preview')
    await choose('preview-statistic', 'p95')
    await app.part('preview-24h').click()
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/ 1,4\d\d windows of 1 key in the last 24 hours/)
    await app.picture('pipeline-preview-24h')
    await app.part('preview-1h').click()
  })

  it('names what is wrong beside its field, and cannot be saved with it', async () => {
    await app.part('pipeline-change').click()
    await app.part('pipeline-expression').fill('value * 1.8 +')
    await expect.poll(() => app.part('pipeline-save').isDisabled(), { timeout: SOON_MS }).toBe(true)
    expect(await app.part('pipeline-detail').getByRole('alert').innerText()).toMatch(/^expected .* at character 14$/)
    expect(await app.part('pipeline-reason').innerText()).toMatch(/^Becomes: expected/)
    await app.picture('pipeline-problem')
    await app.part('pipeline-expression').fill('value * 1.8 + 32')
    await expect.poll(() => app.part('pipeline-save').isEnabled(), { timeout: SOON_MS }).toBe(true)
    await app.part('window-size').fill('soon')
    expect(await app.part('pipeline-detail').getByRole('alert').innerText()).toMatch(/^Write a length of time/)
    expect(await app.part('pipeline-save').isDisabled()).toBe(true)
    await app.part('window-size').fill('5m')
  })

  it('takes a figure along each series, and says what it still needs', async () => {
    await app.part('pipeline-along-fold').click()
    await choose('pipeline-along', 'Smoothed (EWMA)')
    await app.part('along-readings').fill('20')
    expect(await app.part('pipeline-detail').getByRole('alert').innerText()).toBe(
      'Give a time or a number of readings.',
    )
    expect(await app.part('pipeline-save').isDisabled()).toBe(true)
    await app.part('along-over').fill('')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/^Would have produced (59|60|61|62) windows of 1 key/)
    await choose('pipeline-along', 'Forecast')
    await app.part('along-season').fill('1h')
    await app.part('preview-24h').click()
    // The first hour is learned from.
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/ 1,3\d\d windows of 1 key in the last 24 hours/)
    expect(await drawn(app)).toBeGreaterThan(200)
    await app.part('pipeline-along').scrollIntoViewIfNeeded()
    await app.picture('pipeline-along')
    await app.part('preview-1h').click()
    await choose('pipeline-along', 'None: the readings as they are')
    await app.part('pipeline-along-fold').click()
  })

  it('can be used without seeing it: every control has its name', async () => {
    for (const fold of ['pipeline-combine-fold', 'pipeline-along-fold', 'pipeline-time']) await app.part(fold).click()
    expect(await violations(app)).toEqual([])
    await app.part('pipeline-time').scrollIntoViewIfNeeded()
    await app.picture('pipeline-folds')
    for (const fold of ['pipeline-combine-fold', 'pipeline-along-fold', 'pipeline-time']) await app.part(fold).click()
  })

  it('is saved', async () => {
    await app.part('pipeline-save').click()
    await app.part('pipeline-row-temperature-5m').waitFor({ timeout: SOON_MS })
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark' }))
    await expect.poll(sentence, { timeout: START_MS }).toContain('Would have produced')
    expect(await violations(app)).toEqual([])
    await app.picture('pipeline-saved-dark')
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'light', language: 'zh-CN' }))
    await expect.poll(sentence, { timeout: START_MS }).toContain('个窗口')
    await app.picture('pipeline-chinese')
    await app.page.evaluate(() => window.weir.saveSettings({ language: 'en' }))
  })

  it('is read by another, which combines series or takes its results', async () => {
    await app.part('pipeline-new').click()
    await app.part('pipeline-combine-fold').click()
    await app.part('pipeline-combine').click()
    expect(await app.part('pipeline-save').isDisabled()).toBe(true)
    await app.part('combine-series-0').fill('pressure')
    await app.part('combine-series-1').fill('temperature')
    await app.part('combine-expression').fill('a / b')
    await app.part('combine-name').fill('ratio')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/Would have produced \d+ windows of 1 key/)
    await app.picture('pipeline-combine')
    await app.part('pipeline-combine').click()
    await choose('pipeline-input', 'Results of temperature* · 5m')
    await app.part('pipeline-name').fill('Hours')
    await app.part('window-size').fill('30m')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/Would have produced \d windows of 1 key/)
    await app.part('pipeline-save').click()
    await app.part('pipeline-row-hours').waitFor({ timeout: SOON_MS })
  })

  it('counts its windows in the list', async () => {
    await expect.poll(() => windowsOf('temperature-5m'), { timeout: WINDOW_MS }).toBeGreaterThan(0)
  })

  it('is changed, and the change can be taken back', async () => {
    await app.part('pipeline-row-temperature-5m').click()
    expect(await app.part('pipeline-reason').innerText()).toBe('Nothing has changed.')
    await app.part('pipeline-name').fill('Boiler')
    await app.part('pipeline-revert').click()
    expect(await app.part('pipeline-name').inputValue()).toBe('temperature* · 5m')
    await app.part('pipeline-name').fill('Boiler')
    await app.part('pipeline-name').press('Enter')
    await expect
      .poll(() => app.part('pipeline-row-temperature-5m').innerText(), { timeout: SOON_MS })
      .toContain('Boiler')
    await app.part('pipeline-enable').click()
    await expect.poll(() => app.part('pipeline-row-hours').innerText(), { timeout: SOON_MS }).toContain('Waiting')
    await app.picture('pipelines-waiting')
    await app.part('pipeline-enable').click()
    await expect.poll(() => app.part('pipeline-row-hours').innerText(), { timeout: SOON_MS }).toContain('On')
  })

  it('is not removed while another reads it, and is after that', async () => {
    const remove = async () => {
      await app.part('pipeline-remove').click()
      await app.part('confirm-action').click()
    }
    await remove()
    await app.page.getByText('Boiler cannot be removed: Hours reads its results').waitFor({ timeout: SOON_MS })
    for (const id of ['hours', 'temperature-5m']) {
      await app.part(`pipeline-row-${id}`).click()
      await remove()
      await app.part(`pipeline-row-${id}`).waitFor({ state: 'detached', timeout: SOON_MS })
    }
    expect(await app.part('pipeline-row-demo-windows').count()).toBe(1)
    expect(app.problems).toEqual([])
  })
})

/** Pixels of the preview's chart that have a colour of their own, and not the grey of grid and labels. */
function drawn(app: WeirApp): Promise<number> {
  return app.page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="pipeline-preview"] canvas')
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    let coloured = 0
    for (let at = 0; at < pixels.length; at += 4) {
      const rgb = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0]
      if ((pixels[at + 3] ?? 0) > 200 && Math.max(...rgb) - Math.min(...rgb) > 80) coloured++
    }
    return coloured
  })
}
