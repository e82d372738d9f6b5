/** Sources that are refused say why, in words; a right one says what it sees. */
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mosquittoMissing, startMosquitto } from '../integration/support/mosquitto'
import type { Mosquitto } from '../integration/support/mosquitto'
import { SOON_MS, WeirApp } from './app'

const PASSWORD = 'right-horse-battery'

describe('connecting to a broker', () => {
  let app: WeirApp
  beforeAll(async () => {
    app = await WeirApp.launch()
  })
  afterAll(() => app.close('sources'))

  it('says that nothing listens where no broker is', async () => {
    const port = await closedPort()
    await app.page.keyboard.press('Control+n')
    await fill(app, `mqtt://127.0.0.1:${port}`, 'plant/#')
    await app.part('source-test').click()
    await app.page.locator('[data-testid="test-result"][data-state="failed"]').waitFor({ timeout: SOON_MS })
    expect(await app.part('test-result').innerText()).toContain(`nothing listens at 127.0.0.1:${port}`)
    await app.picture('source-not-there')
  })

  it('saves it all the same, and shows that it is retrying and why', async () => {
    await app.part('source-name').fill('Nowhere')
    await app.part('source-save').click()
    await app.part('nav-sources').click()
    await app.part('source-row-nowhere').click()
    await expect.poll(() => app.part('source-state-nowhere').innerText(), { timeout: SOON_MS }).toMatch(/Retrying/)
    await expect.poll(() => app.part('source-detail').innerText(), { timeout: SOON_MS }).toMatch(/nothing listens at/i)
    await app.picture('source-retrying')
  })

  describe.skipIf(mosquittoMissing)('that asks for a password', () => {
    let broker: Mosquitto
    beforeAll(async () => {
      broker = await startMosquitto({ users: { plant: PASSWORD } })
    })
    afterAll(() => broker.stop())

    it('says that the password is wrong', async () => {
      await app.page.keyboard.press('Control+n')
      await fill(app, broker.url, 'plant/#')
      await app.part('field-user').fill('plant')
      await app.page.locator('#source-password').fill('wrong')
      await app.part('source-test').click()
      await app.page.locator('[data-testid="test-result"][data-state="failed"]').waitFor({ timeout: SOON_MS })
      expect(await app.part('test-result').innerText()).toMatch(/wrong user name or password/)

      await app.part('source-name').fill('Guarded')
      await app.part('source-save').click()
      await app.part('nav-sources').click()
      await app.part('source-row-guarded').click()
      await expect
        .poll(() => app.part('source-state-guarded').innerText(), { timeout: SOON_MS })
        .toMatch(/Refused: .*password/)
      await app.picture('source-refused')
    })

    it('goes live with the right one, which stands in no file and no log', async () => {
      await app.page.locator('#source-password').fill(PASSWORD)
      await app.part('source-save').click()
      await expect.poll(() => app.part('source-state-guarded').innerText(), { timeout: SOON_MS }).toBe('Live')
      const { readdirSync, readFileSync, statSync } = await import('node:fs')
      const { join } = await import('node:path')
      const files = readdirSync(app.userData, { recursive: true, encoding: 'utf8' }).map((name) =>
        join(app.userData, name),
      )
      for (const file of files.filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile()))
        expect(readFileSync(file).includes(PASSWORD), file).toBe(false)
      await app.picture('source-live')
    })

    it('shows a payload that is not JSON with the reason, and stores the others', async () => {
      const device = await connectAsync(broker.url, { username: 'plant', password: PASSWORD })
      await device.publishAsync('plant/a', 'hello', { qos: 1 })
      await device.publishAsync('plant/a', '{"temperature": 21.5}', { qos: 1 })
      await device.endAsync()
      await expect.poll(() => app.stored(), { timeout: SOON_MS }).toBe(1)
      await expect.poll(() => app.part('rejected-list').innerText(), { timeout: SOON_MS }).toContain('not JSON')
      expect(await app.part('rejected-list').innerText()).toContain('hello')
      await app.part('rejected-list').scrollIntoViewIfNeeded()
      await app.picture('source-rejected')
    })
  })
})

describe('the usual port of brokers is in use', () => {
  let taken: Server | null = null
  let app: WeirApp
  beforeAll(async () => {
    taken = await listen(1883)
    app = await WeirApp.launch()
  })
  afterAll(async () => {
    await app.close('port-in-use')
    taken?.close()
  })

  it('does not keep the demo from its own free port', async () => {
    await app.startDemo()
    await app.part('nav-sources').click()
    await expect.poll(() => app.part('source-state-demo').innerText(), { timeout: SOON_MS }).toMatch(/Live|Catching up/)
  })
})

async function fill(app: WeirApp, url: string, topic: string): Promise<void> {
  await app.part('source-address').fill(url)
  await app.part('source-address').press('Enter')
  await app.part('field-subscriptions-0-filter').fill(topic)
}

/** Listens there, or leaves it to whoever does so already. */
async function listen(port: number): Promise<Server | null> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

async function closedPort(): Promise<number> {
  const server = await listen(0)
  const { port } = server?.address() as AddressInfo
  await new Promise((resolve) => server?.close(resolve))
  return port
}
