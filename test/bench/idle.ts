/**
 * bench idle: ten quiet sources in one engine, one of them a Kafka topic, each connected to something real that sends
 * nothing; beside it a bare kafkajs consumer of the same topic. Both are processes of their own over the same minute;
 * `core_share` is their processor time by it. What a minute of quiet costs is mostly timers.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { Engine } from '../../main/engine/engine'
import { Database } from '../../main/store/database'
import { workspace } from '../../shared/config/workspace'
import { kafkaJars, startKafka } from '../integration/support/kafka-broker'
import { startMosquitto } from './support/mosquitto'

const TOPIC = 'quiet'
const SETTLE_MS = 15_000
const MEASURED_MS = 60_000

async function main(): Promise<void> {
  const [role, given = ''] = process.argv.slice(2)
  if (role === 'weir') return runWeir(given)
  if (role === 'bare') return runBare(given)
  if (kafkaJars === undefined) {
    process.exitCode = 1
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  const broker = await startKafka(folder)
  const mosquitto = await startMosquitto([])
  const server = await listen()
  try {
    await createTopic(broker.at.PLAINTEXT)
    const sources = await quietSources(folder, broker.at.PLAINTEXT, mosquitto.port, portOf(server))
    writeFileSync(join(folder, 'workspace.json'), JSON.stringify(workspace.parse({ version: 1, sources })))
    const children = [fork(__filename, ['weir', folder]), fork(__filename, ['bare', broker.at.PLAINTEXT])]
    const [weir, bare] = await Promise.all(children.map(shareOf))
    const result = { sources: sources.length, core_share: weir?.share, live: weir?.live, bare_kafka_share: bare?.share }
    const ratio = Number(((weir?.share ?? NaN) / (bare?.share ?? NaN)).toFixed(3))
    console.log(JSON.stringify({ ...result, ratio }))
  } finally {
    server.close()
    mosquitto.stop()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Share {
  readonly share: number
  readonly live: number
}

function shareOf(child: ChildProcess): Promise<Share> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Share))
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}`)))
  })
}

async function measure(live: () => number): Promise<void> {
  await delay(SETTLE_MS)
  const before = process.cpuUsage()
  const begun = performance.now()
  await delay(MEASURED_MS)
  const { user, system } = process.cpuUsage(before)
  const share = (user + system) / 1000 / (performance.now() - begun)
  process.send?.({ share: Number(share.toFixed(4)), live: live() }, () => process.exit(0))
}

async function runWeir(folder: string): Promise<void> {
  const engine = await Engine.start({
    workspacePath: join(folder, 'workspace.json'),
    databasePath: join(folder, 'weir.db'),
    secrets: {},
    brokenWorkspace: 'fail',
  })
  await measure(() => [...engine.runtime.runners.values()].filter(({ current }) => current.state === 'live').length)
}

async function runBare(brokerAt: string): Promise<void> {
  const consumer = new Kafka({ brokers: [brokerAt], logLevel: logLevel.NOTHING }).consumer({ groupId: 'bare' })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC })
  await consumer.run({ eachBatch: () => Promise.resolve() })
  await measure(() => 1)
}

async function createTopic(brokerAt: string): Promise<void> {
  const admin = new Kafka({ brokers: [brokerAt], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 4 }] })
  await admin.disconnect()
}

async function quietSources(folder: string, kafkaAt: string, mqttPort: number, tcpPort: number): Promise<object[]> {
  const database = join(folder, 'plant.sqlite')
  const writer = await Database.open(database, 'write')
  await writer.exec('CREATE TABLE readings (id INTEGER PRIMARY KEY, v REAL)')
  await writer.close()
  const log = (n: number): string => {
    const path = join(folder, `log-${n}.ndjson`)
    writeFileSync(path, '')
    return path
  }
  const free = await Promise.all(
    [1, 2].map(async () => {
      const server = await listen()
      const port = portOf(server)
      await new Promise((resolve) => server.close(resolve))
      return port
    }),
  )
  const mqtt = (filter: string) => ({
    kind: 'mqtt',
    url: `mqtt://127.0.0.1:${mqttPort}`,
    subscriptions: [{ filter, qos: 1 }],
  })
  return [
    { kind: 'kafka', brokers: [kafkaAt], topics: [TOPIC] },
    mqtt('a/#'),
    mqtt('b/#'),
    { kind: 'tcp', mode: 'client', host: '127.0.0.1', port: tcpPort },
    { kind: 'tcp', mode: 'server', host: '127.0.0.1', port: free[0] },
    { kind: 'websocket', mode: 'server', port: free[1] },
    { kind: 'udp', port: free[1] },
    { kind: 'file', path: log(1), format: 'ndjson', mode: 'follow' },
    { kind: 'file', path: log(2), format: 'ndjson', mode: 'follow' },
    { kind: 'sqlite', path: database, query: 'readings', cursor: 'id' },
  ].map((connection, n) => ({ id: `quiet-${n}`, name: `Quiet ${n}`, connection }))
}

const listen = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1', () => resolve(server))
  })
const portOf = (server: Server): number => (server.address() as AddressInfo).port

void main()
