/**
 * bench store: the store on its own, as the engine drives it, in one file after the other.
 *
 * - `samples_per_s`: 1,000 series, commits as large as the committer makes them, a snapshot of 1 MiB every 10 s, for
 *   five minutes (`-- --seconds 300`), until the last sample is in chunks with rollups. `ratio` is to a plain table
 *   with an index, 500 rows an INSERT, the same samples a transaction, before and after in the same run.
 * - `nab_bytes`, `synthetic_bytes`: whole file after VACUUM for each sample, rollups in it.
 * - `year_cold_ms`, `year_warm_ms`: a year at 1 Hz drawn in 1,000 columns; cold: a new connection, the file dropped
 *   from the system's cache. `hour_ms`: an hour of it raw. Medians; the yardstick of a read is `scan_ms`, one pass over
 *   the chunks' rows by the sqlite3 package alone.
 * - `slowed`: how much less is taken in while such reads run twice a second, in turns of 5 s.
 *
 * The last line of standard output is one JSON object.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decimator } from '../../main/engine/decimator'
import { COMPACTION } from '../../main/store/compaction/compactor'
import { Database } from '../../main/store/database'
import { SqliteStore } from '../../main/store/sqlite-store'
import { LiveLoad, bytesPerSample, plainRowsPerSecond, storeColumns } from './support/store-load'
import { nab, synthetic } from './support/series-data'

const SERIES = 1000
const START = 1_700_000_000_000
const YEAR_SECONDS = 365 * 86_400
const COLUMNS = 1000
const PLAIN_SECONDS = 10
const TURNS = 4
const TURN_MS = 5_000
const READ_EVERY_MS = 500

const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const round = (x: number, digits = 3): number => Number(x.toFixed(digits))
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number
const limits = { ...COMPACTION, thread: join(__dirname, 'compaction.cjs') }
const open = async (name: string): Promise<SqliteStore> => (await SqliteStore.open(join(folder, name), limits)).store

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function main(): Promise<void> {
  const at = process.argv.indexOf('--seconds')
  const seconds = at < 0 ? 300 : Number(process.argv[at + 1])
  const values = synthetic(30 * 86_400).values
  const before = await plainRowsPerSecond(join(folder, 'plain-1.db'), SERIES, values, PLAIN_SECONDS)
  say(`plain rows: ${Math.round(before)} a second`)
  const ingest = await sustained(values, seconds)
  const after = await plainRowsPerSecond(join(folder, 'plain-2.db'), SERIES, values, PLAIN_SECONDS)
  const plain = (before + after) / 2
  const result = {
    samples_per_s: Math.round(ingest.perSecond),
    plain_rows_per_s: Math.round(plain),
    ratio: round(ingest.perSecond / plain, 2),
    seconds: Math.round(ingest.seconds),
    behind_most: ingest.behindMost,
    rss_mb: Math.round(process.memoryUsage().rss / 2 ** 20),
    ...(await sizes()),
    ...(await reads(values)),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

async function sustained(values: Float64Array, seconds: number) {
  const store = await open('sustained.db')
  const load = new LiveLoad(store, SERIES, values, START)
  await load.announce()
  const counting = await Database.open(store.file, 'read')
  let behindMost = 0
  let told = 0
  const started = performance.now()
  while (performance.now() - started < seconds * 1000) {
    await load.step()
    if (performance.now() - told < 10_000) continue
    told = performance.now()
    const row = await counting.one(
      "SELECT coalesce(sum(samples), 0) AS n FROM journal WHERE seq > (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'chunked')",
    )
    behindMost = Math.max(behindMost, Number(row?.['n']))
    say(`${Math.round((load.stored / (told - started)) * 1000)} a second, ${Number(row?.['n'])} not in chunks yet`)
  }
  await store.compact()
  const took = performance.now() - started
  await counting.close()
  await store.close()
  rmSync(store.file)
  return { perSecond: (load.stored / took) * 1000, seconds: took / 1000, behindMost }
}

async function sizes() {
  const files = nab()
  const nabStore = await open('nab.db')
  await storeColumns(nabStore, files)
  const nabSamples = files.reduce((sum, { times }) => sum + times.length, 0)
  const month = synthetic(30 * 86_400)
  const monthStore = await open('month.db')
  await storeColumns(monthStore, [month])
  const found = {
    nab_bytes: nabSamples === 0 ? null : round(await bytesPerSample(nabStore, nabSamples)),
    synthetic_bytes: round(await bytesPerSample(monthStore, month.times.length)),
  }
  say(JSON.stringify(found))
  return found
}

async function drawYear(store: SqliteStore): Promise<void> {
  const columnMs = (YEAR_SECONDS * 1000) / COLUMNS
  const decimator = new Decimator(columnMs, COLUMNS + 2)
  const query = { series: new Set([1]), from: START, to: START + YEAR_SECONDS * 1000 }
  for await (const part of store.decimated(query, columnMs))
    if ('buckets' in part) for (const bucket of part.buckets) decimator.addBucket(bucket)
    else
      for (let i = 0; i < part.samples.length; i++)
        decimator.add(part.samples.time[i] as number, part.samples.value[i] as number)
  const { count } = decimator.statistics(query.from, query.to)
  if (count !== YEAR_SECONDS) throw new Error(`${count} of ${YEAR_SECONDS} samples drawn`)
}

async function readHour(store: SqliteStore, hour: number): Promise<void> {
  const from = START + hour * 3_600_000
  let found = 0
  for await (const batch of store.samples({ series: new Set([1]), from, to: from + 3_600_000 - 1 }))
    found += batch.length
  if (found !== 3600) throw new Error(`${found} of 3600 samples read`)
}

/** Out of the system's cache; where that is not to be had the figure is of a new connection. */
function dropCache(file: string): void {
  try {
    execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' })
  } catch {
    say('the file could not be dropped from the cache')
  }
}

