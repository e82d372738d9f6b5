/**
 * bench mqtt: the same load from a publisher process against mosquitto, received by a bare MQTT.js client that only
 * counts and parses, and by the whole engine down to SQLite, alternating. The ratio is in records per CPU second of
 * the receiving process: publisher and broker share the cores, so wall time would measure the scheduler.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectMqtt } from 'mqtt'
import { Engine } from '../../main/engine/engine'
import { workspace } from '../../shared/config/workspace'
import { startMosquitto } from './support/mosquitto'
import { child, median, watch } from './support/receiver'
import type { Report } from './support/receiver'

const ROUNDS = 3
const ROUND_MESSAGES = 200_000
const PACED_PER_SECOND = 30_000
const PACED_MESSAGES = 2_000_000
const TOPICS = 1000
const QOS = 1

async function main(): Promise<void> {
  const [role, port, messages, rate] = process.argv.slice(2)
  if (role === 'publisher') return publish(Number(port), Number(messages), Number(rate))
  if (role === 'bare') return receiveBare(Number(port), Number(messages))
  if (role === 'weir') return receiveWeir(Number(port), Number(messages))
  return compare()
}

// ---- the comparison

async function compare(): Promise<void> {
  const broker = await startMosquitto(['max_queued_messages 0', 'max_inflight_messages 0', 'max_queued_bytes 0'])
  try {
    const perCpuSecond = { bare: [] as number[], weir: [] as number[] }
    for (let round = 0; round < ROUNDS; round++)
      for (const role of ['bare', 'weir'] as const) {
        const { done } = await run(role, broker.port, ROUND_MESSAGES, 0)
        perCpuSecond[role].push((done.received / done.cpuMs) * 1000)
        process.stderr.write(`${role}: ${Math.round((done.received / done.cpuMs) * 1000)} records per CPU second\n`)
      }
    const paced = await run('weir', broker.port, PACED_MESSAGES, PACED_PER_SECOND)
    const bare = median(perCpuSecond.bare)
    const weir = median(perCpuSecond.weir)
    const result = {
      bare_per_cpu_s: Math.round(bare),
      weir_per_cpu_s: Math.round(weir),
      ratio: Number((weir / bare).toFixed(3)),
      qos: QOS,
      paced_per_s: Math.round(paced.achievedPerSecond),
      lost: PACED_MESSAGES - paced.done.received,
      rss_growth_mb: Number((paced.done.rssMb - paced.quarter.rssMb).toFixed(1)),
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } finally {
    broker.stop()
  }
}

async function run(role: 'bare' | 'weir', port: number, messages: number, rate: number) {
  const receiver = child(role, port, messages)
  const reports: Exclude<Report, { type: 'ready' }>[] = []
  const ready = new Promise<void>((resolve) =>
    receiver.on('message', (report: Report) => report.type === 'ready' && resolve()),
  )
  receiver.on('message', (report: Report) => {
    if (report.type !== 'ready') reports.push(report)
  })
  const ended = new Promise<void>((resolve) => receiver.once('exit', () => resolve()))
  await ready
  const publisher = child('publisher', port, messages, rate)
  const started = performance.now()
  const published = new Promise<number>((resolve) => publisher.once('exit', () => resolve(performance.now() - started)))
  const took = await published
  await ended
  const done = reports[reports.length - 1]
  const quarter = reports.find((report) => report.received >= messages / 4)
  if (done === undefined || quarter === undefined) throw new Error(`the ${role} receiver reported nothing`)
  return { done, quarter, achievedPerSecond: (messages / took) * 1000 }
}

// ---- the publisher: PUBLISH packets made by hand, so that it takes as little of the machine as it can

async function publish(port: number, messages: number, rate: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('data', () => undefined)
  const clientId = Buffer.from(`bench-${process.pid}`)
  socket.write(
    Buffer.concat([
      Buffer.from([0x10, 12 + clientId.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, clientId.length]),
      clientId,
    ]),
  )
  await new Promise((resolve) => socket.once('data', resolve))
  const started = performance.now()
  for (let sent = 0; sent < messages;) {
    const allowed =
      rate === 0 ? messages : Math.min(messages, Math.floor(((performance.now() - started) * rate) / 1000))
    const until = Math.min(allowed, sent + 500)
    if (until > sent) {
      const packets: Buffer[] = []
      for (; sent < until; sent++) packets.push(publishPacket(sent))
      if (!socket.write(Buffer.concat(packets))) await new Promise((resolve) => socket.once('drain', resolve))
    } else await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await new Promise<void>((resolve) => socket.end(Buffer.from([0xe0, 0]), () => resolve()))
  process.exit(0)
}

function publishPacket(n: number): Buffer {
  const topic = `bench/device-${n % TOPICS}/telemetry`
  // Event time passes as at the paced rate, so that each of the thousand sensors has 30 readings a window.
  const payload = `{"ts":${1_700_000_000_000 + Math.floor((n * 1000) / PACED_PER_SECOND)},"temperature":${(20 + (n % 997) / 100).toFixed(2)},"n":"${n}"}`
  const length = 2 + topic.length + 2 + payload.length
  const packet = Buffer.allocUnsafe(1 + (length < 128 ? 1 : 2) + length)
  let at = packet.writeUInt8(0x30 | (QOS << 1), 0)
  if (length >= 128) at = packet.writeUInt8(0x80 | (length % 128), at)
  at = packet.writeUInt8(length < 128 ? length : length >> 7, at)
  at = packet.writeUInt16BE(topic.length, at)
  at += packet.write(topic, at, 'latin1')
  at = packet.writeUInt16BE((n % 65_000) + 1, at)
  packet.write(payload, at, 'latin1')
  return packet
}

// ---- the receivers

function receiveBare(port: number, messages: number): void {
  let received = 0
  const client = connectMqtt(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 5,
    properties: { receiveMaximum: 65_535 },
    clientId: `bare-${process.pid}`,
  })
  client.on('message', (_topic, payload) => {
    const record = JSON.parse(payload.toString()) as { temperature: number }
    if (typeof record.temperature === 'number') received += 1
  })
  client.on('connect', () => {
    client.subscribe('bench/#', { qos: QOS }, () => process.send?.({ type: 'ready' }))
  })
  watch(
    messages,
    () => received,
    () => client.endAsync(),
  )
}

async function receiveWeir(port: number, messages: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  const workspacePath = join(folder, 'workspace.json')
  const setup = {
    version: 1,
    sources: [
      {
        id: 'bench',
        name: 'bench',
        connection: {
          kind: 'mqtt',
          url: `mqtt://127.0.0.1:${port}`,
          subscriptions: [{ filter: 'bench/#', qos: QOS }],
          cleanStart: true,
        },
        decoding: { fields: [{ path: 'temperature' }], topicTemplate: 'bench/{device}/telemetry' },
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
  const poll = setInterval(() => {
    if (engine.runtime.runners.get('bench')?.current.state !== 'live') return
    clearInterval(poll)
    process.send?.({ type: 'ready' })
  }, 20)
  watch(
    messages,
    () => engine.runtime.storedSamples,
    async () => {
      await engine.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  )
}

void main()
