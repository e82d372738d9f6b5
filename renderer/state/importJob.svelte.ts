/** The import that is prepared or runs, or the last one. */
import type { DesktopApi } from '../../shared/ipc/desktop'
import type { ImportProgress, ImportReport } from '../../shared/ipc/export'
import type { CallError, Outcome } from '../../shared/ipc/rpc'
import type { EngineConnection } from './connection.svelte'

export class ImportJob {
  /** Whether the dialog is on the screen: what runs goes on without it. */
  open = $state(false)
  path = $state<string | null>(null)
  report = $state.raw<ImportReport | null>(null)
  progress = $state.raw<ImportProgress | null>(null)
  error = $state.raw<CallError | null>(null)
  #id: number | null = null
  /** Progress may come before the call that started it has answered. */
  #early: ImportProgress | null = null

  constructor(
    private readonly connection: EngineConnection,
    private readonly desktop: DesktopApi,
  ) {
    connection.on('import', (progress) => {
      if (progress.id === this.#id) this.progress = progress
      else this.#early = progress
    })
  }

  get running(): boolean {
    return this.progress?.state === 'running'
  }

  /** Asks for a file and looks into it; shows what runs instead where something does. */
  async choose(): Promise<void> {
    if (this.running) {
      this.open = true
      return
    }
    const chosen = await this.desktop.chooseFile()
    if (!chosen.ok || chosen.value === null) return
    this.report = this.progress = null
    this.path = chosen.value
    this.open = true
    const outcome = await this.connection.call('inspectImport', { path: chosen.value })
    this.report = this.#value(outcome)
  }

  async start(): Promise<void> {
    if (this.path === null) return
    const started = this.#value(await this.connection.call('startImport', { path: this.path }))
    if (started === null) return
    const { id } = started
    this.#id = id
    const counts = { added: 0, known: 0, rejected: 0, problems: [] }
    this.progress = this.#early?.id === id ? this.#early : { id, state: 'running', counts, share: 0 }
  }

  async cancel(): Promise<void> {
    if (this.#id !== null) await this.connection.call('cancelImport', { id: this.#id })
  }

  close(): void {
    this.open = false
  }

  #value<T>(outcome: Outcome<T>): T | null {
    this.error = outcome.ok ? null : outcome.error
    return outcome.ok ? outcome.value : null
  }
}
