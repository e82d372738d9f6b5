/** The words of messages that people get; they have a language of their own, whatever that of the windows is. */
import english from '../../resources/translations/messages.en.json'
import chinese from '../../resources/translations/messages.zh-CN.json'

export type Language = 'en' | 'zh-CN'
export type Phrase = keyof typeof english

const TABLES: Readonly<Record<Language, Readonly<Record<Phrase, string>>>> = { en: english, 'zh-CN': chinese }

export const words = (language: Language, phrase: Phrase, params: Readonly<Record<string, string>> = {}): string =>
  TABLES[language][phrase].replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
