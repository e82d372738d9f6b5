/**
 * bench restart: 1,000 series with 30 days of a reading every ten seconds and hourly results, and a window of the
 * calendar month open over all of them, closed cleanly.
 *
 * - `live_ms`: from the start of the engine's process until its source is live; the bar is 3,000.
 * - `bare_ms`: from the start of a process with sqlite3 alone until it has opened the file and read the snapshot; the
 *   yardstick, in turns with the other. Medians of five.
 *
 * The last line of standard output is one JSON object.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Engine } from '../../main/engine/engine'
import { ChunkInserts, chunksOf } from '../../main/store/compaction/chunks'
import type { MadeChunk } from '../../main/store/compaction/chunks'
import { Slices } from '../../main/store/compaction/slices'
import { Database } from '../../main/store/database'
import type { SourceInput } from '../../shared/config/workspace'
import { startEngine } from '../integration/support/engine'
import { synthetic } from './support/series-data'

const SERIES = 1000
const DAYS = 30
const PER_SERIES = DAYS * 8640
const STEP_MS = 10_000
/** Readings of each series that the engine itself takes in: they open the month's window. */
const RECEIVED = 100
const START = Date.UTC(2026, 2, 1)
const RUNS = 5

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number
async function reached(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
const isLive = (engine: Engine): boolean => engine.runtime.runners.get('plant')?.current.state === 'live'

function setup(folder: string) {
  const connection = { kind: 'file', path: join(folder, 'readings.ndjson'), format: 'ndjson', mode: 'follow' }
  const aggregates = ['count', 'mean', 'min', 'max', 'stddevSamp']
  const pipeline = (id: string, unit: 'hour' | 'month') => ({
    ...{ id, name: id, source: 'plant', aggregates },
    window: { kind: 'calendar' as const, unit },
  })
  return {
    sources: [
      {
        ...{ id: 'plant', name: 'Plant', connection, time: { field: 'ts' } },
        decoding: { fields: [{ path: 'v' }], labels: [{ name: 'id', path: 'id' }] },
      } as SourceInput,
    ],
    pipelines: [pipeline('month', 'month'), pipeline('hour', 'hour')],
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    const started = performance.now()
    await fill(folder)
    const megabytes = Math.round(statSync(join(folder, 'weir.db')).size / 1e6)
    say(`${megabytes} MB made in ${Math.round((performance.now() - started) / 1000)} s`)
    const live: number[] = []
    const bare: number[] = []
    for (let i = 0; i < RUNS; i++) {
      bare.push(await timed('bare', folder))
      live.push(await timed('live', folder))
    }
    const [liveMs, bareMs] = [median(live), median(bare)]
    const result = {
      live_ms: Math.round(liveMs),
      bare_ms: Math.round(bareMs),
      ratio: Number((liveMs / bareMs).toFixed(2)),
      ...{ series: SERIES, samples: SERIES * (PER_SERIES + RECEIVED), megabytes },
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(folder: string): Promise<void> {
  const rows: string[] = []
  for (let n = 0; n < RECEIVED; n++)
    for (let id = 0; id < SERIES; id++)
      rows.push(`{"id":"${id}","ts":${START + PER_SERIES * STEP_MS + n * 100},"v":${n % 10}}\n`)
  writeFileSync(join(folder, 'readings.ndjson'), rows.join(''))
  const engine = await startEngine(folder, setup(folder))
  await reached(() => engine.runtime.storedSamples === SERIES * RECEIVED)
  const ids = engine.runtime.series().map(({ id }) => id)
  await engine.stop()
  const db = await Database.open(join(folder, 'weir.db'), 'write')
  await fillHistory(db, ids)
  await db.close()
}

/** All series have the same readings: they are encoded once. */
async function fillHistory(db: Database, ids: readonly number[]): Promise<void> {
  const { values } = synthetic(PER_SERIES)
  const time = Float64Array.from(values, (_, i) => START + i * STEP_MS)
  const made = await chunksOf({ series: 0, length: PER_SERIES, time, value: values }, 'lasting', new Slices())
  for (const id of ids)
    await db.transaction(async () => {
      const inserts = await ChunkInserts.prepare(db)
      for (const { row, rollups } of made)
        await inserts.run({ row: [id, ...row.slice(1)], rollups } satisfies MadeChunk)
      await inserts.release()
    })
  await db.run(
    `WITH RECURSIVE hour(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM hour WHERE n + 1 < ${DAYS * 24})
     INSERT INTO window_result (pipeline, key, start_us, end_us, revision, stats)
     SELECT pipeline.id, series.id, ?1 + n * 3600000000, ?1 + (n + 1) * 3600000000, 0, zeroblob(40)
     FROM pipeline JOIN series JOIN hour WHERE pipeline.name = 'hour' ORDER BY pipeline.id, series.id, n`,
    START * 1000,
  )
}

/** From before the process is started until it says that it is there. */
async function timed(what: 'live' | 'bare', folder: string): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, [process.argv[1] as string, '--child', what, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const took = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', () => resolve(performance.now() - started))
    void ended.then((code) => reject(new Error(`the process for ${what} ended with ${code}`)))
  })
  await ended
  say(`${what}: ${Math.round(took)} ms`)
  return took
}

async function child(what: string, folder: string): Promise<void> {
  const databasePath = join(folder, 'weir.db')
  if (what === 'bare') {
    const db = await Database.open(databasePath, 'read')
    await db.all('SELECT seq, crc, body FROM snapshot')
    process.stdout.write('there\n')
    await db.close()
    return
  }
  const workspacePath = join(folder, 'workspace.json')
  const engine = await Engine.start({ workspacePath, databasePath, secrets: {}, brokenWorkspace: 'fail' })
  await reached(() => isLive(engine))
  process.stdout.write('there\n')
  await engine.stop()
}

const at = process.argv.indexOf('--child')
const work = at < 0 ? main() : child(process.argv[at + 1] as string, process.argv[at + 2] as string)
work.catch((error: unknown) => {
  say(String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
})
