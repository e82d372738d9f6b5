/** Results and alerts that leave for a real Apache Kafka. */
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { createTopic, kafkaForFile, kafkaMissing } from './support/kafka'
import { outputsForFile, START } from './support/outputs'
import { until } from './support/world'

interface Produced {
  readonly key: string
  readonly id: string
  readonly partition: number
  readonly body: Record<string, unknown>
}

describe.skipIf(kafkaMissing)('an output to Kafka', () => {
  const kafka = kafkaForFile()
  const world = outputsForFile()
  const { config, delivers, onEnd, retries, send, start, status } = world
  const to = (topic: string, over: object = {}) => ({
    kind: 'kafka',
    brokers: [kafka.broker.at.PLAINTEXT],
    topic,
    ...over,
  })

  /** Everything that is in the topic, and what comes. */
  async function readAll(topic: string): Promise<Produced[]> {
    const client = new Kafka({ brokers: [kafka.broker.at.PLAINTEXT], logLevel: logLevel.NOTHING })
    const consumer = client.consumer({ groupId: `test-${topic}-${Math.random()}` })
    onEnd(() => consumer.disconnect())
    const records: Produced[] = []
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachMessage: ({ partition, message }) => {
        const body = JSON.parse(String(message.value)) as Record<string, unknown>
        records.push({ key: String(message.key), id: String(message.headers?.['id']), partition, body })
        return Promise.resolve()
      },
    })
    return records
  }
  const results = (records: readonly Produced[]): Produced[] => records.filter(({ body }) => body['kind'] === 'result')
  const starts = (records: readonly Produced[]): unknown[] => results(records).map(({ body }) => body['start'])
  const seconds = (count: number): number[] => Array.from({ length: count }, (_, i) => START + i * 1000)

  it('produces each once, those of a series in order, with its id in a header', async () => {
    await createTopic(kafka.admin, 'plain', 3)
    const engine = await start(to('plain', { compression: 'gzip' }), { pipelines: ['w'] })
    await send(0, 301, (n) => (n === 55 ? 96 : 80))
    await delivers(engine, 30)
    const records = await readAll('plain')
    await until(() => records.length >= status(engine).delivered, 'they are in the topic')
    expect(starts(records)).toEqual(seconds(starts(records).length))
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(1)
    expect(records.every(({ id, body }) => id === body['id'])).toBe(true)
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
    expect(records[0]).toMatchObject({
      key: 'log/temperature{"site":"north"}',
      body: { kind: 'result', pipeline: 'w', labels: { site: 'north' }, statistics: { mean: 80, max: 80 } },
    })
    const alerts = records.filter(({ body }) => body['kind'] === 'alert').map(({ body }) => [body['from'], body['to']])
    expect(alerts).toEqual([
      ['normal', 'firing'],
      ['firing', 'normal'],
    ])
  })

  it('says that a topic does not exist, and goes on once it does', async () => {
    const engine = await start(to('later-{site}'), { pipelines: ['w'] })
    await send(0, 101)
    await retries(engine, 'the topic later-north does not exist')
    await expect(engine.runtime.outputs.test(config(to('nowhere')), {})).rejects.toThrow(
      'the topic nowhere does not exist',
    )
    await createTopic(kafka.admin, 'later-north')
    await engine.runtime.outputs.retry('out')
    await delivers(engine, 8)
  })

  it('goes on where it was when the broker has gone and come back', async () => {
    await createTopic(kafka.admin, 'away')
    const engine = await start(to('away'), { pipelines: ['w'] })
    await send(0, 101)
    await delivers(engine, 8)
    await kafka.broker.stop()
    await send(101, 301)
    await until(() => status(engine).state.state === 'retrying', 'it says that the broker is away')
    expect(status(engine).waiting).toBeGreaterThan(0)
    await kafka.broker.start()
    await engine.runtime.outputs.retry('out')
    await delivers(engine, 28)
    const records = await readAll('away')
    await until(() => new Set(starts(records)).size >= 28, 'all are in the topic')
    const distinct = [...new Set(starts(records))]
    expect(distinct).toEqual(seconds(distinct.length))
  })

  it('sets aside a record that the topic does not take, and sends the others', async () => {
    await createTopic(kafka.admin, 'small', 1, { 'max.message.bytes': '1200' })
    const engine = await start(to('small'), { pipelines: ['w'] }, { rule: { name: 'x'.repeat(2000) } })
    await send(0, 101, (n) => (n === 30 ? 96 : 80))
    await until(() => status(engine).setAside >= 2, 'the alerts are set aside')
    expect(status(engine).reason).toBe('the broker takes no record of this size')
    await delivers(engine, 8)
  })

  it('signs in, and says when it may not', async () => {
    await createTopic(kafka.admin, 'signed')
    const connection = to('signed', {
      brokers: [kafka.broker.at.SASL_PLAINTEXT],
      ...{ security: 'SASL_PLAINTEXT', mechanism: 'SCRAM-SHA-256', user: 'monitor' },
    })
    const engine = await start(connection, { pipelines: ['w'] }, { secrets: { password: 'wrong' } })
    await send(0, 101)
    await retries(engine, 'wrong user name or password')
    expect((await engine.runtime.outputs.test(config(connection), { password: 'right' })).sent).toBe(true)
    const records = await readAll('signed')
    await until(() => records.length === 1, 'the test is in the topic')
    expect(records[0]?.body['kind']).toBe('test')
  })

  it('loses nothing over kills, and repeats only with the same id', async () => {
    await createTopic(kafka.admin, 'killed')
    const { last, windows } = await world.afterKills(to('killed'))
    const records = await readAll('killed')
    await until(() => new Set(starts(records)).size >= windows, 'every window is in the topic')
    expect(await last.end('SIGTERM')).toBe(0)
    const distinct = [...new Set(starts(records))]
    expect(distinct).toEqual(seconds(distinct.length))
    const byId = new Map<string, string>()
    for (const { id, body } of records) {
      const text = JSON.stringify(body)
      expect(byId.get(id) ?? text).toBe(text)
      byId.set(id, text)
    }
  })
})
