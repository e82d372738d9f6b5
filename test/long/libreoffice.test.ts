/** Exports with semicolons, decimal commas and a byte order mark, as LibreOffice opens them. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'
import { libreOffice, openedInGerman } from '../integration/support/libreoffice'
import type { Cell } from '../integration/support/libreoffice'
import { temporaryFolder } from '../integration/support/world'

const BASE = Date.UTC(2026, 2, 28, 23)
const ROWS = 5000
const SERIES = [
  { id: 1, source: '工厂', name: '温度', labels: { 设备: '锅炉 "甲"; 一号' }, unit: '°C' },
  { id: 2, source: '工厂', name: '=1+1', labels: { 设备: '@泵' }, unit: '%' },
]
/** Two decimals without a -0, which no spreadsheet has; full doubles from 1e-5, below which LibreOffice's own file has fewer than 15 digits, to 1e20. */
const VALUES = [
  (i: number) => Math.round(2000 * Math.sin(i / 50)) / 100 + 0,
  (i: number) => (i % 2 === 0 ? 1 : -1) * (1 + Math.abs(Math.sin(i))) * 10 ** ((i % 25) - 5),
] as const
/** A second apart, and a quarter of a millisecond later each hundredth time. */
const timeOf = (i: number): number => BASE + i * 1000 + (i % 100 === 0 ? 0.25 : 0)

async function exported(...options: string[]): Promise<string> {
  const folder = await temporaryFolder()
  const db = join(folder, 'weir.db')
  const { store } = await SqliteStore.open(db)
  const samples = new SampleBuffer()
  for (let i = 0; i < ROWS; i++)
    SERIES.forEach(({ id }, k) => samples.push(id, timeOf(i), VALUES[k]?.(i) ?? NaN, timeOf(i)))
  const runs = [{ source: '工厂', partition: '', length: samples.length }]
  await store.commit({ series: SERIES, block: { samples, runs, marks: [] }, results: [], rejected: [], cursors: [] })
  await store.close()
  const path = join(folder, 'export.csv')
  const german = ['--decimal', 'comma', '--bom', 'on', '--time', 'both', '--zone', 'Europe/Berlin']
  const args = ['export', '--db', db, '--output', path, ...german, ...options]
  await promisify(execFile)(process.execPath, [resolve('out/main/cli.js'), ...args])
  expect([...(await readFile(path)).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  return path
}

/** The rows as they are wanted where only the digits beyond the fifteenth differ, which a spreadsheet does not keep. */
function kept(rows: readonly Cell[][], wanted: readonly Cell[][]): Cell[][] {
  const same = (cell: Cell, number: Cell | undefined): boolean =>
    typeof cell === 'number' &&
    typeof number === 'number' &&
    Number(number.toPrecision(15)) !== number &&
    Math.abs(cell - number) < 1e-14 * Math.abs(number)
  return rows.map((row, i) => row.map((cell, k) => (same(cell, wanted[i]?.[k]) ? (wanted[i]?.[k] ?? null) : cell)))
}

/** The civil time in Berlin, whose clocks go forward in the third hour of these rows. */
function berlin(i: number): string {
  const summer = timeOf(i) >= Date.UTC(2026, 2, 29, 1)
  const civil = new Date(Math.floor(timeOf(i)) + (summer ? 2 : 1) * 3_600_000).toISOString().slice(0, -1)
  return `${civil}${i % 100 === 0 ? '250' : ''}${summer ? '+02:00' : '+01:00'}`
}

describe.skipIf(libreOffice === undefined)('LibreOffice', () => {
  it('opens the long layout: texts as they are, never a formula, every number and time', async () => {
    const [header, ...rows] = await openedInGerman(await exported())
    expect(header).toEqual(['source', 'series', '设备', 'time', 'time_ms', 'value', 'unit'])
    expect(rows).toHaveLength(2 * ROWS)
    const names = [
      ['工厂', '温度', '锅炉 "甲"; 一号'],
      ['工厂', "'=1+1", "'@泵"],
    ]
    const wanted = SERIES.flatMap(({ unit }, k) =>
      Array.from({ length: ROWS }, (_, i) => [...(names[k] ?? []), berlin(i), timeOf(i), VALUES[k]?.(i) ?? NaN, unit]),
    )
    expect(kept(rows, wanted)).toEqual(wanted)
  })

  it('opens the wide layout: a column a series', async () => {
    const [header, ...rows] = await openedInGerman(await exported('--layout', 'wide'))
    expect(header?.slice(0, 2)).toEqual(['time', 'time_ms'])
    expect(header?.slice(2)).toEqual(['工厂 温度{设备="锅炉 \\"甲\\"; 一号"} [°C]', '工厂 =1+1{设备="@泵"} [%]'])
    const wanted = Array.from({ length: ROWS }, (_, i) => [berlin(i), timeOf(i), ...VALUES.map((value) => value(i))])
    expect(kept(rows, wanted)).toEqual(wanted)
  })
})
