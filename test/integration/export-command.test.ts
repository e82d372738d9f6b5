/** `weir export` on a real file that an engine holds open: rows, buckets, layouts, and what it refuses. */
import { spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Database } from '../../main/store/database'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { temporaryFolder, until } from './support/world'

const open: SqliteStore[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

const SERIES = [
  { id: 1, source: 'a', name: 'temperature', labels: { device: 'boiler' }, unit: '°C' },
  { id: 2, source: 'a', name: 'flow, in', labels: {} },
  { id: 3, source: 'b', name: '=cmd', labels: {} },
]
type Row = readonly [series: number, time: number, value: number]
const BASE = Date.UTC(2026, 0, 1)

async function store(rows: readonly Row[]): Promise<string> {
  const file = join(await temporaryFolder(), 'weir.db')
  const { store: made } = await SqliteStore.open(file)
  open.push(made)
  const samples = new SampleBuffer()
  for (const [series, time, value] of rows) samples.push(series, BASE + time, value, BASE + time)
  const runs = [{ source: 'a', partition: '', length: rows.length }]
  await made.commit({ series: SERIES, block: { samples, runs, marks: [] }, results: [], rejected: [], cursors: [] })
  return file
}

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

function weir(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), 'export', ...args])
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (data: string) => (out += data))
  child.stderr.setEncoding('utf8').on('data', (data: string) => (err += data))
  return new Promise((done) => child.once('exit', (code) => done({ code: code ?? -1, out, err })))
}

const lines = ({ out }: Ended): string[] => out.trimEnd().split('\r\n')

