/**
 * bench tcp: NDJSON over one connection, received by a bare socket that splits lines and parses them, and by the whole
 * engine down to SQLite, alternating. A record is a time, a label and three numbers, so three samples. The ratio is in
 * records per CPU second of the receiving process; the sender shares the cores.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Engine } from '../../main/engine/engine'
import { workspace } from '../../shared/config/workspace'
import { child, median, watch } from './support/receiver'
import type { Report } from './support/receiver'

const ROUNDS = 3
const RECORDS = 1_000_000
const FIELDS = 3
const DEVICES = 100
const BLOCK_RECORDS = 20_000

type Role = 'bare' | 'weir'

async function main(): Promise<void> {
  const [role, port, records] = process.argv.slice(2)
  if (role === 'sender') return send(Number(port))
  if (role === 'bare') return receiveBare(Number(port), Number(records))
  if (role === 'weir') return receiveWeir(Number(port), Number(records))
  return compare()
}

async function compare(): Promise<void> {
  const perCpuSecond: Record<Role, number[]> = { bare: [], weir: [] }
  const samplesPerSecond: number[] = []
  let lost = 0
  for (let round = 0; round < ROUNDS; round++)
    for (const role of ['bare', 'weir'] as const) {
      const { received, cpuMs, perSecond } = await run(role)
      perCpuSecond[role].push((received / cpuMs) * 1000)
      if (role === 'weir') {
        samplesPerSecond.push(perSecond * FIELDS)
        lost += RECORDS - received
      }
      process.stderr.write(`${role}: ${Math.round((received / cpuMs) * 1000)} records per CPU second\n`)
    }
  const bare = median(perCpuSecond.bare)
  const weir = median(perCpuSecond.weir)
  const result = {
    bare_per_cpu_s: Math.round(bare),
    weir_per_cpu_s: Math.round(weir),
    ratio: Number((weir / bare).toFixed(3)),
    samples_per_s: Math.round(median(samplesPerSecond)),
    lost,
    record_bytes: record(0).length,
    samples_per_record: FIELDS,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** The sender listens, the receiver connects. Time is taken between the first report with something in it and the last. */
async function run(role: Role): Promise<{ received: number; cpuMs: number; perSecond: number }> {
  const sender = child('sender', 0)
  const port = await new Promise<number>((resolve) => sender.once('message', (at: number) => resolve(at)))
  const receiver = child(role, port, RECORDS)
  const reports: { at: number; received: number; cpuMs: number }[] = []
  receiver.on('message', (report: Report) => {
    if (report.type !== 'ready' && report.received > 0) reports.push({ ...report, at: performance.now() })
  })
  await new Promise((resolve) => receiver.once('exit', resolve))
  sender.kill()
  const [first, last] = [reports[0], reports.at(-1)]
  if (first === undefined || last === undefined) throw new Error(`the ${role} receiver reported nothing`)
  const perSecond = ((last.received - first.received) / (last.at - first.at)) * 1000
  return { received: last.received, cpuMs: last.cpuMs, perSecond }
}

// ---- the sender

/** All of one width, so that only the time has to be written anew. */
const record = (n: number): string =>
  `{"ts":${1_700_000_000_000 + n},"id":"device-${String(n % DEVICES).padStart(3, '0')}",` +
  `"temperature":${(20 + (n % 997) / 100).toFixed(2)},"pressure":${(1000 + (n % 463) / 10).toFixed(1)},` +
  `"current":${(4 + (n % 1999) / 2000).toFixed(4)}}\n`

function send(port: number): void {
  const server = createServer((socket) => void sendAll(socket))
  server.listen(port, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
}

async function sendAll(socket: Socket): Promise<void> {
  socket.on('error', () => undefined)
  const block = Buffer.from(Array.from({ length: BLOCK_RECORDS }, (_, n) => record(n)).join(''))
  const width = block.length / BLOCK_RECORDS
  for (let sent = 0; sent < RECORDS; sent += BLOCK_RECORDS) {
    for (let n = 0; n < BLOCK_RECORDS; n++) block.write(String(1_700_000_000_000 + sent + n), n * width + 6, 'latin1')
    // The block is written over once it has left.
    await new Promise((resolve) => socket.write(block, resolve))
  }
  socket.end()
}

// ---- the receivers

function receiveBare(port: number, records: number): void {
  let received = 0
  let rest = ''
  const socket = connect(port, '127.0.0.1')
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const { temperature } = JSON.parse(line) as { temperature: number }
      if (typeof temperature === 'number') received += 1
    }
  })
  watch(
    records,
    () => received,
    () => Promise.resolve(),
  )
}

async function receiveWeir(port: number, records: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  const workspacePath = join(folder, 'workspace.json')
  const source = {
    id: 'bench',
    name: 'bench',
    connection: { kind: 'tcp', port },
    decoding: { labels: [{ name: 'device', path: 'id' }] },
    time: { field: 'ts' },
  }
  writeFileSync(workspacePath, JSON.stringify(workspace.parse({ version: 1, sources: [source] })))
  const databasePath = join(folder, 'weir.db')
  const engine = await Engine.start({ workspacePath, databasePath, secrets: {}, brokenWorkspace: 'fail' })
  watch(
    records,
    () => engine.runtime.storedSamples / FIELDS,
    async () => {
      await engine.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  )
}

void main()
