/** What the preload offers to the renderer: one function per action. */
import { z } from 'zod'
import type { Outcome } from './rpc'
import type { SeriesId } from '../model/series'
import type { EpochMs } from '../model/time'
import type { Notice } from './engine'
import type { ExportInput } from './export'

export { ENGINE_PORT_MESSAGE } from './channels'

export const themeChoice = z.enum(['system', 'light', 'dark'])
export const languageChoice = z.enum(['system', 'en', 'zh-CN'])

export const settings = z.strictObject({
  theme: themeChoice.default('system'),
  language: languageChoice.default('system'),
  /** Closing the window leaves the engine collecting; null until the user was asked. */
  keepRunning: z.boolean().nullable().default(null),
  startAtLogin: z.boolean().default(false),
  navigationCollapsed: z.boolean().default(false),
  /** The user agreed that secrets are kept in a file of mode 0600 where this system cannot encrypt them. */
  plainSecrets: z.boolean().default(false),
})
export type Settings = z.infer<typeof settings>

/** The engine process as its supervisor sees it. */
export type EngineHealth =
  | { readonly state: 'starting' }
  | { readonly state: 'running'; readonly restarts: number; readonly pid: number }
  /** Died; started again at `retryAt` (EpochMs). */
  | { readonly state: 'restarting'; readonly reason: string; readonly retryAt: number; readonly restarts: number }
  /** It refuses to start (second engine on the file, newer file): trying again would not help. */
  | { readonly state: 'stopped'; readonly reason: string }

export interface DesktopInfo {
  readonly version: string
  readonly electron: string
  readonly chromium: string
  readonly platform: string
  readonly locale: string
  readonly settings: Settings
  readonly engine: EngineHealth
  /**
   * How secrets are kept: encrypted by the system, as they are in a file of mode 0600 (after `plainSecrets`), or only
   * until the application ends, because this system cannot encrypt (no keychain, or `basic_text`).
   */
  readonly secrets: 'system' | 'plain' | 'none'
  /** What the user should know of this start: a settings file kept aside, a window that had to be loaded again. */
  readonly notices: readonly Notice[]
}

/** How a backup or restore of the database goes on. `path`: of the backup. */
export type FileJobProgress = { readonly kind: 'backup' | 'restore'; readonly path: string } & (
  | { readonly state: 'running'; readonly share: number }
  | { readonly state: 'done' | 'cancelled' }
  | ({ readonly state: 'failed' } & FileJobFailure)
)

/** Why it failed, and what the user can do. */
export interface FileJobFailure {
  readonly reason: string
  readonly hint?: string | undefined
}

/** Where and when an alert was. */
export interface AlertPlace {
  /** Null: the source as a whole. */
  readonly series: SeriesId | null
  readonly source: string
  readonly time: EpochMs
}

/** Commands of menus and tray that the renderer carries out. */
export type MenuCommand =
  | 'settings'
  | 'new-source'
  | 'export'
  | 'palette'
  | 'shortcuts'
  | 'toggle-live'
  | 'guide'
  | 'about'
  | 'view-dashboard'
  | 'view-explore'
  | 'view-alerts'
  | 'view-sources'
  | 'view-pipelines'
  | 'view-outputs'
  | 'view-data'
  | 'open-file'
  | 'demo'

/** `window.weir`. Every call gives an Outcome and never throws. */
export interface DesktopApi {
  info(): Promise<Outcome<DesktopInfo>>
  saveSettings(change: Partial<Settings>): Promise<Outcome<Settings>>
  /** Keeps secrets of a source in the keychain and hands them to the engine; an empty text forgets one. */
  saveSecrets(sourceId: string, secrets: Record<string, string>): Promise<Outcome<null>>
  /** Which secrets a source has, by name; never their values. */
  secretNames(sourceId: string): Promise<Outcome<readonly string[]>>
  /** A duplicate of a source has the secrets of the first, without the window ever seeing them. */
  copySecrets(from: string, to: string): Promise<Outcome<null>>
  /** Puts a text on the clipboard. */
  copyText(text: string): Promise<Outcome<null>>
  /** Shows the save dialog and starts the export; null where the user cancelled. Progress comes from the engine. */
  exportCsv(
    query: ExportInput,
    suggestedName: string,
  ): Promise<Outcome<{ readonly id: number; readonly path: string } | null>>
  /** Shows the save dialog and writes the rejected records of a source, one JSON object a line; null: cancelled. */
  exportRejected(
    sourceId: string,
    suggestedName: string,
  ): Promise<Outcome<{ readonly records: number; readonly path: string } | null>>
  /** Shows the save dialog and writes the history of alerts, of one rule or (null) of all, as CSV; null: cancelled. */
  exportAlerts(
    rule: string | null,
    suggestedName: string,
  ): Promise<Outcome<{ readonly records: number; readonly path: string } | null>>
  /** Shows the open dialog for a data file; null where the user cancelled. */
  chooseFile(): Promise<Outcome<string | null>>
  /** Shows the save dialog and starts a backup; null where the user cancelled. Progress comes as events. */
  backup(): Promise<Outcome<string | null>>
  /** Shows the open dialog for a backup; null where the user cancelled. */
  chooseBackup(): Promise<Outcome<string | null>>
  /** The backup, which `chooseBackup` gave, takes the place of the database. Progress comes as events. */
  restore(path: string): Promise<Outcome<null>>
  cancelFileJob(): Promise<Outcome<null>>
  /** The path of a file dropped on the window. */
  droppedFile(file: unknown): string
  showInFolder(path: string): Promise<Outcome<null>>
  openLogs(): Promise<Outcome<null>>
  /** Opens the user guide in the system's browser or viewer. */
  openGuide(): Promise<Outcome<null>>
  restartEngine(): Promise<Outcome<null>>
  /** Answer to "keep running in the tray?" when the window is closed. */
  answerClose(keepRunning: boolean): Promise<Outcome<null>>
  onEngineHealth(listener: (health: EngineHealth) => void): void
  onMenu(listener: (command: MenuCommand) => void): void
  onAskClose(listener: () => void): void
  onSettings(listener: (settings: Settings) => void): void
  /** A data file given on the command line, to a second start, or by the system's file manager. */
  onOpenFile(listener: (path: string) => void): void
  /** Somebody clicked on the notification of an alert. */
  onOpenAlert(listener: (alert: AlertPlace) => void): void
  onFileJob(listener: (progress: FileJobProgress) => void): void
}
