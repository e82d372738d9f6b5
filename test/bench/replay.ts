/**
 * Replay: NDJSON events of 1,000 keys, a key's 100 ms apart and 1% displaced by up to 300 ms, into tumbling windows of
 * 10 s. First 10 million lines for the growth of memory; then rounds over the first 1.5 million, each after a round of
 * splitting lines and JSON.parse alone over the same file. Rates and ratio are medians of the rounds.
 * The last line of standard output is one JSON object.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replay } from '../../main/pipeline/replay'

const LINES = 10_000_000
const ROUND_LINES = 1_500_000
const ROUNDS = 7
const KEYS = 1000
const STEP_MS = 100
const CHUNK_BYTES = 1 << 20
const CONFIG = JSON.stringify({
  window: { kind: 'tumbling', size: '10s' },
  time: { outOfOrderness: '300ms' },
  aggregates: ['count', 'sum', 'mean', 'min', 'max', 'stddevSamp'],
})

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    const large = join(folder, 'large.ndjson')
    const small = join(folder, 'small.ndjson')
    await generate(large, LINES)
    const growth = await memory(large, join(folder, 'rows'))
    rmSync(large)
    await generate(small, ROUND_LINES)
    const figures = await rounds(small, join(folder, 'rows'))
    process.stdout.write(`${JSON.stringify({ ...figures, rss_growth_mb: Number(growth.toFixed(1)) })}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function generate(file: string, lines: number): Promise<void> {
  const to = createWriteStream(file)
  let seed = 12345
  const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 4294967296
  let text = ''
  for (let i = 0; i < lines; i++) {
    const displaced = random() < 0.01 ? Math.floor(random() * 300) : 0
    const time = 1_700_000_000_000 + Math.floor(i / KEYS) * STEP_MS - displaced
    text += `{"key":"sensor-${i % KEYS}","time":${time},"value":${(20 + random() * 10).toFixed(3)}}\n`
    if (text.length < CHUNK_BYTES) continue
    if (!to.write(text)) await once(to, 'drain')
    text = ''
  }
  to.end(text)
  await once(to, 'close')
}

/** Events per second of the two in turn. */
async function rounds(file: string, rows: string): Promise<object> {
  const [bare, weir, ratios]: [number[], number[], number[]] = [[], [], []]
  for (let round = -1; round < ROUNDS; round++) {
    const a = await seconds(() => parseAlone(file))
    const b = await seconds(() => replayFile(file, rows))
    process.stderr.write(`bare ${(ROUND_LINES / a).toFixed(0)}/s, replay ${(ROUND_LINES / b).toFixed(0)}/s\n`)
    if (round < 0) continue
    bare.push(ROUND_LINES / a)
    weir.push(ROUND_LINES / b)
    ratios.push(a / b)
  }
  return {
    bare_per_s: Math.round(median(bare)),
    replay_per_s: Math.round(median(weir)),
    ratio: Number(median(ratios).toFixed(3)),
  }
}

/** The yardstick: a string of each piece, its lines, JSON.parse of each; nothing is done with the events. */
async function parseAlone(file: string): Promise<void> {
  let rest = ''
  let events = 0
  for await (const text of createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK_BYTES })) {
    const lines = (rest + (text as string)).split('\n')
    rest = lines.pop() as string
    for (const line of lines) if (typeof (JSON.parse(line) as { value: number }).value === 'number') events++
  }
  if (events !== ROUND_LINES) throw new Error(`${events} events of ${ROUND_LINES} were read`)
}

async function replayFile(file: string, rows: string, seen: (bytes: number) => void = () => {}): Promise<number> {
  const output = await open(rows, 'w')
  async function* input(): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      yield piece as Uint8Array
      seen((piece as Uint8Array).length)
    }
  }
  try {
    const { events, rejected } = await replay({
      config: CONFIG,
      configName: 'config',
      input: input(),
      inputName: file,
      output: async (text) => void (await output.writeFile(text)),
      sortByTime: false,
    })
    if (rejected > 0) throw new Error(`${rejected} lines were rejected`)
    return events
  } finally {
    await output.close()
  }
}

/** Resident megabytes gained between the first fifth of the input and its end. */
async function memory(file: string, rows: string): Promise<number> {
  let read = 0
  let early = NaN
  const events = await replayFile(file, rows, (bytes) => {
    read += bytes
    if (early !== early && read > (LINES / 5) * 60) early = resident()
  })
  if (events !== LINES) throw new Error(`${events} events of ${LINES} were read`)
  return resident() - early
}

function resident(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 2 ** 20
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - start) / 1e9
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number

void main()
