/** Everything the palette, the shortcuts and the menus can do: one list. */
import type { MenuCommand } from '../../shared/ipc/desktop'
import { connection, navigation, openFile, preferences, timeline, toasts } from './app.svelte'
import { t } from './i18n.svelte'
import type { TranslationKey } from './i18n.svelte'
import type { Screen } from './navigation.svelte'

export interface Command {
  readonly id: MenuCommand | 'theme' | 'language' | 'logs' | 'new-pipeline' | 'new-output' | 'back' | 'view-settings'
  readonly label: TranslationKey
  readonly group: 'go' | 'do'
  /** Shown and, where it has a modifier, listened to: `mod+k`. */
  readonly keys?: string
  readonly run: () => void
}

const go = (id: MenuCommand, screen: Screen, label: TranslationKey): Command => ({
  id,
  label,
  group: 'go',
  run: () => navigation.go(screen),
})

export const commands: readonly Command[] = [
  go('view-dashboard', 'dashboard', 'nav.dashboard'),
  go('view-explore', 'explore', 'nav.explore'),
  go('view-alerts', 'alerts', 'nav.alerts'),
  go('view-sources', 'sources', 'nav.sources'),
  go('view-pipelines', 'pipelines', 'nav.pipelines'),
  go('view-outputs', 'outputs', 'nav.outputs'),
  go('view-data', 'data', 'nav.data'),
  { ...go('settings', 'settings', 'nav.settings'), keys: 'mod+,' },
  { id: 'toggle-live', label: 'command.toggleLive', group: 'do', keys: 'space', run: () => timeline.toggle() },
  { id: 'back', label: 'command.back', group: 'do', run: () => timeline.back() },
  { id: 'new-source', label: 'command.newSource', group: 'do', keys: 'mod+n', run: () => navigation.connectSource() },
  { id: 'new-pipeline', label: 'pipelines.new', group: 'do', run: () => navigation.newPipeline() },
  { id: 'new-output', label: 'outputs.new', group: 'do', run: () => navigation.newOutput() },
  { id: 'open-file', label: 'command.openFile', group: 'do', keys: 'mod+o', run: () => void chooseFile() },
  { id: 'demo', label: 'command.demo', group: 'do', run: () => void startDemo() },
  { id: 'export', label: 'command.export', group: 'do', keys: 'mod+e', run: () => (navigation.overlay = 'export') },
  { id: 'theme', label: 'command.theme', group: 'do', run: () => toggleTheme() },
  { id: 'language', label: 'command.language', group: 'do', run: () => toggleLanguage() },
  { id: 'guide', label: 'command.guide', group: 'do', run: () => void window.weir.openGuide() },
  { id: 'logs', label: 'command.logs', group: 'do', run: () => void window.weir.openLogs() },
  {
    id: 'shortcuts',
    label: 'command.shortcuts',
    group: 'do',
    keys: '?',
    run: () => (navigation.overlay = 'shortcuts'),
  },
  { id: 'palette', label: 'nav.commands', group: 'do', keys: 'mod+k', run: () => (navigation.overlay = 'palette') },
]

export function runCommand(id: MenuCommand | Command['id']): void {
  if (id === 'about') return navigation.go('settings')
  commands.find((command) => command.id === id)?.run()
}

export function toggleTheme(): void {
  void preferences.change({ theme: preferences.theme === 'dark' ? 'light' : 'dark' })
}

export function toggleLanguage(): void {
  void preferences.change({ language: document.documentElement.lang === 'zh-CN' ? 'en' : 'zh-CN' })
}

/** Starts the demo and shows its dashboard; where it cannot start, the reason is said. */
export async function startDemo(): Promise<void> {
  const outcome = await connection.call('startDemo', undefined, 30_000)
  if (!outcome.ok) return toasts.fail(t('toast.demoFailed'), outcome.error)
  timeline.jumpToLive()
  timeline.show({ kind: 'live', span: DEMO_SPAN })
  navigation.showDashboard(outcome.value.id)
}

export async function chooseFile(): Promise<void> {
  const outcome = await window.weir.chooseFile()
  if (!outcome.ok) return toasts.fail(t('toast.fileFailed'), outcome.error)
  if (outcome.value !== null) await openFile.propose(outcome.value)
}

/** Long enough for a piece of the demo's past, short enough to see it move. */
const DEMO_SPAN = 3_600_000

const isMac = navigator.platform.startsWith('Mac')

/** `mod+k` as this system writes it. */
export function keyLabel(keys: string): string {
  if (keys === 'space') return t('key.space')
  return keys.replace('mod+', isMac ? '⌘' : 'Ctrl ').replace(/[a-z]$/, (letter) => letter.toUpperCase())
}

/** The command of a key press, where no text is being typed. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  const mod = isMac ? event.metaKey : event.ctrlKey
  if (mod && !event.altKey && !event.shiftKey)
    return commands.find((command) => command.keys === `mod+${event.key.toLowerCase()}`)
  if (mod || event.altKey || isInteractive(event.target)) return undefined
  if (event.key === ' ') return commands.find((command) => command.keys === 'space')
  return event.key === '?' ? commands.find((command) => command.keys === '?') : undefined
}

/** Elements that use the space bar or letters themselves. */
function isInteractive(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, button, a, [role="dialog"], [role="option"], [role="menuitem"], [role="checkbox"], [contenteditable]',
    ) !== null
  )
}
