/** A Weir file that is only read, also while an engine writes it: for exports from the command line. */
import { stat } from 'node:fs/promises'
import type { Damage, RangeQuery } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesInfo } from '../../shared/model/series'
import { Database, StoreError } from './database'
import { APPLICATION_ID, MIGRATIONS } from './migrations'
import { readSamples } from './history'
import { CHUNKED, readSeries } from './reader'
import { isWhole } from './retention/whole'

export class StoredFile {
  readonly damage: Damage[] = []

  private constructor(
    private readonly reading: Database,
    readonly series: readonly SeriesInfo[],
    private readonly chunked: number,
  ) {}

  /**
   * What is read is the file as it is now: one transaction until the close, because the engine moves samples meanwhile.
   * @throws StoreError MISSING, FOREIGN, NEWER, OLDER, or what SQLite says.
   */
  static async open(file: string): Promise<StoredFile> {
    const reading = await openForReading(file)
    try {
      await reading.exec('BEGIN')
      const row = await reading.one(`SELECT ${CHUNKED} AS chunked`)
      return new StoredFile(reading, await readSeries(reading), Number(row?.['chunked']))
    } catch (error) {
      await reading.close().catch(() => undefined)
      throw error
    }
  }

  /** Raw samples of the range, in batches that are not reused. */
  samples(query: RangeQuery): AsyncIterable<SampleBatch> {
    const onDamage = (damage: Damage) => void this.damage.push(damage)
    return readSamples({ db: this.reading, chunked: this.chunked, onDamage }, query, Number.MAX_SAFE_INTEGER)
  }

  /** False where samples of the range were summed up. */
  isWhole(query: RangeQuery): Promise<boolean> {
    return isWhole(this.reading, query)
  }

  async close(): Promise<void> {
    await this.reading.exec('COMMIT')
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
