import { describe, it } from 'vitest'
import { kafkaForFile, kafkaMissing } from '../integration/support/kafka'
import { survivesKills } from '../integration/support/kafka-kills'

describe.skipIf(kafkaMissing)('an engine that is killed while it reads a million records from Kafka', () => {
  const kafka = kafkaForFile()
  it('stores every one exactly once over 20 kills, and says how soon it was back', async () => {
    const back = await survivesKills(kafka, { records: 1_000_000, perSecond: 20_000, kills: 20 })
    process.stdout.write(`stored again after a kill, ms: ${back.map(Math.round).join(' ')}\n`)
  })
})
