/** The backup or restore that runs, or the last one. */
import type { DesktopApi, FileJobProgress } from '../../shared/ipc/desktop'
import type { CallError, Outcome } from '../../shared/ipc/rpc'

export class FileJob {
  progress = $state.raw<FileJobProgress | null>(null)
  error = $state.raw<CallError | null>(null)
  /** A backup that was chosen: whether it shall take the place of the file is asked. */
  chosen = $state<string | null>(null)

  constructor(private readonly desktop: DesktopApi) {
    desktop.onFileJob((progress) => (this.progress = progress))
  }

  get running(): boolean {
    return this.progress?.state === 'running'
  }

  async backup(): Promise<void> {
    this.progress = null
    this.#value(await this.desktop.backup())
  }

  async choose(): Promise<void> {
    this.progress = null
    this.chosen = this.#value(await this.desktop.chooseBackup())
  }

  async restore(): Promise<void> {
    const path = this.chosen
    this.chosen = null
    if (path !== null) this.#value(await this.desktop.restore(path))
  }

  async cancel(): Promise<void> {
    this.#value(await this.desktop.cancelFileJob())
  }

  #value<T>(outcome: Outcome<T>): T | null {
    this.error = outcome.ok ? null : outcome.error
    return outcome.ok ? outcome.value : null
  }
}
