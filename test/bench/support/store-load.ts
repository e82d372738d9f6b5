/** Loads for benches of the store: units as the engine commits them, and rows as a plain table would hold them. */
import type { Commit } from '../../../main/contracts'
import { Database } from '../../../main/store/database'
import type { SqliteStore } from '../../../main/store/sqlite-store'
import { SampleBuffer } from '../../../shared/model/samples'
import type { SeriesInfo } from '../../../shared/model/series'
import type { Columns } from './series-data'

/** Samples of a commit under a load that never ends: what the committer calls full. */
const UNIT = 1 << 18
const SNAPSHOT_EVERY_MS = 10_000
/** Of 1,000 series with some windows each. */
const SNAPSHOT_BYTES = 1 << 20
/** Rows of an INSERT; a transaction holds as many samples as a commit does. */
const ROWS = 500

const seriesOf = (id: number): SeriesInfo => ({ id, source: 'bench', name: `s${id}`, labels: {} })

function unitOf(samples: SampleBuffer, series: readonly SeriesInfo[]): Commit {
  const runs = [{ source: 'bench', partition: '', length: samples.length }]
  return { series, block: { samples, runs, marks: [] }, results: [], rejected: [], cursors: [] }
}

/** Series in turn, one sample a second each: every series reads the same column from a place of its own. */
export class LiveLoad {
  stored = 0
  private readonly samples = new SampleBuffer(UNIT)
  private lastSnapshot = performance.now()
  private next = 0

  constructor(
    private readonly store: SqliteStore,
    private readonly series: number,
    private readonly values: Float64Array,
    private readonly start: number,
  ) {}

  async announce(): Promise<void> {
    const all = Array.from({ length: this.series }, (_, id) => seriesOf(id + 1))
    await this.store.commit(unitOf(new SampleBuffer(1), all))
  }

  /** One commit, and a snapshot where one is due. */
  async step(): Promise<void> {
    const { samples, series, values, start } = this
    samples.clear()
    for (let i = 0; i < UNIT; i++, this.next++) {
      const id = this.next % series
      const second = (this.next - id) / series
      const time = start + second * 1000
      samples.push(id + 1, time, values[(second + id * 977) % values.length] as number, time)
    }
    const seq = await this.store.commit(unitOf(samples, []))
    this.stored += UNIT
    if (performance.now() - this.lastSnapshot < SNAPSHOT_EVERY_MS) return
    this.lastSnapshot = performance.now()
    await this.store.saveSnapshot(seq, new Uint8Array(SNAPSHOT_BYTES))
  }
}

/** Whole columns as one series each, in one go. */
export async function storeColumns(store: SqliteStore, all: readonly Columns[]): Promise<void> {
  const samples = new SampleBuffer(UNIT)
  for (const [i, { times, values }] of all.entries()) {
    for (let at = 0; at < times.length; at += UNIT) {
      samples.clear()
      for (let k = at; k < Math.min(at + UNIT, times.length); k++)
        samples.push(i + 1, times[k] as number, values[k] as number, times[k] as number)
      await store.commit(unitOf(samples, at === 0 ? [seriesOf(i + 1)] : []))
    }
  }
}

/** Samples per second into a table with an index, for so many seconds: the yardstick. */
export async function plainRowsPerSecond(
  file: string,
  series: number,
  values: Float64Array,
  seconds: number,
): Promise<number> {
  const db = await Database.open(file, 'write')
  await db.pragma('journal_mode', 'WAL', 'wal')
  await db.pragma('synchronous', 'FULL', 2)
  await db.exec(
    'CREATE TABLE sample (series INTEGER, time INTEGER, value REAL); CREATE INDEX by_series ON sample (series, time)',
  )
  const insert = await db.prepare(`INSERT INTO sample VALUES ${Array<string>(ROWS).fill('(?, ?, ?)').join(', ')}`)
  const row: number[] = new Array<number>(ROWS * 3)
  const started = performance.now()
  let stored = 0
  while (performance.now() - started < seconds * 1000) {
    await db.exec('BEGIN IMMEDIATE')
    for (const end = stored + UNIT; stored < end && performance.now() - started < seconds * 1000;) {
      for (let i = 0; i < ROWS; i++, stored++) {
        const id = stored % series
        const second = (stored - id) / series
        row[i * 3] = id + 1
        row[i * 3 + 1] = 1_700_000_000_000_000 + second * 1_000_000
        row[i * 3 + 2] = values[(second + id * 977) % values.length] as number
      }
      await insert.run(...row)
    }
    await db.exec('COMMIT')
  }
  const rate = (stored / (performance.now() - started)) * 1000
  await db.close()
  return rate
}

/** Bytes of the file after VACUUM, for each sample in it. */
export async function bytesPerSample(store: SqliteStore, samples: number): Promise<number> {
  await store.compact()
  const { file } = store
  await store.close()
  const db = await Database.open(file, 'write')
  await db.exec('DELETE FROM journal; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  const size = await db.one('SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()')
  await db.close()
  return Number(size?.['bytes']) / samples
}
