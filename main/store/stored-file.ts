/** A Weir file that is only read, also while an engine writes it: for exports from the command line. */
import { stat } from 'node:fs/promises'
import type { Damage, RangeQuery, SampleSpan } from '../contracts'
import type { WindowResult } from '../../shared/model/results'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesInfo } from '../../shared/model/series'
import { Database } from './database'
import { StoreError } from './store-error'
import { APPLICATION_ID, MIGRATIONS } from './migrations'
import { readSamples } from './history'
import type { HistoryContext } from './history'
import { readPipelines } from './pipelines'
import { readResults, readSeries } from './reader'
import { RejectedReader } from './rejected'
import { isWhole } from './retention/whole'
import { readSnapshot } from './snapshots'
import { readSpans } from './spans'

export class StoredFile {
  readonly damage: Damage[] = []
  readonly rejected: RejectedReader

  private constructor(
    private readonly reading: Database,
    readonly series: readonly SeriesInfo[],
  ) {
    this.rejected = new RejectedReader(reading)
  }

  /** @throws StoreError MISSING, FOREIGN, NEWER, OLDER, or what SQLite says. */
  static async open(file: string): Promise<StoredFile> {
    const reading = await openForReading(file)
    try {
      return new StoredFile(reading, await readSeries(reading))
    } catch (error) {
      await reading.close().catch(() => undefined)
      throw error
    }
  }

  /** Raw samples of the range, in batches that are not reused. Reads go one after the other. */
  async *samples(query: RangeQuery): AsyncGenerator<SampleBatch> {
    yield* this.reads((context) => readSamples(context, query, Number.MAX_SAFE_INTEGER))
  }

  async spans(query: RangeQuery): Promise<readonly SampleSpan[]> {
    const spans: SampleSpan[] = []
    for await (const span of this.reads((context) => readSpans(context, query))) spans.push(span)
    return spans
  }

  /** Stored results of a pipeline whose windows overlap the range, by key and then by start; of the newest revision. */
  async *results(pipeline: string, query: RangeQuery): AsyncGenerator<readonly WindowResult[]> {
    const entry = (await readPipelines(this.reading)).get(pipeline)
    if (entry !== undefined) yield* readResults(this.reading, { id: entry.id, name: pipeline }, query)
  }

  /** The statistics of the stored results, in their order; null where there are none. */
  async aggregates(pipeline: string): Promise<readonly string[] | null> {
    return (await readPipelines(this.reading)).get(pipeline)?.aggregates ?? null
  }

  /** An engine may move samples meanwhile, and its log must not grow behind a long transaction. */
  private async *reads<T>(read: (context: HistoryContext) => AsyncIterable<T>): AsyncGenerator<T> {
    yield* readSnapshot(this.reading, (damage) => this.onDamage(damage), read)
  }

  private onDamage(damage: Damage): void {
    if (!this.damage.some(({ kind, id }) => kind === damage.kind && id === damage.id)) this.damage.push(damage)
  }

  /** False where samples of the range were summed up. */
  isWhole(query: RangeQuery): Promise<boolean> {
    return isWhole(this.reading, query)
  }

  async close(): Promise<void> {
    await this.reading.close()
  }
}

/** @throws StoreError MISSING, FOREIGN, NEWER, OLDER, or what SQLite says. */
export async function openForReading(file: string): Promise<Database> {
  await stat(file).catch(() => {
    throw new StoreError('MISSING', `${file} is not there`)
  })
  const reading = await Database.open(file, 'read')
  try {
    await checkVersion(reading)
    return reading
  } catch (error) {
    await reading.close().catch(() => undefined)
    throw error
  }
}

async function checkVersion(db: Database): Promise<void> {
  const version = await refuseForeign(db)
  if (version < MIGRATIONS.length)
    throw new StoreError('OLDER', `${db.file} is of an older format (${version})`, 'Open it once in Weir.')
}

/** @returns the number of its format. @throws StoreError FOREIGN, NEWER */
export async function refuseForeign(db: Database): Promise<number> {
  const owner = Number((await db.one('PRAGMA application_id'))?.['application_id'])
  if (owner !== APPLICATION_ID) throw new StoreError('FOREIGN', `${db.file} is not a file of Weir`)
  const version = Number((await db.one('PRAGMA user_version'))?.['user_version'])
  const known = MIGRATIONS.length
  if (version > known)
    throw new StoreError(
      'NEWER',
      `${db.file} was written by a newer Weir (format ${version}; this one reads ${known})`,
      'Update Weir.',
    )
  return version
}
