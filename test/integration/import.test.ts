/** What an export writes an import reads: the same series, times and values, whatever the options; and bad files. */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { StoredFile } from '../../main/store/stored-file'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { seriesKeyText } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import { startEngine } from './support/engine'
import { temporaryFolder, until } from './support/world'
import type { EngineEvents } from '../../shared/ipc/engine'
import type { ImportProgress } from '../../shared/ipc/export'

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

function weir(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args])
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (data: string) => (out += data))
  child.stderr.setEncoding('utf8').on('data', (data: string) => (err += data))
  return new Promise((done) => child.once('exit', (code) => done({ code: code ?? -1, out, err })))
}

const open: SqliteStore[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

const SERIES: readonly SeriesInfo[] = [
  { id: 1, source: 'a', name: 'temperature', labels: { device: 'boiler' }, unit: '°C' },
  { id: 2, source: 'a', name: 'temperature', labels: { device: '' } },
  { id: 3, source: 'a', name: 'temperature', labels: {} },
  { id: 4, source: 'b', name: '=cmd|"x"{y="z"}', labels: { time: '+1', '{value}': "'=2", 'a b"]': 'line\nbreak;\t,' } },
  { id: 5, source: 'b', name: "'@x [m]", labels: {}, unit: 'm;s' },
  { id: 6, source: 'b', name: ' [y]', labels: { unit: 'x' }, unit: '[z]' },
]
const BASE = Date.UTC(2026, 9, 25)

/** Over the hour that Berlin has twice, with gaps, equal readings and the numbers that are hard to write. */
async function filled(): Promise<string> {
  const file = join(await temporaryFolder(), 'weir.db')
  const { store } = await SqliteStore.open(file)
  open.push(store)
  const samples = new SampleBuffer()
  const hard = [0.1 + 0.2, -0, 5e-324, 1.7976931348623157e308, -1e21, 123456789.125, NaN, 2 ** 53, 1e-7]
  for (let i = 0; i < 6000; i++)
    samples.push(1 + (i % 6), BASE + i * 2000 + (i % 5) / 1000, i % 7 < 5 ? Math.sin(i) : (hard[i % 9] as number), BASE)
  for (let i = 0; i < 3; i++) samples.push(1, BASE + 500_000, 7, BASE)
  samples.push(1, BASE + 500_000, 8, BASE)
  samples.push(2, -1.001, 1, BASE)
  const runs = [{ source: 'a', partition: '', length: samples.length }]
  await store.commit({ series: SERIES, block: { samples, runs, marks: [] }, results: [], rejected: [], cursors: [] })
  await store.close()
  open.pop()
  return file
}

/** All samples by series: identity, then time and the bits of the value, in a sure order. */
async function content(file: string, units = true): Promise<Record<string, string[]>> {
  const stored = await StoredFile.open(file)
  const names = new Map(
    stored.series.map((info) => [info.id, `${seriesKeyText(info)} ${units ? (info.unit ?? '') : ''}`]),
  )
  const found: Record<string, string[]> = {}
  for await (const { series, time, value, length } of stored.samples({
    series: new Set(names.keys()),
    from: null,
    to: null,
  }))
    for (let i = 0; i < length; i++) {
      const bits = Object.is(value[i], -0) ? '-0' : String(value[i])
      ;(found[names.get(series[i] as number) as string] ??= []).push(`${String(time[i])} ${bits}`)
    }
  await stored.close()
  for (const list of Object.values(found)) list.sort()
  return found
}

describe('weir import', () => {
  const options = [
    [],
    ['--layout', 'wide'],
    ['--time', 'epoch', '--delimiter', 'tab', '--bom', 'on'],
    ['--time', 'both', '--decimal', 'comma', '--layout', 'wide'],
    ['--zone', 'Europe/Berlin', '--decimal', 'comma', '--bom', 'on'],
    ['--zone', 'America/St_Johns', '--layout', 'wide', '--delimiter', 'semicolon'],
    ['--time', 'epoch', '--decimal', 'comma', '--delimiter', 'tab', '--guard', 'off'],
    ['--layout', 'wide', '--guard', 'off', '--unit', 'off'],
    ['--unit', 'off'],
  ]
  it.each(options.map((option) => [option]))('reads what was exported with %j', async (option) => {
    const file = await filled()
    const csv = join(await temporaryFolder(), 'x.csv')
    expect(await weir('export', '--db', file, '--output', csv, ...option)).toMatchObject({ code: 0 })
    const other = join(await temporaryFolder(), 'other.db')
    const first = await weir('import', '--db', other, '--input', csv)
    expect(first).toMatchObject({ code: 0, err: '6005 readings added, 0 known already, 0 rows rejected\n' })
    // A unit with a bracket has no place in a header.
    const units = !option.includes('off') && !option.includes('wide')
    expect(await content(other, units)).toEqual(await content(file, units))

    const again = await weir('import', '--db', other, '--input', csv)
    expect(again.err).toBe('0 readings added, 6005 known already, 0 rows rejected\n')
    expect(await content(other, units)).toEqual(await content(file, units))
  })

  it('adds only what is missing: a part first, then the whole', async () => {
    const file = await filled()
    const csv = join(await temporaryFolder(), 'x.csv')
    await weir('export', '--db', file, '--output', csv)
    const lines = (await readFile(csv, 'utf8')).split('\r\n')
    const part = join(await temporaryFolder(), 'part.csv')
    await writeFile(part, lines.filter((_, i) => i === 0 || i % 3 === 1).join('\r\n'))
    const other = join(await temporaryFolder(), 'other.db')
    expect((await weir('import', '--db', other, '--input', part)).code).toBe(0)
    expect((await weir('import', '--db', other, '--input', csv)).code).toBe(0)
    expect(await content(other)).toEqual(await content(file))
  })

  it('rejects bad rows, naming their lines, and takes the others', async () => {
    const folder = await temporaryFolder()
    const csv = join(folder, 'bad.csv')
    const good = (second: number) => `a,t,2026-01-01T00:00:0${second}.000Z,${second}.5`
    const rows = [
      'source,series,time,value',
      good(1),
      'a,t,yesterday,1',
      'a,t,2026-01-01T00:00:02.000Z,1e999',
      'a,"two\nlines",2026-01-01T00:00:02.000Z,"0x1"',
      'a,t,2026-01-01T00:00:03.000Z',
      'Not An Id,t,2026-01-01T00:00:03.000Z,1',
      'group,t,2026-01-01T00:00:03.000Z,1',
      'a,"t,2026-01-01T00:00:04.000Z,1',
      good(5),
    ]
    await writeFile(csv, rows.join('\n'))
    const ended = await weir('import', '--db', join(folder, 'weir.db'), '--input', csv)
    expect(ended.code).toBe(1)
    expect(ended.err.trimEnd().split('\n')).toEqual([
      `${csv}: line 3: not a time with an offset: "yesterday"`,
      `${csv}: line 4: too large: "1e999"`,
      `${csv}: line 5: not a number: "0x1"`,
      `${csv}: line 7: 3 columns, not 4`,
      `${csv}: line 8: no source can have the id "Not An Id"`,
      `${csv}: line 9: no source can have the id "group"`,
      `${csv}: line 10: a quote is not closed, or stands within a cell`,
      '2 readings added, 0 known already, 7 rows rejected',
    ])
    expect(Object.values(await content(join(folder, 'weir.db')))).toEqual([
      [`${Date.UTC(2026, 0, 1) + 1000} 1.5`, `${Date.UTC(2026, 0, 1) + 5000} 5.5`],
    ])
  })

  it('refuses what is none of its files, and a file that is in use', async () => {
    const folder = await temporaryFolder()
    const refused = async (text: string | Uint8Array): Promise<string> => {
      await writeFile(join(folder, 'x.csv'), text)
      const ended = await weir('import', '--db', join(folder, 'weir.db'), '--input', join(folder, 'x.csv'))
      expect(ended.code).toBe(2)
      return ended.err
    }
    expect(await refused('')).toContain('is empty')
    expect(await refused('timestamp,value\n1,2\n')).toContain('is not a CSV that Weir exported')
    expect(await refused('source,series,start,mean\n')).toContain('only readings can be imported')
    expect(await refused('time,temperature\n')).toContain('does not name a source and a series')
    expect(await refused(Buffer.from([0x74, 0x69, 0xff, 0xfe, 0x0a]))).toContain('not UTF-8')
    const engine = await startEngine(folder, { sources: [] })
    const ended = await weir('import', '--db', engine.runtime.store.file, '--input', join(folder, 'x.csv'))
    await engine.stop()
    expect(ended.code).toBe(1)
    expect(ended.err).toContain('in use by another Weir')
  })
})

describe('an import into a running engine', () => {
  it('goes through its commits, is told to windows, and outlives a restart', async () => {
    const file = await filled()
    const csv = join(await temporaryFolder(), 'x.csv')
    await weir('export', '--db', file, '--output', csv)
    const folder = await temporaryFolder()
    const engine = await startEngine(folder, { sources: [] })
    const progress: ImportProgress[] = []
    const added: number[] = []
    engine.listen((event, data) => {
      if (event === 'import') progress.push(data as ImportProgress)
      if (event === 'series') added.push(...(data as EngineEvents['series']).series.map(({ id }) => id))
    })
    engine.startImport(csv)
    await until(() => progress.at(-1)?.state === 'done', 'the import is done')
    expect(progress.at(-1)?.counts).toEqual({ added: 6005, known: 0, rejected: 0, problems: [] })
    expect(new Set(added).size).toBe(6)
    await engine.stop()
    expect(await content(engine.runtime.store.file)).toEqual(await content(file))

    const again = await startEngine(folder, { sources: [] })
    expect(again.runtime.storedSamples).toBe(6005)
    again.listen((event, data) => event === 'import' && progress.push(data as ImportProgress))
    progress.length = 0
    again.startImport(csv)
    await until(() => progress.at(-1)?.state === 'done', 'the second import is done')
    expect(progress.at(-1)?.counts).toMatchObject({ added: 0, known: 6005 })
    await again.runtime.erasing.source('a')
    await again.stop()
    expect(Object.keys(await content(again.runtime.store.file)).every((key) => key.startsWith('["b"'))).toBe(true)
  })
})
