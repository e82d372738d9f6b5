/** Records that could not be read: why, what they are, decoded again with the zone that fits, exported, discarded. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspace } from '../../shared/config/workspace'
import { mosquittoMissing, startMosquitto } from '../integration/support/mosquitto'
import type { Mosquitto } from '../integration/support/mosquitto'
import { SOON_MS, WeirApp, freshFolder } from './app'
import { violations } from './axe'
import { answerDialog } from './dialogs'

const READINGS = 40
const HOUR = 3_600_000

describe.skipIf(mosquittoMissing)('rejected records', () => {
  const folder = freshFolder()
  let broker: Mosquitto
  let app: WeirApp
  beforeAll(async () => {
    broker = await startMosquitto()
    const source = {
      id: 'plant',
      name: 'Plant',
      connection: { kind: 'mqtt', url: broker.url, subscriptions: [{ filter: 'plant/#', qos: 1 }] },
      time: { field: 'time', format: 'iso', zone: 'UTC' },
    }
    writeFileSync(
      join(folder.path, 'workspace.json'),
      JSON.stringify(workspace.parse({ version: 1, sources: [source] })),
    )
    app = await WeirApp.launch({ userData: folder.path })
    await app.part('nav-sources').click()
    await app.part('source-row-plant').click()
  })
  afterAll(async () => {
    await app.close('rejected')
    folder.remove()
    await broker.stop()
  })
  const list = (): Promise<string> => app.part('rejected-list').innerText()

  it('names the zone that the times of nearly all of them look like', async () => {
    await expect.poll(() => app.part('source-state-plant').innerText(), { timeout: SOON_MS }).toBe('Live')
    const device = await connectAsync(broker.url)
    for (let i = 0; i < READINGS; i++) {
      const local = new Date(Date.now() + 8 * HOUR).toISOString().replace('Z', '')
      await device.publishAsync('plant/a', JSON.stringify({ time: local, temperature: 20 + i }), { qos: 1 })
    }
    await device.publishAsync('plant/a', 'hello', { qos: 1 })
    await device.endAsync()
    await expect.poll(list, { timeout: SOON_MS }).toMatch(/8 h ahead .* Asia\/Shanghai/s)
    await expect.poll(list, { timeout: SOON_MS }).toContain(`${READINGS}×`)
    await app.part('rejected-list').scrollIntoViewIfNeeded()
    await app.picture('rejected-zone')
    expect(await violations(app)).toEqual([])
  })

  it('exports them with their payload', async () => {
    const path = join(folder.path, 'rejected.ndjson')
    await answerDialog(app, path)
    await app.part('rejected-export').click()
    await app.page.getByText(`${READINGS + 1} records written`).waitFor({ timeout: SOON_MS })
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(READINGS + 1)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ key: 'plant/a', payload: 'hello' })
  })

  it('stores what can be read in that zone, and keeps the rest', async () => {
    await app.page.getByRole('button', { name: 'Set Asia/Shanghai and replay the rejected' }).click()
    await app.page.getByText(`${READINGS} records decoded, 1 still rejected`).waitFor({ timeout: SOON_MS })
    await expect.poll(() => app.stored(), { timeout: SOON_MS }).toBe(READINGS)
    await expect.poll(list, { timeout: SOON_MS }).toMatch(/1×\s+not JSON/)
    await app.part('rejected-zone').waitFor({ state: 'detached', timeout: SOON_MS })
    expect(await app.part('time-zone').inputValue()).toBe('Asia/Shanghai')
    await app.page.emulateMedia({ colorScheme: 'dark' })
    await app.picture('rejected-dark')
  })

  it('discards them after a question', async () => {
    await app.part('rejected-discard').click()
    await app.picture('rejected-discard')
    await app.part('confirm-action').click()
    await expect.poll(list, { timeout: SOON_MS }).toContain('None. Every record could be read.')
  })
})
