/** What goes wrong between Weir and Kafka: each row of the fault matrix with a real fault. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { startHeadless } from './support/headless'
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
  values,
} from './support/kafka'
import { USERS } from './support/kafka-broker'
import { startEngine } from './support/engine'
import { freePort, temporaryFolder, until } from './support/world'

describe.skipIf(kafkaMissing)('Kafka, when something is wrong', () => {
  const kafka = kafkaForFile()
  const { start, stopAll, stateOf, reaches, stores, reason } = enginesForFile()
  const plain = () => kafka.broker.at.PLAINTEXT
  const send = (topic: string, from: number, to: number) => kcat(plain(), topic, numbered(from, to))
  const rejections = async (engine: Engine): Promise<string[]> =>
    (await engine.runtime.rejectedRecords.newest('plant')).map((record) => record.reason).reverse()
  const recreate = async (topic: string) => {
    await kafka.admin.deleteTopics({ topics: [topic] })
    await until(async () => !(await kafka.admin.listTopics()).includes(topic), 'the topic is gone')
    // The broker removes the log a moment after the name.
    await until(() => createTopic(kafka.admin, topic).catch(() => false), 'the topic is there again')
  }

  /** With a client of its own that has asked about this topic before: kafkajs finds the leader in what it knows. */
  const deleteUpTo = async (topic: string, offset: number) => {
    const admin = new Kafka({ brokers: [plain()], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
    await admin.disconnect()
  }

  it('says that nothing listens, and goes on trying', async () => {
    const port = await freePort()
    const engine = await start(kafkaSource(`127.0.0.1:${port}`, ['a']))
    await reaches(engine, 'retrying')
    expect(reason(engine)).toBe(`nothing listens at 127.0.0.1:${port}`)
  })

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'says that the password is wrong (%s), leaves others alone, and connects once it is right',
    async (mechanism) => {
      const topic = `password-${mechanism}`
      await createTopic(kafka.admin, topic)
      const connection = { security: 'SASL_PLAINTEXT', mechanism, user: 'monitor' }
      const source = kafkaSource(kafka.broker.at.SASL_PLAINTEXT, [topic], connection)
      const other = { ...kafkaSource(plain(), [topic]), id: 'other' }
      const engine = await start({ sources: [source, other] }, { password: 'wrong' })
      await reaches(engine, 'refused')
      expect(reason(engine)).toBe('wrong user name or password')
      await until(() => engine.runtime.runners.get('other')?.current.state === 'live', 'the other source is live')
      await engine.setSecrets('plant', { password: USERS.monitor })
      await reaches(engine, 'live')
    },
  )

  it('says that the token is refused', async () => {
    const connection = { security: 'SASL_PLAINTEXT', mechanism: 'OAUTHBEARER' }
    const engine = await start(kafkaSource(kafka.broker.at.SASL_PLAINTEXT, ['a'], connection), { token: 'x' })
    await reaches(engine, 'refused')
    expect(reason(engine)).toBe('the broker refuses the token')
  })

  it('says that the certificate is not trusted', async () => {
    const engine = await start(kafkaSource(kafka.broker.at.SSL, ['a'], { security: 'SSL' }))
    await reaches(engine, 'retrying')
    expect(reason(engine)).toBe(
      `the certificate of ${kafka.broker.at.SSL} is signed by an unknown authority; give its CA certificate`,
    )
  })

  it.each([
    ['PLAINTEXT', 'SSL', /closed the connection; does its security fit, PLAINTEXT\?$/],
    ['SSL', 'PLAINTEXT', /does not speak TLS on this port$|closed the connection; does its security fit, SSL\?$/],
    ['PLAINTEXT', 'SASL_PLAINTEXT', /closed the connection; does its security fit, PLAINTEXT\?$/],
  ] as const)('says that %s does not fit a port of %s', async (security, listener, words) => {
    const engine = await start(kafkaSource(kafka.broker.at[listener], ['a'], { security }))
    await until(() => reason(engine) !== '', 'the source gives a reason')
    expect(reason(engine)).toMatch(words)
  })

  it('says that a topic does not exist, creates none, and reads it once it is there', async () => {
    const engine = await start(kafkaSource(plain(), ['later']))
    await reaches(engine, 'refused')
    expect(reason(engine)).toBe('the topic later does not exist')
    expect(await kafka.admin.listTopics()).not.toContain('later')
    await createTopic(kafka.admin, 'later')
    await send('later', 0, 3)
    await stores(engine, 3)
  })

  it('says what the login may not do', async () => {
    await createTopic(kafka.admin, 'secret')
    const connection = { security: 'SASL_PLAINTEXT', user: 'guest' }
    const engine = await start(kafkaSource(kafka.broker.at.SASL_PLAINTEXT, ['secret'], connection), {
      password: USERS.guest,
    })
    await reaches(engine, 'refused')
    expect(reason(engine)).toBe('not authorised for the topic secret')
  })

  it('goes on by itself when the broker was gone: nothing is lost, nothing comes twice', async () => {
    await createTopic(kafka.admin, 'restart', 4)
    await send('restart', 0, 1000)
    const engine = await start(kafkaSource(plain(), ['restart']))
    await stores(engine, 1000)
    await kafka.broker.stop()
    await reaches(engine, 'retrying')
    expect(reason(engine)).not.toBe('')
    await kafka.broker.start()
    await reaches(engine, 'live')
    await send('restart', 1000, 2000)
    await stores(engine, 2000)
    expect(ascending(await values(engine))).toEqual(range(0, 2000))
  })

  it('discards what a rebalance in mid-batch makes stale, and has every record once', async () => {
    await createTopic(kafka.admin, 'rebalance', 4)
    await send('rebalance', 0, 150_000)
    const group = 'rebalance-'
    const engine = await start(kafkaSource(plain(), ['rebalance'], { group }))
    await until(() => engine.runtime.storedSamples > 0, 'reading has begun')
    const { groups } = await kafka.admin.listGroups()
    const groupId = groups.find((found) => found.groupId.startsWith(group))?.groupId ?? ''
    const client = new Kafka({ brokers: [plain()], logLevel: logLevel.NOTHING })
    // Someone joins the group, is given half of the partitions, and leaves.
    for (let round = 0; round < 2; round++) {
      const intruder = client.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 100 })
      await intruder.connect()
      await intruder.subscribe({ topics: ['rebalance'] })
      const joined = new Promise((resolve) => intruder.on(intruder.events.GROUP_JOIN, resolve))
      await intruder.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
      await joined
      await intruder.disconnect()
    }
    await send('rebalance', 150_000, 151_000)
    await stores(engine, 151_000)
    expect(ascending(await values(engine))).toEqual(range(0, 151_000))
  })

  it.each(['oldest', 'newest'] as const)(
    'records the gap where records were deleted before they were read, and goes on at the %s',
    async (deleted) => {
      const topic = `deleted-${deleted}`
      await createTopic(kafka.admin, topic)
      await send(topic, 0, 10)
      const folder = await temporaryFolder()
      const source = kafkaSource(plain(), [topic], { deleted })
      await stores(await start(source, {}, folder), 10)
      await stopAll()
      await send(topic, 10, 100)
      await deleteUpTo(topic, 50)
      const engine = await start(source, {}, folder)
      await reaches(engine, 'live')
      await send(topic, 100, 110)
      const [begin, last] = deleted === 'oldest' ? [50, 49] : [100, 99]
      await stores(engine, 10 + 110 - begin)
      expect(ascending(await values(engine))).toEqual([...range(0, 10), ...range(begin, 110)])
      expect(await rejections(engine)).toEqual([
        `records 10 to ${last} of ${topic}/0 were deleted or passed over before they were read`,
      ])
    },
  )

  it('notices that a topic was deleted and created again while it was away, also where the new one is longer', async () => {
    await createTopic(kafka.admin, 'again')
    await send('again', 0, 10)
    const folder = await temporaryFolder()
    const source = kafkaSource(plain(), ['again'])
    await stores(await start(source, {}, folder), 10)
    await stopAll()
    await recreate('again')
    await send('again', 1000, 1050)
    const engine = await start(source, {}, folder)
    await stores(engine, 60)
    expect(ascending(await values(engine))).toEqual([...range(0, 10), ...range(1000, 1050)])
    expect(await rejections(engine)).toEqual([
      'again/0 was deleted and created again; reading goes on at its oldest record',
    ])
  })

  it('says that a topic is gone while it reads it, and reads the new one of that name', async () => {
    await createTopic(kafka.admin, 'gone')
    await send('gone', 0, 10)
    const engine = await start(kafkaSource(plain(), ['gone']))
    await stores(engine, 10)
    await kafka.admin.deleteTopics({ topics: ['gone'] })
    await until(
      () => reason(engine) !== '',
      () => `the source says so, not ${JSON.stringify(stateOf(engine))}`,
    )
    expect(stateOf(engine)?.state).toBe('refused')
    expect(reason(engine)).toBe('the topic gone does not exist')
    await until(() => createTopic(kafka.admin, 'gone').catch(() => false), 'the topic is there again')
    await send('gone', 1000, 1050)
    await stores(engine, 60)
    expect(ascending(await values(engine))).toEqual([...range(0, 10), ...range(1000, 1050)])
  })

  it.skipIf(process.platform === 'win32')(
    'catches up after it was stopped (SIGSTOP) for longer than the group waits',
    async () => {
      await createTopic(kafka.admin, 'asleep', 2)
      const folder = await temporaryFolder()
      const source = kafkaSource(plain(), ['asleep'], { group: 'asleep-' })
      await writeFile(join(folder, 'workspace.json'), JSON.stringify({ version: 1, sources: [source] }))
      await send('asleep', 0, 1000)
      const engine = await startHeadless(folder)
      await engine.stores(1000)
      engine.child.kill('SIGSTOP')
      await send('asleep', 1000, 5000)
      const groupId = (await kafka.admin.listGroups()).groups.find((found) => found.groupId.startsWith('asleep-'))
      await until(
        async () => (await kafka.admin.describeGroups([groupId?.groupId ?? ''])).groups[0]?.members.length === 0,
        'the group has given it up',
        60_000,
      )
      engine.child.kill('SIGCONT')
      await engine.stores(5000)
      await send('asleep', 5000, 6000)
      await engine.stores(6000)
      expect(await engine.end('SIGTERM')).toBe(0)
      const reader = await startEngine(folder, { sources: [] })
      expect(ascending(await values(reader))).toEqual(range(0, 6000))
      await reader.stop()
    },
  )
})
