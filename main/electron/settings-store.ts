/** This user's settings: read once, changed by merging, written at every change. */
import { settings } from '../../shared/ipc/desktop'
import type { Settings } from '../../shared/ipc/desktop'
import { readJson, writeJson } from './json-file'

export class SettingsStore {
  #current: Settings
  /** Where a broken file was kept when this was opened. */
  readonly keptAs: string | null
  readonly #listeners: ((settings: Settings) => void)[] = []

  constructor(private readonly path: string) {
    const read = readJson(path, settings)
    this.keptAs = read.keptAs
    this.#current = read.value ?? settings.parse({})
  }

  get current(): Settings {
    return this.#current
  }

  /** @throws where the file cannot be written; the settings then stay as they were. */
  change(change: Partial<Settings>): Settings {
    const next = settings.parse({ ...this.#current, ...change })
    writeJson(this.path, next)
    this.#current = next
    for (const listener of this.#listeners) listener(next)
    return next
  }

  onChange(listener: (settings: Settings) => void): void {
    this.#listeners.push(listener)
  }
}
