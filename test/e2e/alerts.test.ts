/** Alerts in the window: a rule made from a chart fires, is told, acknowledged, over, and stands in the history. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, START_MS, WeirApp } from './app'
import { violations } from './axe'
import { answerDialog } from './dialogs'

describe('alerts', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
  })
  afterAll(() => app.close('alerts'))
  const rows = (): Promise<string> => app.part('standing-alerts').innerText()

  it('are none at first, and the screen says what will stand there', async () => {
    await app.part('nav-alerts').click()
    await app.page.getByText('No alert rules yet').waitFor({ timeout: SOON_MS })
    await app.picture('alerts-empty')
  })

  it('fire on the demo: the boiler is too hot, the well is silent', async () => {
    await app.part('nav-dashboard').click()
    await app.startDemo()
    await app.part('nav-alerts').click()
    await expect.poll(rows, { timeout: START_MS }).toMatch(/Firing\s+Boiler too hot/)
    await expect.poll(rows, { timeout: START_MS }).toMatch(/Firing\s+Well sends nothing/)
    expect(Number(await app.part('nav-alerts').getByTestId('badge').innerText())).toBeGreaterThanOrEqual(2)
    await app.picture('alerts-firing')
    expect(await violations(app)).toEqual([])
  })

  it('are shown with what the rule would have done', async () => {
    await app.part('alert-demo-boiler-hot').click()
    await expect.poll(() => app.part('rule-preview').getAttribute('data-alerts'), { timeout: START_MS }).toBe('1')
    expect(await app.part('rule-sentence').innerText()).toMatch(/Would have fired once in the last 24h/)
    await app.picture('alerts-rule')
    expect(await violations(app)).toEqual([])
  })

  it('are acknowledged and silenced', async () => {
    await app.part('alert-demo-boiler-hot').getByTestId('acknowledge').click()
    await expect.poll(rows, { timeout: SOON_MS }).toMatch(/Acknowledged\s+Boiler too hot/)
    await app.part('alert-demo-flow-silent').getByTestId('silence').click()
    await app.picture('alerts-silence')
    await app.part('silence-hour').click()
    await app.page.getByLabel(/Silenced until/).waitFor({ timeout: SOON_MS })
  })

  it('come from a rule that is made from a chart', async () => {
    await app.part('nav-dashboard').click()
    await app.page.getByRole('button', { name: 'New alert rule for Motor current' }).click()
    expect(await app.part('rule-series').inputValue()).toBe('current{device="motor"}')
    await app.part('rule-condition.threshold').fill('much')
    await app.part('rule-detail').getByRole('alert').waitFor({ timeout: SOON_MS })
    await app.part('rule-condition.threshold').fill('5')
    await app.part('rule-name').fill('Motor runs')
    await expect
      .poll(() => app.part('rule-preview').getAttribute('data-alerts'), { timeout: START_MS })
      .toMatch(/^[1-9]/)
    await app.picture('alerts-new')
    expect(await violations(app)).toEqual([])
    await app.part('rule-save').click()
    await app.part('alerts-standing').click()
    await expect.poll(rows, { timeout: START_MS }).toMatch(/Firing\s+Motor runs/)
  })

  it('are over when the rule says so, and stand in the history with what caused them', async () => {
    await app.part('rule-condition.threshold').fill('500')
    await app.part('rule-save').click()
    await expect.poll(rows, { timeout: SOON_MS }).not.toContain('Motor runs')
    await app.part('alerts-rules').click()
    await expect.poll(() => app.part('alert-rules').innerText(), { timeout: SOON_MS }).toContain('above 500')
    await app.picture('alerts-rules')
    await app.part('alerts-history').click()
    const history = (): Promise<string> => app.part('alert-history').innerText()
    await expect.poll(history, { timeout: SOON_MS }).toMatch(/Resolved\s+Motor runs[^\n]*rule changed/)
    expect(await history()).toMatch(/Firing\s+Boiler too hot/)
    expect(await history()).toMatch(/Acknowledged\s+Boiler too hot/)
    await app.picture('alerts-history')
    const path = join(app.userData, 'alerts.csv')
    await answerDialog(app, path)
    await app.part('history-export').click()
    await app.page.getByText(/changes written to/).waitFor({ timeout: SOON_MS })
    const csv = readFileSync(path, 'utf8')
    expect(csv).toMatch(/^time,found,rule,name,severity,source,series,labels,/)
    expect(csv).toMatch(/,demo-boiler-hot,Boiler too hot,critical,demo,temperature,device=boiler,pending,firing,/)
  })

  it('watch how unusual a reading is, and how far from the forecast', async () => {
    await app.part('rule-new').click()
    await app.part('rule-series').fill('temperature{device="boiler"}')
    for (const [name, label] of [
      ['anomaly', 'anomaly score is above'],
      ['forecast', 'differs from forecast'],
    ] as const) {
      await app.part('rule-kind').click()
      await app.page.getByRole('option', { name: label }).click()
      await expect
        .poll(() => app.part('rule-preview').getAttribute('data-alerts'), { timeout: START_MS })
        .toMatch(/^\d/)
      expect(await app.part('rule-sentence').innerText()).toMatch(/Would (not )?have fired/)
      await app.picture(`alerts-${name}`)
    }
    await app.part('rule-detail').getByLabel('Close').click()
  })

  it('look right in the dark and in Chinese, on charts too', async () => {
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark', language: 'zh-CN' }))
    await app.part('alerts-standing').click()
    await app.part('alert-demo-boiler-hot').click()
    await expect.poll(() => app.part('rule-preview').getAttribute('data-alerts'), { timeout: START_MS }).toBe('1')
    await app.picture('alerts-dark-zh')
    expect(await violations(app)).toEqual([])
    await app.part('nav-dashboard').click()
    await app.page.locator('[data-testid^="panel-"]:not([data-points="0"])').first().waitFor({ timeout: START_MS })
    await app.picture('alerts-on-charts')
    expect(app.problems).toEqual([])
  })

  it('watch results of a pipeline, by several conditions', async () => {
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'light', language: 'en' }))
    await app.part('nav-alerts').click()
    const choose = async (select: string, option: string) => {
      await app.part(select).click()
      await app.page.getByRole('option', { name: option, exact: true }).click()
    }
    await app.part('rule-new').click()
    await choose('rule-input', 'Results of Demo plant · 1m')
    await app.part('rule-series').fill('temperature{device="boiler"}')
    await choose('rule-result', 'max')
    await app.part('rule-condition.threshold').fill('60')
    await app.part('rule-add-condition').click()
    expect(await app.part('rule-save').isDisabled()).toBe(true)
    await app.part('rule-condition.1.threshold').fill('hot')
    expect(await app.part('rule-detail').getByRole('alert').innerText()).toBe('A number.')
    await app.part('rule-condition.1.threshold').fill('95')
    await choose('rule-condition.1.kind-not', 'does not hold:')
    await app.part('rule-join-or').click()
    await app.part('rule-name').fill('Warm, or not hot')
    await expect
      .poll(() => app.part('rule-preview').getAttribute('data-alerts'), { timeout: START_MS })
      .toMatch(/^[1-9]/)
    await app.part('rule-condition.0.threshold').scrollIntoViewIfNeeded()
    await app.picture('alerts-conditions')
    expect(await violations(app)).toEqual([])
    await app.part('rule-save').click()
    await app.part('alerts-rules').click()
    const rules = (): Promise<string> => app.part('alert-rules').innerText()
    await expect.poll(rules, { timeout: SOON_MS }).toMatch(/max · above 60 or not \(above 95\)/)
    await app.part('alerts-standing').click()
    await expect.poll(rows, { timeout: START_MS * 3 }).toMatch(/Firing\s+Warm, or not hot/)
    // Down to one condition again: it stands alone.
    await app.part('rule-remove-1').click()
    expect(await app.part('rule-condition.threshold').inputValue()).toBe('60')
    await app.part('rule-detail').getByLabel('Close').click()
  })
})
