/**
 * bench export: 10 million readings of 8 series, stored and in chunks: four of two decimals at 1 Hz, four of full
 * doubles at uneven microseconds. A process of its own opens the file as `weir export` does and exports them all.
 *
 * - `rows_per_s`: as CSV in the long layout. `ratio` is to a bare loop that writes the same rows from arrays with
 *   String(x) and toISOString, half of them before and half after. `growth_mb`: from the largest size of the process
 *   within the first tenth to its peak.
 * - `wide_readings_per_s`, `wide_growth_mb`, `parquet_rows_per_s`, `parquet_growth_mb`: the same in the wide layout and
 *   as Parquet.
 *
 * The last line of standard output is one JSON object.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { exportFile, readingsTable } from '../../main/engine/export/export'
import { SqliteStore } from '../../main/store/sqlite-store'
import { StoredFile } from '../../main/store/stored-file'
import { exportFormat } from '../../shared/config/export'
import { SampleBuffer } from '../../shared/model/samples'
import type { SeriesInfo } from '../../shared/model/series'
import { fullDoubles, synthetic } from './support/series-data'
import type { Columns } from './support/series-data'

const SERIES = 8
const PER_SERIES = 1_250_000
const BLOCK = 250_000
const WARM_UP = 0.1

type Stored = readonly (readonly [SeriesInfo, Columns])[]

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    const stored = series()
    const db = join(folder, 'weir.db')
    await fill(db, stored)
    const before = await bareSeconds(join(folder, 'bare.csv'), stored.slice(0, SERIES / 2))
    const long = exported(db, 'long', 'csv')
    const after = await bareSeconds(join(folder, 'bare.csv'), stored.slice(SERIES / 2))
    const [wide, parquet] = [exported(db, 'wide', 'csv'), exported(db, 'long', 'parquet')]
    const bare = (SERIES * PER_SERIES) / (before + after)
    const result = {
      rows_per_s: long.perSecond,
      bare_rows_per_s: Math.round(bare),
      ratio: Number((long.perSecond / bare).toFixed(2)),
      growth_mb: long.growth,
      rss_mb: long.rss,
      wide_readings_per_s: wide.perSecond,
      wide_growth_mb: wide.growth,
      parquet_rows_per_s: parquet.perSecond,
      parquet_growth_mb: parquet.growth,
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function series(): Stored {
  const [decimals, doubles] = [synthetic(PER_SERIES), fullDoubles(PER_SERIES)]
  return Array.from({ length: SERIES }, (_, i) => [
    { id: i + 1, source: 'plant', name: 'temperature', labels: { device: `pump-${i + 1}` }, unit: '°C' },
    i % 2 === 0 ? decimals : doubles,
  ])
}

async function fill(file: string, stored: Stored): Promise<void> {
  const { store } = await SqliteStore.open(file)
  const samples = new SampleBuffer(BLOCK)
  for (const [info, { times, values }] of stored)
    for (let from = 0; from < PER_SERIES; from += BLOCK) {
      samples.clear()
      for (let i = from; i < from + BLOCK; i++)
        samples.push(info.id, times[i] as number, values[i] as number, times[i] as number)
      const block = { samples, runs: [{ source: info.source, partition: '', length: BLOCK }], marks: [] }
      await store.commit({ series: from === 0 ? [info] : [], block, results: [], rejected: [], cursors: [] })
    }
  await store.compact()
  await store.close()
}

const measured = z.object({ perSecond: z.number(), growth: z.number(), rss: z.number() })

/** What a process of its own says of one export: readings a second, MB of memory. */
function exported(db: string, layout: string, kind: string): z.infer<typeof measured> {
  const args = [...process.execArgv, process.argv[1] as string, db, layout, kind]
  const told = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  process.stderr.write(`${layout} ${kind}: ${told}`)
  return measured.parse(JSON.parse(told))
}

async function exportAlone(db: string, layout: 'long' | 'wide', kind: string): Promise<void> {
  const format = exportFormat.parse({ kind })
  const file = await StoredFile.open(db)
  const path = `${db}.${kind}`
  const table = await readingsTable(file, file.series, { from: null, to: null, layout, format })
  let [settled, largest] = [0, 0]
  const started = performance.now()
  await exportFile(table, format, path, {
    cancelled: new AbortController().signal,
    progress(_rows, share) {
      largest = Math.max(largest, process.memoryUsage.rss())
      if (share <= WARM_UP) settled = largest
    },
  })
  const seconds = (performance.now() - started) / 1000
  await file.close()
  rmSync(path)
  const result = {
    perSecond: Math.round((SERIES * PER_SERIES) / seconds),
    growth: Number(((largest - settled) / 1e6).toFixed(1)),
    rss: Math.round(largest / 1e6),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

async function bareSeconds(path: string, stored: Stored): Promise<number> {
  const file = await open(path, 'w')
  const started = performance.now()
  for (const [{ source, name, labels, unit }, { times, values }] of stored) {
    let text = ''
    for (let i = 0; i < PER_SERIES; i++) {
      const time = new Date(times[i] as number).toISOString()
      text += `${source},${name},${labels['device'] ?? ''},${time},${String(values[i])},${unit ?? ''}\r\n`
      if ((i & 16_383) === 0) {
        await file.write(text)
        text = ''
      }
    }
    await file.write(text)
  }
  await file.sync()
  const seconds = (performance.now() - started) / 1000
  await file.close()
  rmSync(path)
  return seconds
}

const [db, layout, kind] = process.argv.slice(2)
void (db === undefined ? main() : exportAlone(db, layout === 'wide' ? 'wide' : 'long', kind ?? 'csv'))
