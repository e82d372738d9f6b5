/** LibreOffice without a window: what it makes of a CSV file, cell by cell. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from './world'

/** The program, from `npm run test:long`; undefined: none on this machine. */
export const libreOffice = process.env['WEIR_LIBREOFFICE']

/** A number where it is one to LibreOffice; null where it is empty. */
export type Cell = string | number | null

/** As the import's options have it: separator ; quote " UTF-8, from line 1, German. */
const GERMAN_CSV = 'CSV:59,34,76,1,,1031'
const CELL = /<table:table-cell([^>]*?)(?:\/>|>(.*?)<\/table:table-cell>)/gs
const ROW = /<table:table-row[^>]*>(.*?)<\/table:table-row>/gs
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** A CSV with semicolons and decimal commas as a spreadsheet in German opens it. @throws Error where it cannot */
export async function openedInGerman(path: string): Promise<Cell[][]> {
  if (libreOffice === undefined) throw new Error('there is no LibreOffice')
  const folder = await temporaryFolder()
  const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`
  const convert = ['--headless', `--infilter=${GERMAN_CSV}`, '--convert-to', 'fods', '--outdir', folder, path]
  await promisify(execFile)(libreOffice, [profile, ...convert])
  const xml = await readFile(join(folder, `${basename(path, '.csv')}.fods`), 'utf8')
  return [...xml.matchAll(ROW)]
    .map(([, row = '']) => cellsOf(row))
    .filter((cells) => cells.some((cell) => cell !== null))
}

function cellsOf(row: string): Cell[] {
  return [...row.matchAll(CELL)].flatMap(([, attributes = '', content = '']) => {
    if (attributes.includes('table:formula=')) throw new Error(`a formula: ${attributes}`)
    const times = Number(/number-columns-repeated="(\d+)"/.exec(attributes)?.[1] ?? 1)
    return new Array<Cell>(times).fill(cellOf(attributes, content))
  })
}

function cellOf(attributes: string, content: string): Cell {
  const type = /office:value-type="([^"]+)"/.exec(attributes)?.[1]
  if (type === undefined) return null
  if (type !== 'string') return Number(/office:value="([^"]+)"/.exec(attributes)?.[1])
  const text = /<text:p>(.*?)<\/text:p>/s.exec(content)?.[1] ?? ''
  return text.replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}
