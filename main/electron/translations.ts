/** The words of menus, tray and dialogs, which are drawn by the system and not by the window. */
import english from '../../resources/translations/menu.en.json'
import chinese from '../../resources/translations/menu.zh-CN.json'
import type { Settings } from '../../shared/ipc/desktop'

export type Phrase = keyof typeof english
export type Words = (phrase: Phrase, params?: Readonly<Record<string, string>>) => string

const TABLES: Readonly<Record<'en' | 'zh-CN', Readonly<Record<Phrase, string>>>> = { en: english, 'zh-CN': chinese }

/** @param locale of the system, as BCP 47. */
export function languageOf(choice: Settings['language'], locale: string): 'en' | 'zh-CN' {
  if (choice !== 'system') return choice
  return /^zh\b/i.test(locale) ? 'zh-CN' : 'en'
}

export function wordsOf(language: 'en' | 'zh-CN'): Words {
  return (phrase, params = {}) =>
    TABLES[language][phrase].replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
}
