/** Starting with the user's session: the system's own list, or a file in the autostart folder of Linux desktops. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'

export function setStartAtLogin(start: boolean): void {
  if (process.platform !== 'linux') return app.setLoginItemSettings({ openAtLogin: start })
  const folder = join(app.getPath('appData'), 'autostart')
  const file = join(folder, 'weir.desktop')
  if (!start) return rmSync(file, { force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, desktopEntry(process.env['APPIMAGE'] ?? app.getPath('exe')))
}

/** Desktop Entry Specification 1.5: the command is quoted, and the reserved characters in it are escaped. */
export function desktopEntry(command: string): string {
  const quoted = command
    .replace(/%/g, '%%')
    .replace(/["`$\\]/g, '\\$&')
    .replace(/\\/g, '\\\\')
  return `[Desktop Entry]\nType=Application\nName=Weir\nExec="${quoted}"\nTerminal=false\n`
}
