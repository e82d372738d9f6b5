/** Label, help and choices of a field: translations of its form, of any form, else what the schema says. */
import { i18n, tryTranslate } from '../../state/i18n.svelte'
import { sourceScope } from '../../state/outputKinds'
import type { SchemaField } from '../../state/schemaFields'

export interface FieldWords {
  readonly label: string
  readonly help: string | null
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

/** Of its own form; an output's says what the same setting of a source says, where it says nothing else. */
export function ownWord(scope: string, path: string, end: string): string | null {
  const own = tryTranslate(`${scope}.${path}.${end}`)
  return own ?? tryTranslate(`${sourceScope(scope)}.${path}.${end}`)
}

export function fieldWords(scope: string, field: SchemaField): FieldWords {
  const common = `form.any.${field.path.split('.').at(-1) ?? ''}`
  const word = (end: string): string | null => ownWord(scope, field.path, end) ?? tryTranslate(`${common}.${end}`)
  const label = word('label')
  return {
    label: label ?? field.path,
    help: word('help') ?? (label === null && i18n.language === 'en' ? field.description || null : null),
    choices: field.choices.map((choice) => ({ value: String(choice), label: word(String(choice)) ?? String(choice) })),
  }
}
