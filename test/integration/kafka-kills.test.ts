/** SIGKILL of an engine that reads from Kafka: every record is stored once, and every window is right. */
import { describe, it } from 'vitest'
import { kafkaForFile, kafkaMissing } from './support/kafka'
import { survivesKills } from './support/kafka-kills'

describe.skipIf(kafkaMissing)('an engine that is killed while it reads from Kafka', () => {
  const kafka = kafkaForFile()
  it('stores every record exactly once over 4 kills (20 in test:long)', async () => {
    await survivesKills(kafka, { records: 100_000, perSecond: 12_000, kills: 4 })
  })
})
