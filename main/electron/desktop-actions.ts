/** What the calls of a window do. */
import { existsSync } from 'node:fs'
import { app, clipboard, shell } from 'electron'
import type { BrowserWindow } from 'electron'
import type { DesktopInfo } from '../../shared/ipc/desktop'
import type { Outcome } from '../../shared/ipc/rpc'
import { askForBackup, askForExport, askForFile, askForRejected, askForRestore } from './file-dialogs'
import type { FileJobs } from './file-jobs'
import { CallFailed } from './door'
import type { Handlers } from './door'
import { guideFile, userFiles } from './files'
import type { SecretStore } from './secrets'
import type { SettingsStore } from './settings-store'
import { languageOf } from './translations'
import type { Words } from './translations'
import type { EngineSupervisor } from './engine-supervisor'

export interface Desktop {
  readonly settings: SettingsStore
  readonly secrets: SecretStore
  readonly supervisor: EngineSupervisor<Electron.MessagePortMain>
  readonly fileJobs: FileJobs
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
    ...fileActions(desktop, exported),
    cancelFileJob() {
      desktop.fileJobs.cancel()
      return null
    },
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

type FileCall = 'exportCsv' | 'exportAlerts' | 'exportRejected' | 'chooseFile' | 'backup' | 'chooseBackup' | 'restore'

/** Every path comes from a dialog of the system. @param exported takes the files that were written */
function fileActions(desktop: Desktop, exported: Set<string>): Pick<Handlers, FileCall> {
  /** Only a file that the user has pointed at takes the place of the database. */
  const backups = new Set<string>()
  return {
    async exportCsv(window, query, suggestedName) {
      const path = await askForExport(window, desktop.words(), suggestedName)
      if (path === null) return null
      const id = valueOf(await desktop.supervisor.export(query, path))
      exported.add(path)
      return { id, path }
    },
    async exportRejected(window, sourceId, suggestedName) {
      const path = await askForRejected(window, desktop.words(), suggestedName)
      if (path === null) return null
      exported.add(path)
      return { records: valueOf(await desktop.supervisor.exportRejected(sourceId, path)), path }
    },
    async exportAlerts(window, rule, suggestedName) {
      const path = await askForExport(window, desktop.words(), suggestedName)
      if (path === null) return null
      exported.add(path)
      return { records: valueOf(await desktop.supervisor.exportAlerts(rule, path)), path }
    },
    chooseFile: (window) => askForFile(window, desktop.words()),
    async backup(window) {
      const path = await askForBackup(window, desktop.words())
      if (path === null) return null
      if (!desktop.fileJobs.backup(path)) throw BUSY
      exported.add(path)
      return path
    },
    async chooseBackup(window) {
      const path = await askForRestore(window, desktop.words())
      if (path !== null) backups.add(path)
      return path
    },
    restore(_window, path) {
      if (!backups.has(path)) throw new CallFailed({ code: 'REFUSED', message: `not chosen as a backup: ${path}` })
      if (!desktop.fileJobs.restore(path)) throw BUSY
      return null
    },
  }
}

const BUSY = new CallFailed({ code: 'BUSY', message: 'another backup or restore is running' })

export async function openPath(path: string): Promise<null> {
  const problem = await shell.openPath(path)
  if (problem !== '') throw new CallFailed({ code: 'FAILED', message: `${path} could not be opened: ${problem}` })
  return null
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new CallFailed(outcome.error)
  return outcome.value
}
