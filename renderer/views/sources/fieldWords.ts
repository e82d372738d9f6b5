/** Label, help and choices of a field: translations of its form, of any form, else what the schema says. */
import { i18n, tryTranslate } from '../../state/i18n.svelte'
import type { SchemaField } from '../../state/schemaFields'

export interface FieldWords {
  readonly label: string
  readonly help: string | null
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

export function fieldWords(scope: string, field: SchemaField): FieldWords {
  const own = `${scope}.${field.path}`
  const common = `form.any.${field.path.split('.').at(-1) ?? ''}`
  const word = (end: string): string | null => tryTranslate(`${own}.${end}`) ?? tryTranslate(`${common}.${end}`)
  const label = word('label')
  return {
    label: label ?? field.path,
    help: word('help') ?? (label === null && i18n.language === 'en' ? field.description || null : null),
    choices: field.choices.map((choice) => ({ value: String(choice), label: word(String(choice)) ?? String(choice) })),
  }
}
