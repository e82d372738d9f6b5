/** The Kafka source against a real broker: what arrives, how it is told apart, and where reading begins. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { formatSeries } from '../../shared/model/series'
import { storedSamples } from './support/engine'
import {
  ascending,
  createTopic,
  enginesForFile,
  kafkaForFile,
  kafkaMissing,
  kafkaSource,
  kcat,
  numbered,
  range,
  START,
  values,
} from './support/kafka'
import { USERS } from './support/kafka-broker'
import { temporaryFolder, until } from './support/world'

describe.skipIf(kafkaMissing)('Kafka', () => {
  const kafka = kafkaForFile()
  const { start, stopAll, stateOf, reaches, stores } = enginesForFile()
  const plain = () => kafka.broker.at.PLAINTEXT
  const send = (topic: string, lines: readonly string[], options?: readonly string[]) =>
    kcat(plain(), topic, lines, options)
  const producer = async (transactionalId?: string) => {
    const client = new Kafka({ brokers: [plain()], logLevel: logLevel.NOTHING })
    const made = client.producer(transactionalId === undefined ? {} : { transactionalId, maxInFlightRequests: 1 })
    await made.connect()
    return made
  }

  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    it(`reads what librdkafka wrote with compression ${codec}`, async () => {
      const topic = `codec-${codec}`
      await createTopic(kafka.admin, topic)
      await send(topic, numbered(0, 5000), ['-z', codec])
      const engine = await start(kafkaSource(plain(), [topic]))
      await stores(engine, 5000)
      expect(await values(engine)).toEqual(range(0, 5000))
      await reaches(engine, 'live')
    })

  it('makes one rejected record of a batch that cannot be decompressed, and reads on', async () => {
    await createTopic(kafka.admin, 'bomb')
    await send('bomb', numbered(0, 3))
    const large = join(await temporaryFolder(), 'large')
    await writeFile(large, 'x'.repeat(70 << 20))
    await send('bomb', [], ['-z', 'zstd', '-X', 'message.max.bytes=100000000', large])
    await send('bomb', numbered(3, 6), ['-z', 'zstd'])
    const engine = await start(kafkaSource(plain(), ['bomb']))
    await stores(engine, 6)
    expect(await values(engine)).toEqual(range(0, 6))
    const rejected = await engine.runtime.rejectedRecords.newest('plant')
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'a batch of records cannot be decompressed (zstd): more than 67108864 bytes when decompressed',
    ])
    await reaches(engine, 'live')
  })

  const token = [{ alg: 'none' }, { sub: 'monitor', iat: 1_700_000_000, exp: 4_000_000_000 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const logins = [
    ['SASL_PLAINTEXT', 'PLAIN', { password: USERS.monitor }],
    ['SASL_PLAINTEXT', 'SCRAM-SHA-256', { password: USERS.monitor }],
    ['SASL_PLAINTEXT', 'SCRAM-SHA-512', { password: USERS.monitor }],
    ['SASL_PLAINTEXT', 'OAUTHBEARER', { token: `${token}.` }],
    ['SASL_SSL', 'SCRAM-SHA-512', { password: USERS.monitor }],
    ['SSL', 'PLAIN', {}],
  ] as const
  for (const [security, mechanism, secrets] of logins)
    it(`connects over ${security}${security === 'SSL' ? '' : ` with ${mechanism}`}`, async () => {
      const topic = `login-${security}-${mechanism}`
      await createTopic(kafka.admin, topic)
      await send(topic, numbered(0, 3))
      const tls = { ca: readFileSync(join(kafka.broker.folder, 'ca.pem'), 'utf8') }
      const connection = { security, mechanism, user: 'monitor', tls }
      const engine = await start(kafkaSource(kafka.broker.at[security], [topic], connection), secrets)
      await stores(engine, 3)
    })

  it('shows its own certificate where the broker wants one', async () => {
    await createTopic(kafka.admin, 'mutual')
    await send('mutual', numbered(0, 3))
    const pem = (name: string) => readFileSync(join(kafka.broker.folder, name), 'utf8')
    const connection = { security: 'SSL', tls: { ca: pem('ca.pem'), cert: pem('client.pem') } }
    const engine = await start(kafkaSource(kafka.broker.at.MUTUAL, ['mutual'], connection), { key: pem('client.key') })
    await stores(engine, 3)
  })

  it('labels by topic, key and header, and takes the time of the broker where the record has none', async () => {
    await createTopic(kafka.admin, 'plant.north.telemetry')
    const device = await producer()
    await device.send({
      topic: 'plant.north.telemetry',
      messages: [
        { key: 'boiler', value: '{"n":1}', timestamp: String(START), headers: { line: 'a' } },
        { key: 'press', value: '{"n":2}', timestamp: String(START + 1000), headers: { line: ['b', 'c'] } },
        { value: '{"n":3}', timestamp: String(START + 2000) },
      ],
    })
    await device.disconnect()
    const engine = await start(
      kafkaSource(
        plain(),
        ['plant.north.telemetry'],
        { keyLabel: 'device', headerLabels: [{ header: 'line', label: 'line' }] },
        { time: {}, decoding: { fields: [{ path: 'n' }], topicTemplate: 'plant.{site}.telemetry' } },
      ),
    )
    await stores(engine, 3)
    const names = new Map(engine.runtime.series().map((info) => [info.id, formatSeries(info)]))
    const found = (await storedSamples(engine)).map(({ series, time, value }) => [names.get(series), time, value])
    expect(found).toEqual([
      ['n{device="boiler", line="a", site="north"}', START, 1],
      ['n{device="press", line="c", site="north"}', START + 1000, 2],
      ['n{site="north"}', START + 2000, 3],
    ])
  })

  it('passes tombstones over and counts them', async () => {
    await createTopic(kafka.admin, 'compacted', 1, { 'cleanup.policy': 'compact' })
    const device = await producer()
    const messages = [
      { key: 'a', value: '{"ts":1700000000000,"n":0}' },
      { key: 'a', value: null },
      { key: 'b', value: '{"ts":1700000000001,"n":1}' },
    ]
    await device.send({ topic: 'compacted', messages })
    await device.disconnect()
    const engine = await start(kafkaSource(plain(), ['compacted']))
    await stores(engine, 2)
    expect(engine.runtime.runners.get('plant')?.ledger).toMatchObject({
      received: 3,
      decoded: 2,
      filtered: 1,
      rejected: 0,
    })
    await reaches(engine, 'live')
  })

  it('reads committed transactions only, and knows that it has caught up behind an aborted one', async () => {
    await createTopic(kafka.admin, 'transactions')
    const device = await producer('device')
    for (const [n, commits] of [
      [0, true],
      [1, false],
      [2, true],
      [3, false],
    ] as const) {
      const transaction = await device.transaction()
      await transaction.send({ topic: 'transactions', messages: numbered(n, n + 1).map((value) => ({ value })) })
      await (commits ? transaction.commit() : transaction.abort())
    }
    await device.disconnect()
    const engine = await start(kafkaSource(plain(), ['transactions']))
    await reaches(engine, 'live')
    await stores(engine, 2)
    expect(await values(engine)).toEqual([0, 2])
    expect(engine.runtime.runners.get('plant')?.lag).toBe(0)
  })

  it('begins at the newest, then goes on where it stopped', async () => {
    await createTopic(kafka.admin, 'newest', 2)
    await send('newest', numbered(0, 10))
    const folder = await temporaryFolder()
    const source = kafkaSource(plain(), ['newest'], { start: 'newest' })
    const first = await start(source, {}, folder)
    await reaches(first, 'live')
    await stopAll()
    // Nothing was read yet: where "newest" was is stored all the same.
    await send('newest', numbered(10, 20))
    const second = await start(source, {}, folder)
    await stores(second, 10)
    await send('newest', numbered(20, 30))
    await stores(second, 20)
    expect(ascending(await values(second))).toEqual(range(10, 30))
  })

  it('begins at a time, and anew at every start where it shall not resume', async () => {
    await createTopic(kafka.admin, 'by-time')
    const device = await producer()
    const messages = numbered(0, 10).map((value, n) => ({ value, timestamp: String(START + n * 1000) }))
    await device.send({ topic: 'by-time', messages })
    await device.disconnect()
    const folder = await temporaryFolder()
    const startTime = new Date(START + 6000).toISOString()
    const source = kafkaSource(plain(), ['by-time'], { start: 'time', startTime, resume: false })
    await stores(await start(source, {}, folder), 4)
    await stopAll()
    const second = await start(source, {}, folder)
    await stores(second, 8)
    expect(ascending(await values(second))).toEqual([6, 6, 7, 7, 8, 8, 9, 9])
  })

  it('reads several topics, and partitions that are added later from their beginning', async () => {
    await createTopic(kafka.admin, 'wide', 3)
    await createTopic(kafka.admin, 'empty', 4)
    await send('wide', numbered(0, 100))
    const engine = await start(kafkaSource(plain(), ['wide', 'empty'], { start: 'newest' }))
    await reaches(engine, 'live')
    await kafka.admin.createPartitions({ topicPartitions: [{ topic: 'wide', count: 5 }] })
    for (const partition of [3, 4])
      await send('wide', numbered(partition * 100, partition * 100 + 50), ['-p', String(partition)])
    await send('empty', numbered(1000, 1050))
    await stores(engine, 150)
    expect(ascending(await values(engine))).toEqual([...range(300, 350), ...range(400, 450), ...range(1000, 1050)])
  })

  it('says how far it is behind, and is live once it has read what was there', async () => {
    await createTopic(kafka.admin, 'backlog', 4)
    await send('backlog', numbered(0, 200_000))
    const engine = await start(kafkaSource(plain(), ['backlog']))
    const seen = new Set<string>()
    let largest = 0
    await until(() => {
      const state = stateOf(engine)?.state ?? ''
      seen.add(state)
      largest = Math.max(largest, engine.runtime.runners.get('plant')?.lag ?? 0)
      return state === 'live'
    }, 'the backlog is read')
    expect(seen).toContain('catching-up')
    expect(largest).toBeGreaterThan(1000)
    expect(engine.runtime.runners.get('plant')?.lag).toBe(0)
    await stores(engine, 200_000)
  })

  it('leaves no group behind, and shares one where it is told to', async () => {
    await createTopic(kafka.admin, 'shared', 4)
    await send('shared', numbered(0, 1000))
    const source = kafkaSource(plain(), ['shared'], { group: 'team', sharedGroup: true })
    const [first, second] = [await start(source), await start(source)]
    const total = () => first.runtime.storedSamples + second.runtime.storedSamples
    await until(
      () => total() >= 1000,
      () => `all is stored by one of them, not ${total()}`,
    )
    await until(async () => {
      const { groups } = await kafka.admin.describeGroups(['team'])
      return groups[0]?.state === 'Stable' && groups[0].members.length === 2
    }, 'both are members')
    await send('shared', numbered(1000, 3000))
    const held = async () => new Set([...(await values(first)), ...(await values(second))])
    await until(async () => (await held()).size === 3000, 'all is stored by one of them')
    for (const engine of [first, second]) {
      const own = await values(engine)
      expect(new Set(own).size).toBe(own.length)
      expect(own.some((n) => n >= 1000)).toBe(true)
    }
    await stopAll()
    // A third one begins where the group is, not at the oldest.
    await send('shared', numbered(3000, 3100))
    const third = await start(source)
    await stores(third, 100)
    expect(ascending(await values(third))).toEqual(range(3000, 3100))
    await stopAll()
    const { groups } = await kafka.admin.listGroups()
    expect(groups.map(({ groupId }) => groupId)).toEqual(['team'])
  })

  it('tests with the newest records, and lists the topics', async () => {
    await createTopic(kafka.admin, 'tested', 2)
    await send('tested', numbered(0, 100), ['-p', '1'])
    const engine = await start({ sources: [] })
    const config = kafkaSource(plain(), ['tested']) as Parameters<typeof engine.runtime.trials.test>[0]
    const parsed = (await import('../../shared/config/workspace')).source.parse(config)
    const report = await engine.runtime.trials.test(parsed, {})
    expect(report.records.map(({ payload }) => payload)).toEqual(numbered(95, 100))
    expect(report.fields.map(({ path }) => path)).toContain('n')
    const topics = await engine.runtime.trials.discover(parsed, {}, 0, new AbortController().signal)
    expect(topics).toContainEqual({ name: 'tested', count: 100 })
    expect(topics.some(({ name }) => name.startsWith('__'))).toBe(false)
    const missing = { ...parsed, connection: { ...parsed.connection, topics: ['missing'] } } as typeof parsed
    await expect(engine.runtime.trials.test(missing, {})).rejects.toThrow('the topic missing does not exist')
  })
})
