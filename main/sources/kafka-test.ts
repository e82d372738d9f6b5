/** "Test" and the list of topics of the Kafka form: real connections that leave no position and no group behind. */
import { randomBytes } from 'node:crypto'
import type { Admin, Kafka } from 'kafkajs'
import type { Discovered } from '../../shared/ipc/engine'
import type { RawRecord, SourceContext } from '../contracts'
import type { KafkaConnection } from '../../shared/config/sources/kafka'
import { describeKafka, kafkaClient } from '../connections/kafka-connection'
import { RecordMaker } from './kafka-records'
import { pause } from '../connections/reconnect'

const TEST_RECORDS = 5
/** The newest of each partition are looked at, so that a topic that is quiet now shows something too. */
const LOOK_BACK = 5

/** Up to five records: the newest that are there, or the first that come. @throws Error with the reason in words. */
export async function testKafka(
  config: KafkaConnection,
  context: SourceContext,
  listenMs: number,
): Promise<RawRecord[]> {
  const client = kafkaClient(config, context)
  return asking(client, config, async (admin, about) => {
    const starts: { topic: string; partition: number; offset: string }[] = []
    for (const topic of config.topics) {
      about(topic)
      await admin.fetchTopicMetadata({ topics: [topic] })
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        starts.push({ topic, partition, offset: String(Math.max(Number(low), Number(high) - LOOK_BACK)) })
    }
    const groupId = `${config.group ?? `weir-${context.id}-`}test-${randomBytes(6).toString('hex')}`
    about(groupId)
    const records = await readSome(client, config, groupId, starts, listenMs)
    await admin.deleteGroups([groupId]).catch(() => undefined)
    return records
  })
}

async function readSome(
  client: Kafka,
  config: KafkaConnection,
  groupId: string,
  starts: readonly { topic: string; partition: number; offset: string }[],
  listenMs: number,
): Promise<RawRecord[]> {
  const consumer = client.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 200 })
  const records: RawRecord[] = []
  const maker = new RecordMaker(config)
  const enough = new AbortController()
  let failure: Error | undefined
  consumer.on(consumer.events.GROUP_JOIN, () => starts.forEach((start) => consumer.seek(start)))
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    failure = payload.error
    enough.abort()
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...config.topics] })
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch: { topic, messages } }) => {
        records.push(...maker.take(topic, messages, 0, messages.length, 0).records)
        if (records.length >= TEST_RECORDS) enough.abort()
        return Promise.resolve()
      },
    })
    await pause(listenMs, enough.signal)
  } finally {
    await consumer.disconnect()
  }
  if (failure !== undefined) throw failure
  return records.slice(0, TEST_RECORDS)
}

/** Topics of the cluster that the login may see, with their number of records; Kafka's own are left out. */
export function kafkaTopics(config: KafkaConnection, context: SourceContext): Promise<Discovered[]> {
  return asking(kafkaClient(config, context), config, async (admin) => {
    const names = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'))
    const counts = await Promise.all(
      names.map(async (topic) => ({ name: topic, count: await recordsIn(admin, topic) })),
    )
    return counts.sort((a, b) => b.count - a.count)
  })
}

async function recordsIn(admin: Admin, topic: string): Promise<number> {
  try {
    const partitions = await admin.fetchTopicOffsets(topic)
    return partitions.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
  } catch {
    // Deleted since the list was made, or without a leader.
    return 0
  }
}

/** @throws Error with the reason in words; `about` says which topic or group the requests that follow are about. */
async function asking<T>(
  client: Kafka,
  config: KafkaConnection,
  task: (admin: Admin, about: (what: string) => void) => Promise<T>,
): Promise<T> {
  const admin = client.admin()
  let subject = ''
  try {
    await admin.connect()
    return await task(admin, (what) => (subject = what))
  } catch (error) {
    throw new Error(describeKafka(error, config, subject).reason, { cause: error })
  } finally {
    await admin.disconnect()
  }
}
