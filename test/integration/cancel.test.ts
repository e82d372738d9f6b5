/** A cancel of an export leaves nothing behind; a cancel of an import leaves whole batches, and the rest can follow. */
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportFile, storedTable } from '../../main/engine/export/export'
import { importFile } from '../../main/engine/import/import-file'
import { exportFormat } from '../../shared/config/export'
import { TO_THE_END, startEngine, storedSamples } from './support/engine'
import { temporaryFolder } from './support/world'

/** More than two batches of an import, and several writes of an export. */
const ROWS = 300_000
const BASE = Date.UTC(2026, 0, 1)

async function rowsFile(folder: string): Promise<string> {
  const path = join(folder, 'rows.csv')
  const lines = Array.from({ length: ROWS }, (_, i) => `a,t,${String(BASE + i * 1000)},${String(i % 100)}`)
  await writeFile(path, ['source,series,time_ms,value', ...lines, ''].join('\r\n'))
  return path
}

describe('a cancel', () => {
  it('of an import keeps what was committed; importing again adds exactly the rest', async () => {
    const csv = await rowsFile(await temporaryFolder())
    const engine = await startEngine(await temporaryFolder(), { sources: [] })
    const target = engine.runtime.importTarget()
    const stop = new AbortController()
    const first = await importFile(target, csv, {
      cancelled: stop.signal,
      progress: ({ added }) => added > 0 && stop.abort(),
    })
    expect(first.added).toBeGreaterThan(0)
    expect(first.added).toBeLessThan(ROWS)
    expect(await storedSamples(engine)).toHaveLength(first.added)

    const rest = await importFile(target, csv, TO_THE_END)
    expect(rest).toEqual({ added: ROWS - first.added, known: first.added, rejected: 0, problems: [] })
    const times = (await storedSamples(engine)).map(({ time }) => time)
    expect(times).toHaveLength(ROWS)
    expect(new Set(times).size).toBe(ROWS)
    await engine.stop()
  })

  it.each(['csv', 'parquet'])(
    'of an export to %s leaves the old file as it was, and no part of the new',
    async (kind) => {
      const csv = await rowsFile(await temporaryFolder())
      const engine = await startEngine(await temporaryFolder(), { sources: [] })
      await importFile(engine.runtime.importTarget(), csv, TO_THE_END)
      const folder = await temporaryFolder()
      const path = join(folder, `out.${kind}`)
      const format = exportFormat.parse({ kind })
      const series = engine.runtime.series().map(({ id }) => id)
      const query = { content: 'raw', series, layout: 'long', from: null, to: null, format } as const
      const cancelled = async (): Promise<number> => {
        const stop = new AbortController()
        let written = 0
        const progress = (rows: number): void => {
          written = rows
          stop.abort()
        }
        const table = await storedTable(engine.runtime, query)
        expect(await exportFile(table, format, path, { cancelled: stop.signal, progress })).toBeNull()
        return written
      }

      const written = await cancelled()
      expect(written).toBeGreaterThan(0)
      expect(written).toBeLessThan(ROWS)
      expect(await readdir(folder)).toEqual([])

      await writeFile(path, 'older')
      await cancelled()
      expect(await readdir(folder)).toEqual([`out.${kind}`])
      expect(await readFile(path, 'utf8')).toBe('older')
      await engine.stop()
    },
  )
})
