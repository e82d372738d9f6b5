/** What the calls of a window do. */
import { basename, join } from 'node:path'
import { existsSync } from 'node:fs'
import { app, clipboard, dialog, shell } from 'electron'
import type { BrowserWindow } from 'electron'
import type { DesktopInfo } from '../../shared/ipc/desktop'
import type { ExportQuery } from '../../shared/ipc/export'
import { CallFailed } from './door'
import type { Handlers } from './door'
import { guideFile, userFiles } from './files'
import { DATA_FILES } from './open-files'
import type { SecretStore } from './secrets'
import type { SettingsStore } from './settings-store'
import { languageOf } from './translations'
import type { Words } from './translations'
import type { EngineSupervisor } from './engine-supervisor'

export interface Desktop {
  readonly settings: SettingsStore
  readonly secrets: SecretStore
  readonly supervisor: EngineSupervisor<Electron.MessagePortMain>
  words(): Words
  info(): DesktopInfo
  /** A page has started and listens. */
  attached(window: BrowserWindow): void
  closeAnswered(keepRunning: boolean): void
}

export function desktopActions(desktop: Desktop): Handlers {
  /** What may be shown in the file manager: what this window has exported, and Weir's own folder. */
  const exported = new Set<string>()
  return {
    info(window) {
      desktop.attached(window)
      return desktop.info()
    },
    saveSettings: (_window, change) => desktop.settings.change(change),
    saveSecrets(_window, sourceId, change) {
      desktop.secrets.save(sourceId, change)
      desktop.supervisor.secretsChanged(sourceId, desktop.secrets.of(sourceId))
      return null
    },
    secretNames: (_window, sourceId) => desktop.secrets.names(sourceId),
    copySecrets(_window, from, to) {
      desktop.secrets.save(to, desktop.secrets.of(from))
      desktop.supervisor.secretsChanged(to, desktop.secrets.of(to))
      return null
    },
    copyText(_window, text) {
      void clipboard.writeText(text)
      return null
    },
    async exportCsv(window, query, suggestedName) {
      const path = await askForExport(window, desktop.words(), suggestedName)
      if (path === null) return null
      const id = await startExport(desktop, query, path)
      exported.add(path)
      return { id, path }
    },
    chooseFile: (window) => askForFile(window, desktop.words()),
    showInFolder(_window, path) {
      if (!exported.has(path) && !path.startsWith(userFiles().folder))
        throw new CallFailed({ code: 'REFUSED', message: `not a file of Weir: ${path}` })
      if (!existsSync(path)) throw new CallFailed({ code: 'NOT_FOUND', message: `there is no file ${path} any more` })
      shell.showItemInFolder(path)
      return null
    },
    openLogs: () => openPath(userFiles().logs),
    openGuide() {
      const guide = guideFile(languageOf(desktop.settings.current.language, app.getLocale()))
      if (guide === null)
        throw new CallFailed({ code: 'NOT_FOUND', message: 'the user guide is not part of this build' })
      return openPath(guide)
    },
    async restartEngine() {
      await desktop.supervisor.restart()
      return null
    },
    answerClose(_window, keepRunning) {
      desktop.closeAnswered(keepRunning)
      return null
    },
  }
}

export async function openPath(path: string): Promise<null> {
  const problem = await shell.openPath(path)
  if (problem !== '') throw new CallFailed({ code: 'FAILED', message: `${path} could not be opened: ${problem}` })
  return null
}

async function startExport({ supervisor }: Desktop, query: ExportQuery, path: string): Promise<number> {
  const outcome = await supervisor.export(query, path)
  if (!outcome.ok) throw new CallFailed(outcome.error)
  return outcome.value.id
}

async function askForExport(window: BrowserWindow, words: Words, suggestedName: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: words('dialog.export'),
    buttonLabel: words('dialog.export.action'),
    defaultPath: join(app.getPath('downloads'), basename(suggestedName) || 'weir.csv'),
    filters: [
      suggestedName.endsWith('.parquet')
        ? { name: words('dialog.parquetFiles'), extensions: ['parquet'] }
        : { name: words('dialog.csvFiles'), extensions: ['csv'] },
      { name: words('dialog.allFiles'), extensions: ['*'] },
    ],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  })
  return canceled || !filePath ? null : filePath
}

async function askForFile(window: BrowserWindow, words: Words): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: words('dialog.open'),
    buttonLabel: words('dialog.open.action'),
    filters: [
      { name: words('dialog.dataFiles'), extensions: [...DATA_FILES] },
      { name: words('dialog.allFiles'), extensions: ['*'] },
    ],
    properties: ['openFile'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}
