/** Names on the wire between main process, preload and window. Apart from `desktop.ts`, so that the preload stays small. */

/** The engine's port cannot cross the context bridge: it arrives as a window message of this kind, with the port. */
export const ENGINE_PORT_MESSAGE = 'weir:engine-port'

/** Calls of `DesktopApi` that the main process answers; the channel is `weir:` and the name. */
export const desktopCallNames = [
  'info',
  'saveSettings',
  'saveSecrets',
  'secretNames',
  'copySecrets',
  'copyText',
  'exportCsv',
  'exportRejected',
  'exportAlerts',
  'chooseFile',
  'backup',
  'chooseBackup',
  'restore',
  'cancelFileJob',
  'showInFolder',
  'openLogs',
  'openGuide',
  'restartEngine',
  'answerClose',
] as const
export type DesktopCall = (typeof desktopCallNames)[number]

export const desktopEventNames = [
  'engine-health',
  'menu',
  'ask-close',
  'settings',
  'open-file',
  'file-job',
  'open-alert',
] as const
export type DesktopEvent = (typeof desktopEventNames)[number]

export const channelOf = (name: DesktopCall | DesktopEvent): string => `weir:${name}`
