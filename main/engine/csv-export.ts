/** CSV export of what is stored, to a temporary file that becomes the chosen one. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { once } from 'node:events'
import type { ExportQuery } from '../../shared/ipc/engine'
import type { Runtime } from '../pipeline/runtime'
import type { Rows } from './csv-cells'
import { rawRows } from './raw-rows'
import { resultRows } from './result-rows'

/** Rows between two looks at the event loop, the progress and the cancel button. */
const ROWS_PER_SLICE = 4_000

export interface ExportControl {
  readonly cancelled: AbortSignal
  progress(rows: number, total: number): void
}

/** The rows of what the engine has stored. */
export function storedRows(runtime: Runtime, query: ExportQuery): Rows {
  if (query.content === 'windows') return resultRows(runtime, query)
  const series = query.series.map((id) => runtime.registry.info(id)).filter((info) => info !== undefined)
  return rawRows(runtime.store, series, query)
}

/**
 * @returns the number of data rows, or null where it was cancelled.
 * @throws Error of the file system; neither that nor a cancel leaves a file under the chosen name.
 */
export async function writeCsv(rows: Rows, path: string, control: ExportControl): Promise<number | null> {
  const partial = `${path}.part`
  const out = createWriteStream(partial)
  try {
    await once(out, 'open')
    let text = ''
    let count = -1
    let total = 0
    for await (const row of rows) {
      if (typeof row === 'number') {
        total += row
        continue
      }
      text += `${row}\r\n`
      count += 1
      if (count % ROWS_PER_SLICE !== 0) continue
      if (control.cancelled.aborted) return null
      if (!out.write(text)) await once(out, 'drain')
      text = ''
      control.progress(count, total)
      await new Promise(setImmediate)
    }
    if (control.cancelled.aborted) return null
    await new Promise<void>((resolve, reject) => {
      out.once('error', reject)
      out.end(text, () => resolve())
    })
    await rename(partial, path)
    return Math.max(0, count)
  } finally {
    out.destroy()
    await rm(partial, { force: true })
  }
}
