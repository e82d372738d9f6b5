/** How large what is: by series from an index alone, without a look at what is stored. */
import type { SeriesSize, StoreSizes } from '../../contracts'
import { fromMicros } from '../../../shared/model/time'
import type { Database, Row } from '../database'

export async function readSizes(db: Database): Promise<StoreSizes> {
  const series = await db.all(
    `SELECT series, sum(CASE WHEN tier < 2 THEN samples ELSE 0 END) AS raw,
       sum(CASE WHEN tier < 2 THEN 0 ELSE samples END) AS summed, sum(bytes) AS bytes, sum(rollup_bytes) AS rollups,
       min(time_min) AS first, max(time_max) AS last
     FROM chunk INDEXED BY chunk_series GROUP BY series`,
  )
  // length() of a body is read from its row's header: https://www.sqlite.org/fileformat2.html#record_format
  const journal = await db.one(
    `SELECT coalesce(sum(length(body)), 0) AS bytes,
       coalesce(sum(CASE WHEN seq > (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'chunked') THEN samples END), 0)
         AS samples FROM journal`,
  )
  return {
    series: series.map(sizeOf),
    journalSamples: Number(journal?.['samples']),
    journalBytes: Number(journal?.['bytes']),
    usedBytes: await usedBytes(db),
    unusedBytes: await unusedBytes(db),
  }
}

function sizeOf(row: Row): SeriesSize {
  return {
    series: Number(row['series']),
    samples: Number(row['raw']),
    summedUp: Number(row['summed']),
    rawBytes: Number(row['bytes']),
    rollupBytes: Number(row['rollups']),
    from: fromMicros(Number(row['first'])),
    to: fromMicros(Number(row['last'])),
  }
}

/** Of the file, without pages that hold nothing. */
export async function usedBytes(db: Database): Promise<number> {
  return ((await pragma(db, 'page_count')) - (await pragma(db, 'freelist_count'))) * (await pragma(db, 'page_size'))
}

export async function unusedBytes(db: Database): Promise<number> {
  return (await pragma(db, 'freelist_count')) * (await pragma(db, 'page_size'))
}

export async function pragma(db: Database, name: string): Promise<number> {
  return Number((await db.one(`PRAGMA ${name}`))?.[name])
}