describe('weir export', () => {
  it('writes every sample with all its digits, a row each, in the order of time', async () => {
    const file = await store([
      [1, 2000, 0.1 + 0.2],
      [1, 1000.25, -0],
      [1, 3000, NaN],
      [1, 2000, 5e-324],
      [2, 1000, 1.7976931348623157e308],
      [3, 0, 1],
    ])
    const ended = await weir('--db', file, '--output', '-')
    expect(ended.code).toBe(0)
    expect(ended.err).toBe('6 rows of 3 series\n')
    expect(lines(ended)).toEqual([
      'source,series,device,time,value,unit',
      'a,temperature,boiler,2026-01-01T00:00:01.000250Z,-0,°C',
      'a,temperature,boiler,2026-01-01T00:00:02.000Z,0.30000000000000004,°C',
      'a,temperature,boiler,2026-01-01T00:00:02.000Z,5e-324,°C',
      'a,temperature,boiler,2026-01-01T00:00:03.000Z,,°C',
      'a,"flow, in",,2026-01-01T00:00:01.000Z,1.7976931348623157e+308,',
      "b,'=cmd,,2026-01-01T00:00:00.000Z,1,",
    ])
  })

  it('takes the series of a pattern within a range, with times in milliseconds', async () => {
    const file = await store(Array.from({ length: 10 }, (_, i) => [1 + (i % 2), i * 1000, i] as const))
    const range = ['--from', '2026-01-01T00:00:02', '--to', String(BASE + 6000)]
    const ended = await weir(
      '--db',
      file,
      '--series',
      'temp*{device="boiler"}',
      ...range,
      '--time',
      'epoch',
      '--output',
      '-',
    )
    expect(lines(ended)).toEqual([
      'source,series,device,time_ms,value,unit',
      ...[2, 4, 6].map((i) => `a,temperature,boiler,${BASE + i * 1000},${i},°C`),
    ])
  })

  it('writes statistics by bucket, steps over the edges of buckets, and none for an empty one', async () => {
    const file = await store([
      [1, 0, 1],
      [1, 9999, 3],
      [1, 10_000, 8],
      [1, 12_000, NaN],
      [1, 40_000, 2],
      [2, 41_000, NaN],
    ])
    const args = ['--every', '10s', '--stat', 'count,mean,max,increase,missing', '--series', 'temperature']
    expect(lines(await weir('--db', file, ...args, '--output', '-'))).toEqual([
      'source,series,device,start,count,mean,max,increase,missing,unit',
      'a,temperature,boiler,2026-01-01T00:00:00.000Z,2,2,3,2,0,°C',
      'a,temperature,boiler,2026-01-01T00:00:10.000Z,1,8,8,5,1,°C',
      'a,temperature,boiler,2026-01-01T00:00:40.000Z,1,2,2,2,0,°C',
    ])
  })

  it('puts series side by side: a cell without a sample is empty, two at one time are two rows', async () => {
    const file = await store([
      [1, 0, 1],
      [1, 0, 2],
      [2, 0, 10],
      [2, 1000, 11],
      [1, 2000, 3],
    ])
    const time = (s: number) => `2026-01-01T00:00:0${s}.000Z`
    const ended = await weir('--db', file, '--layout', 'wide', '--output', '-')
    expect(lines(ended)).toEqual([
      'time,"a temperature{device=""boiler""} [°C]","a flow, in",b =cmd',
      `${time(0)},1,10,`,
      `${time(0)},2,,`,
      `${time(1)},,11,`,
      `${time(2)},3,,`,
    ])
    const wide = await weir(
      '--db',
      file,
      '--layout',
      'wide',
      '--every',
      '2s',
      '--stat',
      'min,max',
      '--series',
      '{}',
      '--output',
      '-',
    )
    expect(lines(wide).slice(0, 2)).toEqual([
      'start,"a temperature{device=""boiler""} [°C] min","a temperature{device=""boiler""} [°C] max","a flow, in min","a flow, in max",b =cmd min,b =cmd max',
      `${time(0)},1,2,10,11,,`,
    ])
  })

  it('reads what is in chunks, what is not yet, and both while the engine goes on', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [1, (i % 7 === 0 ? i - 50 : i) * 10, i] as const)
    const file = await store(rows.slice(0, 15_000))
    await open[0]?.compact()
    const samples = new SampleBuffer()
    for (const [series, time, value] of rows.slice(15_000)) samples.push(series, BASE + time, value, BASE + time)
    const runs = [{ source: 'a', partition: '', length: samples.length }]
    await open[0]?.commit({ series: [], block: { samples, runs, marks: [] }, results: [], rejected: [], cursors: [] })
    const [ended] = await Promise.all([weir('--db', file, '--time', 'epoch', '--output', '-'), open[0]?.compact()])
    const wanted = rows.map(([, time, value], i) => ({ time, value, i })).sort((a, b) => a.time - b.time || a.i - b.i)
    expect(lines(ended).slice(1)).toEqual(
      wanted.map(({ time, value }) => `a,temperature,boiler,${BASE + time},${value},°C`),
    )
  })

  it('writes a file whole or not at all', async () => {
    const file = await store(Array.from({ length: 50_000 }, (_, i) => [1, i, i / 8] as const))
    const folder = await temporaryFolder()
    const ended = await weir(
      '--db',
      file,
      '--series',
      'temperature',
      '--time',
      'epoch',
      '--output',
      join(folder, 'x.csv'),
    )
    expect(ended).toMatchObject({ code: 0, out: '' })
    const rows = (await readFile(join(folder, 'x.csv'), 'utf8')).trimEnd().split('\r\n')
    expect(rows).toHaveLength(50_001)
    expect(rows[50_000]).toBe(`a,temperature,boiler,${BASE + 49_999},${49_999 / 8},°C`)
    const failed = await weir('--db', file, '--output', join(folder, 'no', 'x.csv'))
    expect(failed.code).toBe(1)
    expect(await readdir(folder)).toEqual(['x.csv'])
  })

  it.skipIf(process.platform === 'win32')('leaves nothing behind when Ctrl+C ends it', async () => {
    const file = await store(Array.from({ length: 600_000 }, (_, i) => [1, i, i / 8] as const))
    const folder = await temporaryFolder()
    const args = ['export', '--db', file, '--output', join(folder, 'x.csv')]
    const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args])
    const ended = new Promise((done) => child.once('exit', done))
    await until(async () => (await readdir(folder)).some((name) => name.endsWith('.part')), 'the export to begin')
    child.kill('SIGINT')
    expect(await ended).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  it('says what is wrong with its arguments', async () => {
    const file = await store([[1, 0, 1]])
    const refused = async (...args: string[]): Promise<string> => {
      const ended = await weir('--output', '-', ...args)
      expect(ended).toMatchObject({ code: 2, out: '' })
      return ended.err
    }
    expect(await refused('--db', file, '--series', 'nothing')).toBe('weir: no series matches nothing\n')
    expect(await refused('--db', file, '--series', 'a{')).toContain('--series: ')
    expect(await refused('--db', file, '--from', 'yesterday')).toContain('--from is a time such as')
    expect(await refused('--db', file, '--stat', 'mean')).toContain('--stat needs --every')
    expect(await refused('--db', file, '--every', '10s', '--stat', 'middle')).toContain('"middle"')
    expect(await refused('--db', file, '--every', 'soon')).toContain('--every is a duration')
    expect(await refused('--db', file, '--layout', 'tall')).toContain('long or wide')
    expect(await refused('--db', file, '--zone', 'Mars/Base')).toContain('--zone is not a time zone')
    expect(await refused('--db', file, '--delimiter', 'x')).toContain('comma, semicolon or tab')
    expect(await refused('--db', file, '--decimal', 'comma', '--delimiter', 'comma')).toContain('--delimiter cannot')
    expect(await refused('--db', file, '--format', 'parquet', '--bom', 'on')).toContain('--bom is an option of CSV')
  })

  it('refuses what is not a file of this version, and leaves it as it is', async () => {
    const folder = await temporaryFolder()
    expect((await weir('--db', join(folder, 'none.db'), '--output', '-')).err).toContain('is not there')
    await writeFile(join(folder, 'text.db'), 'not a database, but long enough to be looked at'.repeat(50))
    expect((await weir('--db', join(folder, 'text.db'), '--output', '-')).err).toContain('not a')
    const file = await store([[1, 0, 1]])
    for (const opened of open.splice(0)) await opened.close()
    const db = await Database.open(file, 'write')
    await db.exec('PRAGMA user_version = 1000')
    await db.close()
    const newer = await weir('--db', file, '--output', '-')
    expect(newer.code).toBe(1)
    expect(newer.err).toContain('newer Weir')
  })
})
