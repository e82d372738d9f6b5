/** Why a process ended, as a phrase for its user. */
export interface ProcessGone {
  readonly reason: string
  readonly exitCode: number
}

/** @param gone null where the process ended by itself. @param lastError the last line of its errors that named one. */
export function endInWords(code: number | null, gone: ProcessGone | null, lastError: string): string {
  if (gone?.reason === 'oom' || /out of memory/.test(lastError)) return 'out of memory'
  if (gone?.reason === 'killed') return `killed (signal ${gone.exitCode})`
  if (gone !== null) return `${gone.reason} (${gone.exitCode})`
  if (lastError !== '') return lastError
  return code === 0 ? 'ended by itself' : `ended with code ${code ?? 'unknown'}`
}
