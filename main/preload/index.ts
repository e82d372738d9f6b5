/** Exposes `window.weir`: one function per action. The window never sees ipcRenderer or an event object. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { ENGINE_PORT_MESSAGE, channelOf } from '../../shared/ipc/channels'
import type { DesktopCall, DesktopEvent } from '../../shared/ipc/channels'
import type { DesktopApi } from '../../shared/ipc/desktop'

const api: DesktopApi = {
  info: () => call('info'),
  saveSettings: (change) => call('saveSettings', change),
  saveSecrets: (sourceId, secrets) => call('saveSecrets', sourceId, secrets),
  secretNames: (sourceId) => call('secretNames', sourceId),
  copySecrets: (from, to) => call('copySecrets', from, to),
  copyText: (text) => call('copyText', text),
  exportCsv: (query, suggestedName) => call('exportCsv', query, suggestedName),
  exportRejected: (sourceId, suggestedName) => call('exportRejected', sourceId, suggestedName),
  exportAlerts: (rule, suggestedName) => call('exportAlerts', rule, suggestedName),
  chooseFile: () => call('chooseFile'),
  backup: () => call('backup'),
  chooseBackup: () => call('chooseBackup'),
  restore: (path) => call('restore', path),
  cancelFileJob: () => call('cancelFileJob'),
  droppedFile: (file) => (file instanceof File ? pathOf(file) : ''),
  showInFolder: (path) => call('showInFolder', path),
  openLogs: () => call('openLogs'),
  openGuide: () => call('openGuide'),
  restartEngine: () => call('restartEngine'),
  answerClose: (keepRunning) => call('answerClose', keepRunning),
  onEngineHealth: (listener) => listen('engine-health', listener),
  onMenu: (listener) => listen('menu', listener),
  onAskClose: (listener) => listen('ask-close', () => listener()),
  onSettings: (listener) => listen('settings', listener),
  onOpenFile: (listener) => listen('open-file', listener),
  onOpenAlert: (listener) => listen('open-alert', listener),
  onFileJob: (listener) => listen('file-job', listener),
}

contextBridge.exposeInMainWorld('weir', api)

// A port cannot pass the context bridge; it is handed on as a message within the page, to its own origin only.
ipcRenderer.on(ENGINE_PORT_MESSAGE, (event) => {
  window.postMessage(ENGINE_PORT_MESSAGE, location.origin, [...event.ports])
})

/** The main process validates the arguments and answers with an Outcome; that it cannot be reached is one as well. */
async function call<T>(name: DesktopCall, ...args: readonly unknown[]): Promise<T> {
  try {
    return (await ipcRenderer.invoke(channelOf(name), ...args)) as T
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, error: { code: 'UNREACHABLE', message } } as T
  }
}

function listen<T>(name: DesktopEvent, listener: (value: T) => void): void {
  ipcRenderer.on(channelOf(name), (_event, value: T) => listener(value))
}

/** `webUtils` came after the oldest Electron that Weir runs on; there a File has its path. */
function pathOf(file: File & { readonly path?: string }): string {
  const utilities: { getPathForFile(file: File): string } | undefined = webUtils
  return utilities === undefined ? (file.path ?? '') : utilities.getPathForFile(file)
}
