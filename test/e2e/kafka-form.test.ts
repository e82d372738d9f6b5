/** A Kafka topic that nobody described becomes a chart in the real window: address, Test, fields, save. */
import { Kafka, logLevel } from 'kafkajs'
import type { Producer } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTopic, kafkaForFile, kafkaMissing } from '../integration/support/kafka'
import { SOON_MS, START_MS, WeirApp } from './app'

const TOPIC = 'plant.telemetry'

describe.skipIf(kafkaMissing)('a Kafka topic', () => {
  const kafka = kafkaForFile()
  let app: WeirApp
  let producer: Producer
  let publishing: NodeJS.Timeout
  beforeAll(async () => {
    await createTopic(kafka.admin, TOPIC, 2)
    producer = new Kafka({ brokers: [kafka.broker.at.PLAINTEXT], logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
    let n = 0
    publishing = setInterval(() => {
      const key = ['boiler', 'pump'][n++ % 2] ?? ''
      const value = JSON.stringify({ ts: Date.now(), temp: 20 + (n % 7), machine: key })
      void producer.send({ topic: TOPIC, messages: [{ key, value }] })
    }, 100)
    app = await WeirApp.launch()
  })
  afterAll(async () => {
    clearInterval(publishing)
    await producer.disconnect()
    await app.close('kafka-form')
  })

  it('is found by the address of its broker', async () => {
    await app.page.keyboard.press('Control+n')
    await app.part('source-address').fill(`kafka://${kafka.broker.at.PLAINTEXT}/${TOPIC}`)
    await app.page.keyboard.press('Enter')
    await expect.poll(() => app.part('field-topics-0').inputValue(), { timeout: SOON_MS }).toBe(TOPIC)
  })

  it('shows five records, and what they seem to be', async () => {
    await app.part('source-test').click()
    await app.page.locator('[data-testid="test-result"][data-state="ok"]').waitFor({ timeout: START_MS })
    const detected = await app.part('detected').innerText()
    for (const words of ['JSON', '5 of 5 records', 'epoch ms']) expect(detected).toContain(words)
    await app.picture('kafka-tested')
  })

  it('is a chart once it is saved', async () => {
    await app.part('source-save').click()
    await app.page.locator('[data-testid^="panel-"]:not([data-points="0"])').first().waitFor({ timeout: START_MS })
    await app.picture('kafka-chart')
    expect(app.problems).toEqual([])
  })
})
