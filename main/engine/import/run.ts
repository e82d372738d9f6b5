/** One import of the engine, from the file to its last word. */
import type { ImportCounts, ImportProgress } from '../../../shared/ipc/export'
import type { Runtime } from '../../pipeline/runtime'
import type { Job } from '../jobs'
import { importFile } from './import-file'

export async function runImport(
  runtime: Runtime,
  path: string,
  { id, cancelled, due }: Job,
  report: (progress: ImportProgress) => void,
): Promise<void> {
  let counts: ImportCounts = { added: 0, known: 0, rejected: 0, problems: [] }
  const progress = (now: ImportCounts, share: number): void => {
    counts = now
    if (due()) report({ id, state: 'running', counts, share })
  }
  try {
    counts = await importFile(runtime.importTarget(), path, { cancelled, progress })
    report({ id, state: cancelled.aborted ? 'cancelled' : 'done', counts })
  } catch (error) {
    report({ id, state: 'failed', counts, reason: error instanceof Error ? error.message : String(error) })
  }
}
