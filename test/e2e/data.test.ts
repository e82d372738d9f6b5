/** The Data screen in the real window: what is stored, how long it stays, and erasing it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from '../../main/store/database'
import { workspace } from '../../shared/config/workspace'
import { freshFolder, SOON_MS, WeirApp } from './app'
import { STORED_FROM, storeReadings } from './stored'

const SERIES = 1000

describe('the Data screen', () => {
  const folder = freshFolder()
  let app: WeirApp
  beforeAll(async () => {
    await storeReadings(
      join(folder.path, 'weir.db'),
      Array.from({ length: SERIES }, (_, i) => `pump ${i + 1}`),
      20,
    )
    const connection = { kind: 'mqtt', url: 'mqtt://127.0.0.1:9', subscriptions: [{ filter: 'x' }] }
    const source = { id: 'plant', name: 'Plant', enabled: false, connection }
    const file = workspace.parse({ version: 1, sources: [source] })
    writeFileSync(join(folder.path, 'workspace.json'), JSON.stringify(file))
    app = await WeirApp.launch({ userData: folder.path })
    await app.part('nav-data').click()
  })
  afterAll(async () => {
    await app.close('data')
    folder.remove()
  })

  it('lists a thousand series, a few of them in the page, and finds one', async () => {
    await app.part('data-row').first().waitFor({ timeout: SOON_MS })
    expect(await app.part('data-row').count()).toBeLessThan(60)
    await app.picture('data-light')
    await app.part('data-search').fill('pump 777')
    await app.page.waitForFunction(() => document.querySelectorAll('[data-testid="data-row"]').length === 1)
    expect(await app.part('data-row').innerText()).toContain('pump 777')
  })

  it('keeps another retention, and refuses one that cannot be', async () => {
    await app.part('retention-raw').fill('a while')
    expect(await app.part('retention-save').isDisabled()).toBe(true)
    await app.picture('data-retention-wrong')
    await app.part('retention-raw').fill('forever')
    await app.part('retention-trends').fill('forever')
    await app.part('retention-save').click()
    await app.page.waitForFunction(
      () => document.querySelector<HTMLButtonElement>('[data-testid="retention-save"]')?.disabled === true,
    )
    await app.picture('data-found')
  })

  it('erases a series after a question', async () => {
    await app.part('data-erase').click()
    await app.picture('data-erase')
    await app.part('confirm-action').click()
    await app.part('data-row').waitFor({ state: 'detached', timeout: SOON_MS })
    expect(app.problems).toEqual([])
  })
})

describe('the Data screen of a damaged file', () => {
  const folder = freshFolder()
  let app: WeirApp
  beforeAll(async () => {
    const file = join(folder.path, 'weir.db')
    await storeReadings(file, ['pump'], 1000)
    // As a disk that fails changes one of the samples.
    const db = await Database.open(file, 'write')
    await db.exec('UPDATE chunk SET crc = crc + 1')
    await db.close()
    app = await WeirApp.launch({ userData: folder.path })
  })
  afterAll(async () => {
    await app.close('data-damaged')
    folder.remove()
  })

  it('says what is damaged, from when to when, in the language of the window', async () => {
    await app.part('nav-explore').click()
    await app.part('series-1').getByRole('checkbox').click()
    const notice = app.part('notice-damage')
    await notice.waitFor({ timeout: SOON_MS })
    const first = new Date(STORED_FROM).toISOString().slice(0, 19).replace('T', ' ')
    expect(await notice.innerText()).toContain(first)
    await app.picture('damage-explore')
    await app.page.evaluate(() => window.weir.saveSettings({ theme: 'dark', language: 'zh-CN' }))
    await app.part('nav-data').click()
    await app.part('data-row').first().waitFor({ timeout: SOON_MS })
    await expect.poll(() => notice.innerText(), { timeout: SOON_MS }).toContain('校验和不符')
    await app.picture('data-damaged-dark-zh')
    expect(app.problems).toEqual([])
  })
})
