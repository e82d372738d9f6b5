/** Theme, language and the other settings of this user; kept by the main process. */
import { settings } from '../../shared/ipc/desktop'
import type { DesktopApi, DesktopInfo, Settings } from '../../shared/ipc/desktop'
import { chooseLanguage, i18n } from './i18n.svelte'

export class Preferences {
  current = $state.raw<Settings>(settings.parse({}))
  #systemDark = $state(false)
  #locale = 'en'

  readonly theme = $derived(
    this.current.theme === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.current.theme,
  )

  constructor(private readonly desktop: DesktopApi) {}

  start(info: DesktopInfo | null): void {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    this.#systemDark = dark.matches
    dark.addEventListener('change', (event) => {
      this.#systemDark = event.matches
      this.#apply()
    })
    this.#locale = info?.locale ?? navigator.language
    if (info) this.current = info.settings
    this.desktop.onSettings((changed) => this.#take(changed))
    this.#apply()
  }

  async change(change: Partial<Settings>): Promise<void> {
    this.#take({ ...this.current, ...change })
    const outcome = await this.desktop.saveSettings(change)
    if (outcome.ok) this.#take(outcome.value)
  }

  #take(changed: Settings): void {
    this.current = changed
    this.#apply()
  }

  #apply(): void {
    i18n.language = chooseLanguage(this.current.language, this.#locale)
    document.documentElement.lang = i18n.language
    document.documentElement.dataset['theme'] = this.theme
  }
}
