/** Outputs in the window: made, tested and watched, with a real file and a real web server that has bad days. */
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOON_MS, START_MS, WeirApp } from './app'
import { violations } from './axe'

/** Answers every post with a status that the test sets, and keeps what it took. */
class Receiver {
  status = 200
  readonly taken: string[] = []
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (this.status === 200) this.taken.push(Buffer.concat(chunks).toString())
      response.writeHead(this.status).end()
    })
  })

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/weir`
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}

describe('outputs', () => {
  let app: WeirApp
  const receiver = new Receiver()
  let url = ''
  beforeAll(async () => {
    url = await receiver.listen()
    app = await WeirApp.launch()
  })
  afterAll(async () => {
    receiver.close()
    await app.close('outputs')
  })
  const delivered = async (id: string): Promise<number> =>
    Number((await app.part(`output-delivered-${id}`).innerText()).replaceAll(',', ''))
  const queue = (): Promise<string> => app.part('output-queue').innerText()
  const close = (): Promise<void> => app.part('output-detail').getByLabel('Close').click()

  it('are none at first, and the screen says what can leave', async () => {
    await app.startDemo()
    await app.part('nav-outputs').click()
    await app.page.getByText('Nothing leaves yet').waitFor({ timeout: SOON_MS })
    await app.picture('outputs-empty')
    await app.part('output-new').click()
    await app.picture('outputs-kinds')
    expect(await violations(app)).toEqual([])
  })

  it('say what is missing, and why a test failed', async () => {
    await app.part('kind-file').click()
    await app.part('output-test').click()
    await app.page.getByText('Required').waitFor({ timeout: SOON_MS })
    await app.page.locator('#field-path').fill(join(app.userData, 'nowhere', 'results.ndjson'))
    await app.part('output-test').click()
    await expect.poll(() => app.part('output-tested').getAttribute('data-state'), { timeout: SOON_MS }).toBe('failed')
    expect(await app.part('output-tested').innerText()).toContain('nowhere')
    await app.picture('outputs-test-failed')
  })

  it('bring the results of a pipeline into a file', async () => {
    const path = join(app.userData, 'results.ndjson')
    await app.page.locator('#field-path').fill(path)
    await app.part('output-name').fill('Results')
    await app.part('output-test').click()
    await expect.poll(() => app.part('output-tested').getAttribute('data-state'), { timeout: SOON_MS }).toBe('ok')
    await app.part('output-detail').locator('[data-testid^="output-pipeline-"]').first().click()
    await app.picture('outputs-form')
    expect(await violations(app)).toEqual([])
    await app.part('output-save').click()
    await app.part('output-row-results').waitFor({ timeout: SOON_MS })
    await close()
    // The windows of the demo close once a minute.
    await expect.poll(() => delivered('results'), { timeout: 3 * START_MS }).toBeGreaterThan(0)
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
    expect(lines.length).toBeGreaterThan(0)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kind: 'result' })
  })

  it('try again while a receiver is unwell, and say so', async () => {
    receiver.status = 500
    await app.part('output-new').click()
    await app.part('kind-webhook').click()
    await app.page.locator('#field-url').fill(url)
    await app.part('output-name').fill('Plant office')
    await app.part('output-alerts-all').click()
    await app.part('output-groupFor').fill('0s')
    await app.part('output-atMostEvery').fill('0s')
    await app.part('output-test').click()
    await expect.poll(() => app.part('output-tested').getAttribute('data-state'), { timeout: SOON_MS }).toBe('failed')
    expect(await app.part('output-tested').innerText()).toMatch(/500/)
    await app.part('output-save').click()
    await app.part('nav-alerts').click()
    await app.part('rule-new').click()
    await app.part('rule-series').fill('current{device="motor"}')
    await app.part('rule-condition.threshold').fill('-1000')
    await app.part('rule-name').fill('Motor there')
    await app.page.getByTestId('rule-output-plant-office').getByRole('checkbox', { disabled: true }).waitFor()
    await app.part('rule-output-results').click()
    await app.picture('outputs-in-rule')
    await app.part('rule-save').click()
    await app.part('nav-outputs').click()
    await app.part('output-row-plant-office').click()
    await app.part('output-fault').waitFor({ timeout: START_MS })
    expect(await app.part('output-fault').innerText()).toMatch(/500/)
    await app.picture('outputs-retrying')
    expect(await violations(app)).toEqual([])
  })

  it('deliver once it is well', async () => {
    receiver.status = 200
    await app.part('output-retry').click()
    await expect.poll(() => receiver.taken.join('\n'), { timeout: START_MS }).toContain('Motor there')
    await expect.poll(queue, { timeout: START_MS }).toMatch(/waiting\s+0\s/)
    await app.picture('outputs-live')
  })

  it('set aside what a receiver refuses, and send it again', async () => {
    const before = receiver.taken.length
    receiver.status = 422
    await app.part('nav-alerts').click()
    await app.part('alerts-rules').click()
    await app.part('rule-enabled-motor-there').click()
    await app.part('nav-outputs').click()
    await app.part('output-set-aside').waitFor({ timeout: START_MS })
    await app.picture('outputs-set-aside')
    expect(await violations(app)).toEqual([])
    receiver.status = 200
    await app.part('output-resend').click()
    await expect.poll(() => receiver.taken.length, { timeout: START_MS }).toBeGreaterThan(before)
    await app.part('output-set-aside').waitFor({ state: 'detached', timeout: SOON_MS })
  })

  it('are copied, turned off and deleted', async () => {
    await app.part('output-duplicate').click()
    await app.part('output-row-plant-office-copy').waitFor({ timeout: SOON_MS })
    await expect.poll(() => app.part('output-state').innerText(), { timeout: SOON_MS }).toBe('Disabled')
    await app.part('output-remove').click()
    await app.part('confirm-action').click()
    await app.part('output-row-plant-office-copy').waitFor({ state: 'detached', timeout: SOON_MS })
  })

  it('look right in the dark and in Chinese', async () => {
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark', language: 'zh-CN' }))
    await app.part('output-row-results').waitFor({ timeout: SOON_MS })
    await app.picture('outputs-dark-zh')
    await app.part('output-row-plant-office').click()
    await app.part('output-queue').waitFor({ timeout: SOON_MS })
    await app.picture('outputs-form-dark-zh')
    expect(await violations(app)).toEqual([])
    expect(app.problems.filter((problem) => !problem.includes('500'))).toEqual([])
  })
})
