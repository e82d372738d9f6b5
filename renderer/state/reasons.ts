/**
 * The engine gives its reasons in English sentences, the same ones that stand in its log. In another language they are
 * found again by their pattern; a sentence of a broker or of the system that nobody knows stays as it is.
 */
import zh from '../../resources/translations/reasons.zh-CN.json'
import { i18n } from './i18n.svelte'
import type { Language } from './i18n.svelte'

interface Sentence {
  readonly pattern: RegExp
  readonly translation: string
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** `nothing listens at {0}` → `^nothing listens at (.+)$`; the longer sentence first, so that it is not taken for a shorter one. */
const chinese: readonly Sentence[] = Object.entries(zh)
  .sort(([a], [b]) => b.length - a.length)
  .map(([english, translation]) => ({
    pattern: new RegExp(
      `^${english
        .split(/\{\d\}/)
        .map(escaped)
        .join('(.+)')}$`,
      's',
    ),
    translation,
  }))

export function translateReason(language: Language, reason: string): string {
  if (language === 'en') return reason
  for (const { pattern, translation } of chinese) {
    const found = pattern.exec(reason)
    if (found) return translation.replace(/\{(\d)\}/g, (_, n: string) => found[Number(n) + 1] ?? '')
  }
  return reason
}

/** In the language of the window. */
export const reasonText = (reason: string): string => translateReason(i18n.language, reason)
