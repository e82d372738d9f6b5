/** A thousand sensors of one broker: found, counted, drawn, and the window stays usable. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspace } from '../../shared/config/workspace'
import { mosquittoMissing, startMosquitto } from '../integration/support/mosquitto'
import type { Mosquitto } from '../integration/support/mosquitto'
import { freshFolder, SOON_MS, START_MS, WeirApp } from './app'

const SENSORS = 1000
const ROUNDS = 20

const pipelines = [
  {
    id: 'hops',
    name: 'Every second',
    source: 'plant',
    window: { kind: 'hopping', size: '5s', slide: '1s' },
    aggregates: ['mean', 'max', 'count'],
  },
  {
    id: 'highest',
    name: 'Highest',
    upstream: { pipeline: 'hops', statistic: 'max' },
    select: ['*{device=~"sensor-7*"}'],
    window: { kind: 'tumbling', size: '5s' },
    aggregates: ['max'],
  },
]

describe.skipIf(mosquittoMissing)('a thousand series', () => {
  const folder = freshFolder()
  let broker: Mosquitto
  let app: WeirApp
  beforeAll(async () => {
    broker = await startMosquitto({ config: ['max_queued_messages 0'] })
    const source = {
      id: 'plant',
      name: 'Plant',
      connection: { kind: 'mqtt', url: broker.url, subscriptions: [{ filter: 'plant/+/telemetry' }] },
      decoding: { topicTemplate: 'plant/{device}/telemetry' },
      time: { field: 'ts' },
    }
    writeFileSync(
      join(folder.path, 'workspace.json'),
      JSON.stringify(workspace.parse({ version: 1, sources: [source], pipelines })),
    )
    app = await WeirApp.launch({ userData: folder.path })
    await app.part('nav-sources').click()
    await app.page.locator('[data-testid="source-state-plant"]', { hasText: 'Live' }).waitFor({ timeout: START_MS })
    await publish(broker.url)
  })
  afterAll(async () => {
    await app.close('many-series')
    await broker.stop()
    folder.remove()
  })

  it('are all stored and counted', async () => {
    await expect.poll(() => app.stored(), { timeout: START_MS }).toBe(SENSORS * ROUNDS)
    await app.part('nav-dashboard').click()
    await expect.poll(() => app.part('dashboard-count').innerText(), { timeout: SOON_MS }).toContain('1,000')
    await app.page.locator('[data-testid^="tile-"][data-condition="state.live"]').first().waitFor({ timeout: SOON_MS })
    await app.picture('many-tiles')
  })

  it('are found by a word', async () => {
    await app.part('dashboard-filter').fill('sensor-777')
    await expect.poll(() => app.page.locator('[data-testid^="tile-"]').count(), { timeout: SOON_MS }).toBe(1)
    await app.part('dashboard-filter').fill('')
    await app.part('nav-explore').click()
    await app.page.locator('[data-testid^="panel-"]:not([data-points="0"])').first().waitFor({ timeout: SOON_MS })
    await app.picture('many-explore')
  })

  it('are keys of a pipeline as well, read when they are looked for', async () => {
    const keys = app.page.locator('[data-testid^="result-hops-"]')
    await app.part('explore-search').fill('second')
    await expect.poll(() => keys.count(), { timeout: SOON_MS }).toBeGreaterThan(10)
    expect(await keys.count()).toBeLessThan(100)
    await app.part('explore-search').fill('second 777')
    await expect.poll(() => keys.count(), { timeout: SOON_MS }).toBe(1)
    await keys.first().getByRole('checkbox').click()
    await app.part('explore-search').fill('')
    await app.part('range-5m').click()
    const panel = app.page.locator('[data-testid^="result-panel-hops-"]')
    await expect.poll(() => panel.getAttribute('data-windows').then(Number), { timeout: SOON_MS }).toBeGreaterThan(15)
    const drawn = () => panel.getAttribute('data-windows').then(Number)
    const before = await drawn()
    await publish(broker.url)
    await expect.poll(drawn, { timeout: SOON_MS }).toBeGreaterThan(before)
    await app.page.getByRole('button', { name: 'Plant', exact: true }).click()
    await app.part('tree-pipeline-hops').click()
    await expect.poll(() => keys.count(), { timeout: SOON_MS }).toBeGreaterThan(10)
    expect(await keys.count()).toBeLessThan(100)
    await app.part('explore-search').fill('highest 777')
    await app.page.locator('[data-testid^="result-highest-"]').getByRole('checkbox').click()
    await app.part('explore-search').fill('')
    const derived = app.page.locator('[data-testid^="result-panel-highest-"]')
    await expect.poll(() => derived.getAttribute('data-windows').then(Number), { timeout: SOON_MS }).toBeGreaterThan(2)
    await derived.scrollIntoViewIfNeeded()
    await app.picture('many-keys')
  })

  it('are drawn only where they are seen', async () => {
    await app.part('nav-dashboard').click()
    await expect
      .poll(() => app.page.locator('[data-testid^="tile-"]').count(), { timeout: SOON_MS })
      .toBeGreaterThan(10)
    expect(await app.page.locator('[data-testid^="tile-"]').count()).toBeLessThan(100)
  })
})

async function publish(url: string): Promise<void> {
  const client = await connectAsync(url)
  const start = Date.now() - ROUNDS * 1000
  for (let round = 0; round < ROUNDS; round++) {
    const sent: Promise<unknown>[] = []
    for (let sensor = 0; sensor < SENSORS; sensor++) {
      const value = 20 + 5 * Math.sin(sensor / 50 + round / 4)
      const payload = JSON.stringify({ ts: start + round * 1000, temperature: Number(value.toFixed(2)) })
      sent.push(client.publishAsync(`plant/sensor-${sensor}/telemetry`, payload, { qos: 1 }))
    }
    await Promise.all(sent)
  }
  await client.endAsync()
}
