/** Explore: a series of the demo is analysed, and two cursors measure it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, START_MS, WeirApp } from './app'
import { violations } from './axe'

describe('explore', () => {
  let app: WeirApp
  let series = ''
  let started = Infinity
  beforeAll(async () => {
    app = await WeirApp.launch()
    started = Math.floor(Date.now() / 1000) * 1000
    await app.startDemo()
    await app.demoCaughtUp()
    await app.part('nav-explore').click()
    const boiler = app.page.locator('[data-testid^="panel-"]').filter({ hasText: 'Boiler temperature' })
    await boiler.waitFor({ timeout: START_MS })
    series = ((await boiler.getAttribute('data-testid')) ?? '').replace('panel-', '')
    await range('now-3d')
  })
  afterAll(() => app.close('analysis'))

  async function range(text: string): Promise<void> {
    await app.part('range-typed').click()
    await app.part('range-input').fill(text)
    await app.part('range-input').press('Enter')
  }
  async function analyse(name: string): Promise<void> {
    await app.part(`analyse-${series}`).click()
    await app.page.getByRole('option', { name, exact: true }).click()
  }
  const sentence = (): Promise<string> => app.part('analysis-sentence').innerText()

  it('finds the day in the temperature of the boiler, and takes it apart', async () => {
    await analyse('Trend and season')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/^Season of (1 day|2[345] h).* strong/)
    await app.picture('analysis-decompose')
    expect(await violations(app)).toEqual([])
    await app.part('analysis-period').fill('1d')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/^Season of 1 day/)
    await app.part('analysis-period').fill('2 moons')
    await app.part('analysis-period').fill('9d')
    await app.part(`analysis-${series}`).getByRole('alert').waitFor({ timeout: START_MS })
    await app.picture('analysis-refused')
    await app.part('analysis-period').fill('1d')
  })

  it('says what comes next', async () => {
    await analyse('Forecast')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/^1 day ahead · season of 1 day · usual error /)
    await app.picture('analysis-forecast')
  })

  it.each([
    ['Spectrum', /^Strongest: .*\(\d+ %\)/],
    ['Autocorrelation', /^Repeats itself after /],
    ['Histogram', /^1\d,\d\d\d readings in \d+ bins$/],
  ])('draws its %s', async (name, says) => {
    await analyse(name)
    await expect.poll(sentence, { timeout: START_MS }).toMatch(says)
    await app.picture(`analysis-${name.toLowerCase()}`)
  })

  it('marks the burner fault, with its reason', async () => {
    await range('now-1h')
    await analyse('Anomalies')
    await expect.poll(sentence, { timeout: START_MS }).toMatch(/unusual moment/)
    // It begins 8 s after the demo goes live, and the analysis is made again every 15 s.
    const rows = async (): Promise<string[]> =>
      (await app.part('anomalies').getByRole('listitem').allInnerTexts()).map((row) => row.replace(/\s+/g, ' '))
    const isOfFault = (row: string): boolean =>
      Date.parse(row.slice(0, 19).replace(' ', 'T')) >= started && /(spike|another level) 0\.[4-9]/.test(row)
    await expect.poll(rows, { timeout: 60_000 }).toSatisfy((all: string[]) => all.some(isOfFault))
    await app.picture('analysis-anomalies')
    expect(await violations(app)).toEqual([])
  })

  it('measures between two cursors, which go where they are dragged', async () => {
    await app.part('markers').click()
    const span = (): Promise<string> => app.part('marker-span').innerText()
    await expect.poll(span, { timeout: SOON_MS }).toMatch(/20 min/)
    const row = app.part('statistics').locator('tbody tr').first()
    await expect.poll(() => row.innerText(), { timeout: SOON_MS }).toMatch(/\d\s+[+−-]?\d/)
    await expect.poll(() => row.getByTestId('row-stddev').innerText(), { timeout: START_MS }).toMatch(/^\d/)
    const handle = app.part(`panel-${series}`).getByTestId('marker-b')
    const box = await handle.boundingBox()
    if (box === null) throw new Error('the cursor is not shown')
    await app.page.mouse.move(box.x + 10, box.y + 9)
    await app.page.mouse.down()
    await app.page.mouse.move(box.x + 110, box.y + 9, { steps: 5 })
    await app.page.mouse.up()
    await expect.poll(span, { timeout: SOON_MS }).not.toMatch(/20 min/)
    await app.picture('explore-markers')
    await app.part('markers').click()
    expect(await app.page.getByTestId('marker-a').count()).toBe(0)
  })

  it('looks right in the dark and in Chinese', async () => {
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark', language: 'zh-CN' }))
    await app.part('markers').click()
    await app.page.getByText('个异常时刻').waitFor({ timeout: START_MS })
    await app.picture('analysis-dark-zh')
    expect(await violations(app)).toEqual([])
    expect(app.problems).toEqual([])
  })
})