async function reads(values: Float64Array) {
  const first = await open('year.db')
  await storeColumns(first, [synthetic(YEAR_SECONDS, START)])
  await first.compact()
  await first.close()
  const cold: number[] = []
  for (let i = 0; i < 5; i++) {
    dropCache(first.file)
    const store = await open('year.db')
    cold.push(await timed(() => drawYear(store)))
    await store.close()
  }
  const store = await open('year.db')
  const warm: number[] = []
  const hours: number[] = []
  for (let i = 0; i < 20; i++) {
    warm.push(await timed(() => drawYear(store)))
    hours.push(await timed(() => readHour(store, (i * 397) % 8000)))
  }
  const scan = await scanMs(store.file)
  const found = {
    year_cold_ms: round(median(cold), 1),
    year_warm_ms: round(median(warm), 1),
    hour_ms: round(median(hours), 1),
    scan_ms: round(scan, 1),
  }
  say(JSON.stringify(found))
  const slowed = await slowdown(store, values)
  await store.close()
  return { ...found, slowed: round(slowed) }
}

async function scanMs(file: string): Promise<number> {
  const db = await Database.open(file, 'read')
  const times: number[] = []
  for (let i = 0; i < 5; i++)
    times.push(
      await timed(() => db.all('SELECT series, time_min, time_max, samples, min, max, sum, first, last FROM chunk')),
    )
  await db.close()
  return median(times)
}

/** Of the rate without reads, how much is missing with them. Other series of the same file take the load. */
async function slowdown(store: SqliteStore, values: Float64Array): Promise<number> {
  const load = new LiveLoad(store, SERIES, values, START + 2 * YEAR_SECONDS * 1000)
  await load.announce()
  const rates = { quiet: 0, reading: 0 }
  for (let turn = -1; turn < TURNS * 2; turn++) {
    const name = turn % 2 === 0 ? 'quiet' : 'reading'
    const stored = load.stored
    const reading = name === 'reading' ? readAlong(store) : null
    const took = await timed(async () => {
      const started = performance.now()
      while (performance.now() - started < TURN_MS) await load.step()
    })
    await reading?.stop()
    if (turn >= 0) rates[name] += ((load.stored - stored) / took) * 1000
  }
  return 1 - rates.reading / rates.quiet
}

function readAlong(store: SqliteStore): { stop(): Promise<void> } {
  let going = true
  const done = (async () => {
    for (let i = 0; going; i++) {
      const started = performance.now()
      await drawYear(store)
      await readHour(store, (i * 397) % 8000)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, READ_EVERY_MS - (performance.now() - started))))
    }
  })()
  return { stop: () => ((going = false), done) }
}

main()
  .finally(() => rmSync(folder, { recursive: true, force: true }))
  .catch((error: unknown) => {
    say(String(error instanceof Error ? error.stack : error))
    process.exitCode = 1
  })
