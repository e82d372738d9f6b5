/** One export of the engine, from the query to its last word. */
import type { ExportProgress, ExportQuery } from '../../../shared/ipc/export'
import type { Runtime } from '../../pipeline/runtime'
import type { Job } from '../jobs'
import { exportFile, storedTable } from './export'

export async function runExport(
  runtime: Runtime,
  query: ExportQuery,
  path: string,
  { id, cancelled, due }: Job,
  report: (progress: ExportProgress) => void,
): Promise<void> {
  const progress = (rows: number, share: number): void => {
    if (due()) report({ id, state: 'running', rows, share })
  }
  try {
    const rows = await exportFile(await storedTable(runtime, query), query.format, path, { cancelled, progress })
    report(rows === null ? { id, state: 'cancelled' } : { id, state: 'done', rows, path })
  } catch (error) {
    report({ id, state: 'failed', reason: error instanceof Error ? error.message : String(error) })
  }
}
