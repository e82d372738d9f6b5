/** A look at a file before it is imported. */
import { stat } from 'node:fs/promises'
import { Rejected } from '../../contracts'
import type { ImportReport } from '../../../shared/ipc/export'
import { SampleBuffer } from '../../../shared/model/samples'
import { ImportError, parseHeader } from './header'
import { pieces } from './import-file'
import { RowReader } from './row-reader'

const LINES = 6
const LOOKED_AT = 1000

/** @throws ImportError where it is not a CSV that Weir exported; Error of the file system */
export async function inspectImport(path: string): Promise<ImportReport> {
  const { size } = await stat(path)
  const lines: string[] = []
  for await (const { rows } of pieces(path)) {
    for (const { text } of rows) if (lines.length < LOOKED_AT) lines.push(text)
    if (lines.length >= LOOKED_AT) break
  }
  const [first] = lines
  if (first === undefined) throw new ImportError(`${path} is empty`)
  const header = parseHeader(first)
  const sources = new Set<string>()
  const reader = new RowReader(header, ({ source }) => sources.add(source).size)
  const scratch = new SampleBuffer(16)
  for (const text of lines.slice(1))
    try {
      reader.read(text, scratch, 0)
      scratch.clear()
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
    }
  return {
    layout: header.layout,
    delimiter: header.delimiter,
    decimalComma: reader.cells.decimalComma,
    bytes: size,
    lines: lines.slice(0, LINES),
    sources: [...sources],
  }
}
