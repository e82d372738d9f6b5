import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { schemaFields } from '../../../renderer/state/schemaFields'
import type { SchemaField } from '../../../renderer/state/schemaFields'
import { OUTPUT_KINDS, outputSchema, outputScope, sourceScope } from '../../../renderer/state/outputKinds'
import { CONNECTABLE, kindSchema, scopeOf } from '../../../renderer/state/sourceKinds'
import { decoding } from '../../../shared/config/decoding'
import en from '../../../resources/translations/en.json'
import zh from '../../../resources/translations/zh-CN.json'

const english: Readonly<Record<string, string>> = en
const chinese: Readonly<Record<string, string>> = zh
const folder = resolve('renderer')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(svelte|ts)$/.test(name))

/** Every text in quotes that looks like `word.word` directly inside a call of t(…). */
function keysIn(text: string): string[] {
  const calls = [...text.matchAll(/\bt\(([^`]*?)\)/g)].map((match) => match[1] ?? '')
  return calls.flatMap((call) =>
    [...call.matchAll(/'([a-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+)'/g)].map((match) => match[1] ?? ''),
  )
}

describe('translations', () => {
  it('have the same keys in every language', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
  })

  it('have every key that the window names', () => {
    const missing = files.flatMap((file) =>
      keysIn(readFileSync(join(folder, file), 'utf8'))
        .filter((key) => !(key in english))
        .map((key) => `${file}: ${key}`),
    )
    expect(missing).toEqual([])
  })

  it('have a label for every field of every form', () => {
    const forms = [
      ...[...CONNECTABLE, 'demo'].map((kind) => [scopeOf(kind), kindSchema(kind)] as const),
      ...OUTPUT_KINDS.map((kind) => [outputScope(kind), outputSchema(kind)] as const),
      ['form.decoding', decoding.omit({ fields: true })] as const,
    ]
    const keysOf = (scope: string, fields: readonly SchemaField[]): string[][] =>
      fields.flatMap((field) => [
        [
          `${scope}.${field.path}.label`,
          `${sourceScope(scope)}.${field.path}.label`,
          `form.any.${field.path.split('.').at(-1) ?? ''}.label`,
        ],
        ...keysOf(`${scope}.${field.path}`, field.columns),
      ])
    const missing = forms
      .flatMap(([scope, schema]) => keysOf(scope, schemaFields(schema)))
      .filter((keys) => !keys.some((key) => key in english))
    expect(missing).toEqual([])
  })

  it('keep the same placeholders', () => {
    const placeholders = (text: string): string[] =>
      [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort()
    const different = Object.keys(english).filter(
      (key) => placeholders(english[key] ?? '').join() !== placeholders(chinese[key] ?? '').join(),
    )
    expect(different).toEqual([])
  })

  it('leave nothing empty', () => {
    expect(Object.entries({ ...english, ...chinese }).filter(([, text]) => text.trim() === '')).toEqual([])
  })
})
