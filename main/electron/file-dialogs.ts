/** The system's dialogs for files. */
import { basename, join } from 'node:path'
import { app, dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import { DATA_FILES } from './open-files'
import type { Words } from './translations'

/** @returns null where the user cancelled; so do the others. */
export async function askForExport(window: BrowserWindow, words: Words, suggestedName: string): Promise<string | null> {
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

export async function askForRejected(
  window: BrowserWindow,
  words: Words,
  suggestedName: string,
): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: words('dialog.rejected'),
    buttonLabel: words('dialog.export.action'),
    defaultPath: join(app.getPath('downloads'), basename(suggestedName) || 'rejected.ndjson'),
    filters: [
      { name: words('dialog.ndjsonFiles'), extensions: ['ndjson'] },
      { name: words('dialog.allFiles'), extensions: ['*'] },
    ],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  })
  return canceled || !filePath ? null : filePath
}

export async function askForFile(window: BrowserWindow, words: Words): Promise<string | null> {
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

/** Under a new name: a backup never takes the place of a file. */
export async function askForBackup(window: BrowserWindow, words: Words): Promise<string | null> {
  const day = new Date().toISOString().slice(0, 10)
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: words('dialog.backup'),
    buttonLabel: words('dialog.backup.action'),
    defaultPath: join(app.getPath('documents'), `weir-${day}.db`),
    filters: databaseFiles(words),
    properties: ['createDirectory'],
  })
  return canceled || !filePath ? null : filePath
}

export async function askForRestore(window: BrowserWindow, words: Words): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: words('dialog.restore'),
    buttonLabel: words('dialog.open.action'),
    filters: databaseFiles(words),
    properties: ['openFile'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

const databaseFiles = (words: Words): Electron.FileFilter[] => [
  { name: words('dialog.databaseFiles'), extensions: ['db'] },
  { name: words('dialog.allFiles'), extensions: ['*'] },
]
