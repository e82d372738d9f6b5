/** The export that runs, or the last one: progress as the engine reports it. */
import type { DesktopApi } from '../../shared/ipc/desktop'
import type { ExportInput, ExportProgress } from '../../shared/ipc/export'
import type { CallError } from '../../shared/ipc/rpc'
import type { EngineConnection } from './connection.svelte'

export class ExportJob {
  progress = $state.raw<ExportProgress | null>(null)
  error = $state.raw<CallError | null>(null)
  /** The save dialog is open. */
  asking = $state(false)
  #id: number | null = null
  /** Progress may come before the call that started it has answered. */
  #early = new Map<number, ExportProgress>()

  constructor(
    private readonly connection: EngineConnection,
    private readonly desktop: DesktopApi,
  ) {
    connection.on('export', (progress) => {
      if (progress.id === this.#id) this.progress = progress
      else if (this.asking) this.#early.set(progress.id, progress)
    })
  }

  get running(): boolean {
    return this.progress?.state === 'running'
  }

  async start(query: ExportInput, suggestedName: string): Promise<void> {
    this.error = null
    this.progress = null
    this.#early.clear()
    this.asking = true
    const outcome = await this.desktop.exportCsv(query, suggestedName)
    this.asking = false
    if (!outcome.ok) this.error = outcome.error
    else if (outcome.value) {
      this.#id = outcome.value.id
      this.progress = this.#early.get(this.#id) ?? { id: this.#id, state: 'running', rows: 0, share: 0 }
    }
  }

  async cancel(): Promise<void> {
    if (this.#id !== null) await this.connection.call('cancelExport', { id: this.#id })
  }

  /** The dialog starts afresh. */
  reset(): void {
    if (!this.running) this.progress = null
    this.error = null
  }
}
