/** From nothing to a chart in four steps, against a real broker; what can be done with sources; TLS from the form. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificates, opensslMissing } from '../integration/support/certificates'
import { mosquittoMissing, startMosquitto } from '../integration/support/mosquitto'
import type { Mosquitto } from '../integration/support/mosquitto'
import { temporaryFolder } from '../integration/support/world'
import { SOON_MS, WeirApp } from './app'
import { violations } from './axe'

describe.skipIf(mosquittoMissing)('payloads that nobody has described', () => {
  let broker: Mosquitto
  let device: MqttClient
  let publishing: NodeJS.Timeout
  let app: WeirApp
  beforeAll(async () => {
    broker = await startMosquitto()
    device = await connectAsync(broker.url)
    let n = 0
    publishing = setInterval(() => {
      const name = ['boiler', 'pump'][n++ % 2] ?? ''
      void device.publishAsync(
        `plant/${name}/telemetry`,
        JSON.stringify({ ts: Date.now(), temp: 20 + (n % 7), id: name }),
      )
    }, 100)
    app = await WeirApp.launch()
  })
  afterAll(async () => {
    clearInterval(publishing)
    await device.endAsync()
    await app.close('source-forms')
    await broker.stop()
  })

  it('begins with an address, by keyboard alone', async () => {
    await app.page.keyboard.press('Control+n')
    await app.page.locator('#source-address:focus').waitFor({ timeout: SOON_MS })
    await app.picture('forms-begin')
    expect(await violations(app)).toEqual([])
    await app.page.keyboard.type('nonsense')
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Not an address').waitFor({ timeout: SOON_MS })
    await app.part('source-address').fill(broker.url)
    await app.page.keyboard.press('Enter')
    await expect.poll(() => app.part('field-url').inputValue(), { timeout: SOON_MS }).toBe(broker.url)
  })

  it('says at the field what is missing', async () => {
    await app.part('source-test').click()
    await app.page.getByText('Name at least one topic').waitFor({ timeout: SOON_MS })
  })

  it('hears topics, ends listening early and ticks one', async () => {
    await app.part('source-discover').click()
    await app.part('discover-end').click()
    await app.part('topics-heard').waitFor({ timeout: SOON_MS })
    await app.part('field-subscriptions-0-filter').fill('plant/+/telemetry')
  })

  it('shows real records, what they seem to be and why, and what they become', async () => {
    await app.part('source-test').click()
    await app.page.locator('[data-testid="test-result"][data-state="ok"]').waitFor({ timeout: SOON_MS })
    const detected = await app.part('detected').innerText()
    for (const words of ['JSON', '5 of 5 records', 'epoch ms', 'id', 'plant/{device}/telemetry'])
      expect(detected).toContain(words)
    await expect
      .poll(() => app.part('decoded').innerText(), { timeout: SOON_MS })
      .toMatch(/temp\{device="(boiler|pump)", id="(boiler|pump)"\}/)
    await app.picture('forms-tested')
    await app.part('decoded').scrollIntoViewIfNeeded()
    await app.picture('forms-decoded')
    expect(await violations(app)).toEqual([])
  })

  it('says why records would be rejected as soon as a setting does not fit', async () => {
    await app.part('field-format').click()
    await app.page.getByRole('option', { name: 'Plain number' }).click()
    await expect.poll(() => app.part('decoded').innerText(), { timeout: SOON_MS }).toContain('Rejected')
    await app.part('field-format').click()
    await app.page.getByRole('option', { name: 'JSON' }).click()
    await expect.poll(() => app.part('decoded').innerText(), { timeout: SOON_MS }).not.toContain('Rejected')
  })

  it('has a chart', async () => {
    await app.part('source-name').fill('Plant')
    await app.part('source-save').click()
    await app.page.locator('[data-testid^="panel-"]:not([data-points="0"])').first().waitFor({ timeout: SOON_MS })
    await app.picture('forms-chart')
  })

  it('shows live records while they are looked at, searches and pauses', async () => {
    await app.part('nav-sources').click()
    await app.part('source-row-plant').click()
    await app.part('page-records').click()
    const rows = (): Promise<number> => app.part('tail').getAttribute('data-rows').then(Number)
    await expect.poll(rows, { timeout: SOON_MS }).toBeGreaterThan(5)
    await app.part('tail-search').fill('pump telemetry')
    await app.part('tail-pause').click()
    await expect.poll(() => app.part('tail').innerText(), { timeout: SOON_MS }).toMatch(/Paused · [1-9]/)
    await app.part('tail').locator('.record').first().click()
    await app.part('tail-hex').click()
    expect(await app.part('tail-record').innerText()).toMatch(/0000 {2}7b 22/)
    await app.picture('forms-tail')
    expect(await violations(app)).toEqual([])
  })

  it('checks readings, says what a check lacks, and counts what it took out', async () => {
    await app.part('page-settings').click()
    await app.part('add-checks').click()
    await app.part('field-checks-0-series').fill('temp')
    await app.part('source-save').click()
    await app.page.getByText('A check lacks').waitFor({ timeout: SOON_MS })
    await app.part('field-checks-0-most').fill('24')
    await app.part('add-checks').click()
    await app.part('field-checks-1-check').click()
    await app.page.getByRole('option', { name: 'Stuck value' }).click()
    await app.part('field-checks-1-after').fill('10m')
    await app.part('field-checks-1-then').click()
    await app.page.getByRole('option', { name: 'only count' }).click()
    await app.part('source-save').click()
    const rejected = (): Promise<string> => app.part('quality-counts').locator('tbody tr').first().innerText()
    await expect.poll(rejected, { timeout: SOON_MS }).toMatch(/Range temp\s+[1-9]/)
    await app.part('quality-checks').scrollIntoViewIfNeeded()
    await app.picture('forms-checks')
    expect(await violations(app)).toEqual([])
    await expect.poll(() => app.part('rejected-list').innerText()).toContain('range: temp: 25 is above 24')
    await app.part('rejected-list').scrollIntoViewIfNeeded()
    await app.picture('forms-checks-rejected')
  })

  it('keeps readings only in memory, for as long as it is told', async () => {
    await app.part('page-settings').click()
    await app.part('keep-memory').click()
    await app.part('memory-for').fill('a while')
    await app.page.getByText('Enter a time such as').waitFor({ timeout: SOON_MS })
    await app.picture('forms-memory')
    expect(await violations(app)).toEqual([])
    await app.part('memory-for').fill('15m')
    await app.part('source-save').click()
    const saved = (): string => readFileSync(join(app.userData, 'workspace.json'), 'utf8')
    await expect.poll(saved, { timeout: SOON_MS }).toMatch(/"keepSamples": "memory",\s+"memoryFor": "15m"/)
  })

  it('duplicates, orders by keyboard, disables and deletes', async () => {
    await app.part('source-duplicate').click()
    await app.part('source-row-plant-copy').waitFor({ timeout: SOON_MS })
    const order = (): Promise<string[]> =>
      app.page
        .locator('[data-testid^="source-row-"]')
        .evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset['testid'] ?? ''))
    expect(await order()).toEqual(['source-row-plant', 'source-row-plant-copy'])
    await app.part('source-row-plant-copy').locator('button').focus()
    await app.page.keyboard.press('Alt+ArrowUp')
    await expect.poll(order, { timeout: SOON_MS }).toEqual(['source-row-plant-copy', 'source-row-plant'])
    expect(await app.part('source-state-plant-copy').innerText()).toBe('Disabled')
    await app.part('source-enable').click()
    await expect.poll(() => app.part('source-state-plant-copy').innerText(), { timeout: SOON_MS }).toBe('Live')
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark' }))
    await app.picture('forms-list-dark')
    await app.part('source-delete').click()
    await app.part('confirm-action').click()
    await app.part('source-row-plant-copy').waitFor({ state: 'detached', timeout: SOON_MS })
  })

  it('speaks Chinese, also where something is wrong', async () => {
    await app.page.evaluate(() => window.weir.saveSettings({ language: 'zh-CN', theme: 'light' }))
    await app.part('source-row-plant').click()
    await app.part('page-settings').click()
    await app.part('field-url').fill('nonsense')
    await app.part('source-advanced').click()
    await app.part('field-receiveMaximum').fill('99999999')
    await app.part('source-test').click()
    await app.part('field-receiveMaximum').scrollIntoViewIfNeeded()
    const alerts = await app.page.getByRole('alert').allInnerTexts()
    expect(alerts.length).toBeGreaterThan(1)
    for (const text of alerts) expect(text).toMatch(/\p{Script=Han}/u)
    await app.picture('forms-zh')
    await app.part('quality-checks').scrollIntoViewIfNeeded()
    await app.picture('forms-checks-zh')
  })
})

describe.skipIf(mosquittoMissing || opensslMissing)('a broker that asks for a certificate', () => {
  let broker: Mosquitto
  let app: WeirApp
  const PASSPHRASE = 'staple-of-the-key'
  let certificates: ReturnType<typeof makeCertificates>
  beforeAll(async () => {
    certificates = makeCertificates(await temporaryFolder(), PASSPHRASE)
    const { path } = certificates
    broker = await startMosquitto({
      config: [
        `cafile ${path('ca.pem')}`,
        `certfile ${path('server.pem')}`,
        `keyfile ${path('server.key')}`,
        'require_certificate true',
      ],
    })
    app = await WeirApp.launch()
  })
  afterAll(async () => {
    await app.close('source-tls')
    await broker.stop()
  })

  it('is refused without its authority, in words', async () => {
    await app.page.keyboard.press('Control+n')
    await app.part('source-address').fill(`mqtts://127.0.0.1:${broker.port}`)
    await app.part('source-address').press('Enter')
    await app.part('field-subscriptions-0-filter').fill('plant/#')
    await app.part('source-test').click()
    await app.page.locator('[data-testid="test-result"][data-state="failed"]').waitFor({ timeout: SOON_MS })
    expect(await app.part('test-result').innerText()).toMatch(/certificate/)
    await app.picture('forms-tls-refused')
  })

  it('is live with the authority, certificate, key and passphrase of the form; the key stands in no file', async () => {
    await app.part('field-tls.ca').fill(certificates.text('ca.pem'))
    await app.part('field-tls.cert-file').setInputFiles(certificates.path('client.pem'))
    await app.page.locator('#source-key').fill(certificates.text('client.key'))
    await app.page.locator('#source-passphrase').fill(PASSPHRASE)
    await app.part('source-name').fill('Sealed')
    await app.picture('forms-tls')
    await app.part('source-save').click()
    await app.page.locator('[data-testid="nav-dashboard"][aria-current="page"]').waitFor({ timeout: SOON_MS })
    await app.part('nav-sources').click()
    await expect.poll(() => app.part('source-state-sealed').innerText(), { timeout: SOON_MS }).toBe('Live')
    const { readFileSync } = await import('node:fs')
    const { join } = await import('node:path')
    const workspace = readFileSync(join(app.userData, 'workspace.json'), 'utf8')
    expect(workspace).toContain('BEGIN CERTIFICATE')
    expect(workspace).not.toContain('PRIVATE KEY')
    expect(workspace).not.toContain(PASSPHRASE)
  })
})

describe('the form of each kind', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
  })
  afterAll(() => app.close('source-kinds'))

  it.each([
    ['kafka', 'kafka://127.0.0.1:9092/readings', 'brokers'],
    ['tcp', 'tcp://127.0.0.1:7000', 'host'],
    ['udp', 'udp://127.0.0.1:7001', 'port'],
    ['postgres', 'postgres://viewer@127.0.0.1/plant', 'database'],
    ['mysql', 'mysql://viewer@127.0.0.1/plant', 'user'],
    ['sqlite', '/tmp/plant.sqlite', 'path'],
  ])('%s is filled from an address and has a label for all that it asks', async (kind, address, field) => {
    await app.page.keyboard.press('Control+n')
    await app.part('source-address').fill(address)
    await app.page.keyboard.press('Enter')
    await app.page.locator(`[data-testid^="field-${field}"]`).first().waitFor({ timeout: SOON_MS })
    await app.picture(`forms-kind-${kind}`)
    expect(await app.page.locator('body').innerText()).not.toMatch(/form\.[a-z]+\./)
    expect(await violations(app)).toEqual([])
    await app.page.getByRole('button', { name: 'Cancel', exact: true }).click()
  })
})
