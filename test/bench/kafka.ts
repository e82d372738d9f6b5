/**
 * bench kafka: the same records from a real broker, read by a bare kafkajs consumer that only parses and counts, and
 * by the whole engine down to SQLite, alternating. All records are there before, and the ratio is in records per CPU
 * second of the receiving process: the broker shares the cores, so wall time would measure the scheduler.
 */
import { fork, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { Engine } from '../../main/engine/engine'
import { workspace } from '../../shared/config/workspace'
import { kafkaJars, startKafka } from '../integration/support/kafka-broker'
import { median, watch } from './support/receiver'
import type { Report } from './support/receiver'

const ROUNDS = 3
const RECORDS = 1_000_000
const PARTITIONS = 4
const DEVICES = 1000
const PER_SECOND = 30_000
const TOPIC = 'bench'
const IDLE_MS = 10_000

async function main(): Promise<void> {
  const [role, brokerAt = ''] = process.argv.slice(2)
  if (role === 'bare') return receiveBare(brokerAt)
  if (role === 'weir') return receiveWeir(brokerAt)
  if (role === 'idle') return idle(brokerAt)
  return compare()
}

// ---- the comparison

async function compare(): Promise<void> {
  if (kafkaJars === undefined) {
    process.exitCode = 1
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  const broker = await startKafka(folder)
  try {
    const brokerAt = broker.at.PLAINTEXT
    await fill(brokerAt)
    const perCpuSecond = { bare: [] as number[], weir: [] as number[] }
    let lost = 0
    let rssMb = 0
    for (let round = 0; round < ROUNDS; round++)
      for (const role of ['bare', 'weir'] as const) {
        const { received, cpuMs, rssMb: rss } = await run(role, brokerAt)
        perCpuSecond[role].push((received / cpuMs) * 1000)
        if (role === 'weir') {
          lost += RECORDS - received
          rssMb = Math.max(rssMb, rss)
        }
        process.stderr.write(`${role}: ${Math.round((received / cpuMs) * 1000)} records per CPU second\n`)
      }
    const { cpuMs: idleMs } = await run('idle', brokerAt)
    const [bare, weir] = [median(perCpuSecond.bare), median(perCpuSecond.weir)]
    const result = {
      bare_per_cpu_s: Math.round(bare),
      weir_per_cpu_s: Math.round(weir),
      ratio: Number((weir / bare).toFixed(3)),
      lost,
      rss_mb: Number(rssMb.toFixed(1)),
      idle_core_percent: Number(((idleMs / IDLE_MS) * 100).toFixed(2)),
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } finally {
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Figures = Exclude<Report, { readonly type: 'ready' }>

function run(role: 'bare' | 'weir' | 'idle', brokerAt: string): Promise<Figures> {
  const child = fork(process.argv[1] as string, [role, brokerAt], { execArgv: ['--expose-gc'] })
  let last: Figures | undefined
  child.on('message', (report: Figures) => (last = report))
  return new Promise((resolve, reject) =>
    child.once('exit', () => (last === undefined ? reject(new Error(`${role} reported nothing`)) : resolve(last))),
  )
}

/** By kcat, keyed by device, so that each device's records stay in one partition and in order. */
async function fill(brokerAt: string): Promise<void> {
  const admin = new Kafka({ brokers: [brokerAt], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1 }] })
  await admin.disconnect()
  const options = ['-P', '-b', brokerAt, '-t', TOPIC, '-K', '\t', '-X', 'linger.ms=50']
  const child = spawn('kcat', options, { stdio: ['pipe', 'ignore', 'inherit'] })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  for (let n = 0; n < RECORDS;) {
    let lines = ''
    for (const until = Math.min(RECORDS, n + 5000); n < until; n++) lines += `device-${n % DEVICES}\t${payload(n)}\n`
    if (!child.stdin.write(lines)) await new Promise((resolve) => child.stdin.once('drain', resolve))
  }
  child.stdin.end()
  await gone
}

const payload = (n: number): string =>
  `{"ts":${1_700_000_000_000 + Math.floor((n * 1000) / PER_SECOND)},"temperature":${(20 + (n % 997) / 100).toFixed(2)},"n":"${n}"}`

// ---- the receivers

async function receiveBare(brokerAt: string): Promise<void> {
  let received = 0
  const client = new Kafka({ brokers: [brokerAt], logLevel: logLevel.NOTHING })
  const consumer = client.consumer({ groupId: `bare-${process.pid}`, allowAutoTopicCreation: false })
  await consumer.connect()
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      for (const { value } of batch.messages) {
        const record = JSON.parse((value as Buffer).toString()) as { temperature: number }
        if (typeof record.temperature === 'number') received += 1
      }
      return Promise.resolve()
    },
  })
  watch(
    RECORDS,
    () => received,
    () => Promise.resolve(),
  )
}

async function receiveWeir(brokerAt: string): Promise<void> {
  const { engine, close } = await weir(brokerAt, 'oldest')
  watch(
    RECORDS,
    () => engine.runtime.storedSamples,
    async () => {
      const { storedSamples: stored, runners } = engine.runtime
      const runner = runners.get('bench')
      if (stored < RECORDS)
        process.stderr.write(`weir: ${stored} stored, ${JSON.stringify([runner?.current, runner?.ledger])}\n`)
      await close()
    },
  )
}

/** CPU time of an engine that is connected and receives nothing. */
async function idle(brokerAt: string): Promise<void> {
  const { engine, close } = await weir(brokerAt, 'newest')
  while (engine.runtime.runners.get('bench')?.current.state !== 'live')
    await new Promise((resolve) => setTimeout(resolve, 20))
  const before = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const { user, system } = process.cpuUsage(before)
  process.send?.({ type: 'done', received: 0, cpuMs: (user + system) / 1000, rssMb: 0 } satisfies Figures)
  await close()
  process.exit(0)
}

async function weir(brokerAt: string, start: 'oldest' | 'newest') {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  const workspacePath = join(folder, 'workspace.json')
  const setup = {
    version: 1,
    sources: [
      {
        id: 'bench',
        name: 'bench',
        connection: { kind: 'kafka', brokers: [brokerAt], topics: [TOPIC], start, keyLabel: 'device' },
        decoding: { fields: [{ path: 'temperature' }] },
        time: { field: 'ts' },
      },
    ],
    pipelines: [{ id: 'bench-windows', name: 'bench', source: 'bench', window: { kind: 'tumbling', size: '1s' } }],
  }
  writeFileSync(workspacePath, JSON.stringify(workspace.parse(setup)))
  const engine = await Engine.start({
    workspacePath,
    databasePath: join(folder, 'weir.db'),
    secrets: {},
    brokenWorkspace: 'fail',
  })
  const close = async () => {
    await engine.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { engine, close }
}

void main()
