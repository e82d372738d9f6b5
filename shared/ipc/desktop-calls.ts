/** What the main process accepts from a window: the arguments of every call of `DesktopApi`, in their order. */
import { z } from 'zod'
import type { DesktopCall } from './channels'
import { settings } from './desktop'
import { exportQuery } from './export'

const sourceId = z.string().min(1).max(200)
const path = z.string().min(1).max(4096)
const field = settings.shape

/** Without defaults: what is not named stays as it is. */
const settingsChange = z.strictObject({
  theme: field.theme.unwrap().exactOptional(),
  language: field.language.unwrap().exactOptional(),
  keepRunning: field.keepRunning.unwrap().exactOptional(),
  startAtLogin: field.startAtLogin.unwrap().exactOptional(),
  navigationCollapsed: field.navigationCollapsed.unwrap().exactOptional(),
  plainSecrets: field.plainSecrets.unwrap().exactOptional(),
})

export const desktopParams = {
  info: z.tuple([]),
  saveSettings: z.tuple([settingsChange]),
  saveSecrets: z.tuple([sourceId, z.record(z.string().max(200), z.string().max(1_000_000))]),
  secretNames: z.tuple([sourceId]),
  copySecrets: z.tuple([sourceId, sourceId]),
  copyText: z.tuple([z.string().max(1_000_000)]),
  exportCsv: z.tuple([exportQuery, z.string().max(200)]),
  exportRejected: z.tuple([sourceId, z.string().max(200)]),
  exportAlerts: z.tuple([z.string().max(200).nullable(), z.string().max(200)]),
  chooseFile: z.tuple([]),
  backup: z.tuple([]),
  chooseBackup: z.tuple([]),
  restore: z.tuple([path]),
  cancelFileJob: z.tuple([]),
  showInFolder: z.tuple([path]),
  openLogs: z.tuple([]),
  openGuide: z.tuple([]),
  restartEngine: z.tuple([]),
  answerClose: z.tuple([z.boolean()]),
} as const satisfies Record<DesktopCall, z.ZodType>

export type DesktopParams<C extends DesktopCall> = z.output<(typeof desktopParams)[C]>
