/** A Parquet file that Weir wrote, read back by a library that Weir does not write with. */
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { expect, it } from 'vitest'
import { exportCommand } from '../../main/cli/export'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder } from './support/world'

/** Left as they stand in the file: the library's own dates end at milliseconds. */
const MICROSECONDS = { timestampFromMicroseconds: (micros: bigint) => micros }
const START = 1_700_000_000_000

it('holds the readings bit for bit, with their times to the microsecond', async () => {
  const folder = await temporaryFolder()
  const db = join(folder, 'plant.db')
  const { store } = await SqliteStore.open(db)
  const samples = new SampleBuffer()
  const values = [0.1 + 0.2, 5e-324, -1.7976931348623157e308, NaN, 42]
  for (let i = 0; i < 20_000; i++)
    samples.push(1, START + i * 1000 + 0.001, values[i % values.length] as number, START + i * 1000)
  await store.commit({
    series: [{ id: 1, source: 'plant', name: 'temperature', labels: { site: 'Zürich' }, unit: '°C' }],
    block: { samples, runs: [{ source: 'plant', partition: '', length: samples.length }], marks: [] },
    results: [],
    rejected: [],
    cursors: [],
  })
  await store.close()
  const output = join(folder, 'plant.parquet')
  expect(await exportCommand(['--db', db, '--format', 'parquet', '--output', output])).toBe(0)
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(output), parsers: MICROSECONDS })
  expect(rows).toHaveLength(20_000)
  rows.forEach((row, i) => {
    const value = values[i % values.length] as number
    expect(row).toEqual({
      source: 'plant',
      series: 'temperature',
      site: 'Zürich',
      time: BigInt(START) * 1000n + BigInt(i) * 1_000_000n + 1n,
      // A stored gap.
      value: Number.isNaN(value) ? null : value,
      unit: '°C',
    })
  })
})
