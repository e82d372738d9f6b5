/** Where the application's own files are, and those of the user. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'

const inApplication = (...parts: string[]): string => join(app.getAppPath(), ...parts)
const inUserData = (...parts: string[]): string => join(app.getPath('userData'), ...parts)

export const applicationFiles = () => ({
  window: inApplication('out', 'renderer'),
  preload: inApplication('out', 'preload', 'index.js'),
  engine: inApplication('out', 'main', 'engine.js'),
  commands: inApplication('out', 'main', 'cli.js'),
  icon: existing(resourceFolders().map((folder) => join(folder, 'icons', 'icon.png'))),
})

export const userFiles = () => ({
  folder: inUserData(),
  settings: inUserData('settings.json'),
  secrets: inUserData('secrets.json'),
  windowState: inUserData('window.json'),
  workspace: inUserData('workspace.json'),
  database: inUserData('weir.db'),
  logs: inUserData('logs'),
  log: inUserData('logs', 'weir.log'),
})

/** The guide in this language, else in English. @returns null in a build without it. */
export function guideFile(language: string): string | null {
  const names = [language, 'en'].flatMap((name) => [`guide.${name}.html`, `guide.${name}.md`, `${name}.md`])
  return existing(names.flatMap((name) => resourceFolders().map((folder) => join(folder, 'guide', name))))
}

/** Beside the archive in a package, where other programs can read them; else in the application's folder. */
const resourceFolders = (): string[] => [process.resourcesPath, inApplication('resources')]

const existing = (paths: readonly string[]): string | null => paths.find((path) => existsSync(path)) ?? null
