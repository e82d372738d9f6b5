/** The Kafka source against a real broker: what arrives, how it is told apart, and where reading begins. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import type { SourceState } from '../../shared/ipc/engine'
import { startEngine, storedSamples } from './support/engine'
import type { TestWorkspace } from './support/engine'
import { createTopic, kafkaForFile, kafkaMissing, kafkaSource, kcat, numbered } from './support/kafka'
import { temporaryFolder, until } from './support/world'

describe.skipIf(kafkaMissing)('Kafka', () => {
  const kafka = kafkaForFile()
  const engines: Engine[] = []
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop()
  })
  const engineWith = async (setup: TestWorkspace, folder?: string) => {
    const engine = await startEngine(folder ?? (await temporaryFolder()), setup)
    engines.push(engine)
    return engine
  }
  const stateOf = (engine: Engine): SourceState | undefined => engine.runtime.runners.get('plant')?.current
  const reaches = (engine: Engine, state: SourceState['state']) =>
    until(() => stateOf(engine)?.state === state, `the source is ${state}, not ${JSON.stringify(stateOf(engine))}`)
  const stores = (engine: Engine, count: number) =>
    until(() => engine.runtime.storedSamples >= count, `${count} readings are stored`)

  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    it(`reads what librdkafka wrote with compression ${codec}`, async () => {
      const topic = `codec-${codec}`
      await createTopic(kafka.admin, topic)
      await kcat(kafka.broker.at.PLAINTEXT, topic, numbered(0, 5000), ['-z', codec])
      const engine = await engineWith({ sources: [kafkaSource(kafka.broker.at.PLAINTEXT, [topic])] })
      await stores(engine, 5000)
      expect((await storedSamples(engine)).map(({ value }) => value)).toEqual(Array.from({ length: 5000 }, (_, n) => n))
      await reaches(engine, 'live')
    })
})
