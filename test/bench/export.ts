/**
 * Export: 10 million readings of 8 series, stored and in chunks, as CSV in the long layout. The ratio is to a bare loop
 * that writes the same rows from arrays with String(x) and toISOString; the growth of memory is from the first tenth of
 * the export to its largest. `npm run bench -- export wide` takes the wide layout, `parquet` that format. The last line of
 * standard output is one JSON object.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportFile, readingsTable } from '../../main/engine/export/export'
import { SqliteStore } from '../../main/store/sqlite-store'
import { exportFormat } from '../../shared/config/export'
import { SampleBuffer } from '../../shared/model/samples'
import type { SeriesInfo } from '../../shared/model/series'
import { synthetic } from './support/series-data'
import type { Columns } from './support/series-data'

const SERIES = 8
const PER_SERIES = 1_250_000
const BLOCK = 250_000

async function main(args: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    const made = synthetic(PER_SERIES)
    const series = Array.from({ length: SERIES }, (_, i) => ({
      id: i + 1,
      source: 'plant',
      name: 'temperature',
      labels: { device: `pump-${i + 1}` },
      unit: '°C',
    }))
    const { store } = await SqliteStore.open(join(folder, 'weir.db'))
    await fill(store, series, made)
    const wide = args.includes('wide')
    const bare = await bareLoop(join(folder, 'bare.csv'), series, made)
    const { seconds, growth } = await timed(store, series, args, join(folder, 'export.csv'))
    await store.close()
    const rate = (SERIES * PER_SERIES) / seconds
    const result = {
      rows_per_s: Math.round(wide ? rate / SERIES : rate),
      readings_per_s: Math.round(rate),
      ratio: Number((rate / bare).toFixed(2)),
      rss_growth_mb: Number(growth.toFixed(1)),
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(store: SqliteStore, series: readonly SeriesInfo[], { times, values }: Columns): Promise<void> {
  const samples = new SampleBuffer(BLOCK)
  for (const { id } of series)
    for (let from = 0; from < PER_SERIES; from += BLOCK) {
      samples.clear()
      for (let i = from; i < from + BLOCK; i++)
        samples.push(id, times[i] as number, values[i] as number, times[i] as number)
      const block = { samples, runs: [{ source: 'plant', partition: '', length: BLOCK }], marks: [] }
      await store.commit({ series: from === 0 ? series : [], block, results: [], rejected: [], cursors: [] })
    }
  await store.compact()
}

async function timed(store: SqliteStore, series: readonly SeriesInfo[], args: readonly string[], path: string) {
  const format = exportFormat.parse({ kind: args.includes('parquet') ? 'parquet' : 'csv' })
  const options = { from: null, to: null, layout: args.includes('wide') ? 'wide' : 'long', format } as const
  gc?.()
  let settled = 0
  let largest = 0
  const started = performance.now()
  await exportFile(await readingsTable(store, series, options), format, path, {
    cancelled: new AbortController().signal,
    progress(_rows, share) {
      const { rss } = process.memoryUsage()
      if (share <= 0.1) settled = Math.max(settled, rss)
      largest = Math.max(largest, rss)
    },
  })
  return { seconds: (performance.now() - started) / 1000, growth: (largest - settled) / 1e6 }
}

/** @returns rows per second */
async function bareLoop(path: string, series: readonly SeriesInfo[], { times, values }: Columns): Promise<number> {
  const file = await open(path, 'w')
  const started = performance.now()
  for (const { source, name, labels, unit } of series) {
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
  return (SERIES * PER_SERIES) / seconds
}

void main(process.argv.slice(2))
