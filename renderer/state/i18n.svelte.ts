/** Words on the screen. The language is reactive: changing it redraws every text. */
import en from '../../resources/translations/en.json'
import zh from '../../resources/translations/zh-CN.json'

export type Language = 'en' | 'zh-CN'
export type TranslationKey = keyof typeof en
export type TranslationParams = Readonly<Record<string, string | number>>

const tables: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, 'zh-CN': zh }

class I18n {
  language = $state<Language>('en')
}
export const i18n = new I18n()

/** The text of a key; `{name}` is replaced, and `key_one` stands in where `n` is one in this language. */
export function t(key: TranslationKey, params?: TranslationParams): string {
  return translate(i18n.language, key, params)
}

/** The same for keys made at run time (forms, notices); null where there is no such text. */
export function tryTranslate(key: string, params?: TranslationParams): string | null {
  const table = tables[i18n.language]
  return Object.hasOwn(table, key) ? translate(i18n.language, key, params) : null
}

export function translate(language: Language, key: string, params: TranslationParams = {}): string {
  const table = tables[language]
  const one = Number(params['n']) === 1 && language === 'en' ? table[`${key}_one`] : undefined
  const text = one ?? table[key] ?? en[key as TranslationKey] ?? key
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  )
}

/** The language that a setting and the system's locale mean. */
export function chooseLanguage(choice: 'system' | Language, locale: string): Language {
  if (choice !== 'system') return choice
  return /^zh\b/i.test(locale) ? 'zh-CN' : 'en'
}
