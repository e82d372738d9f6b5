/** What stands in one form made from a schema: values, rows of its lists, secrets, and what is wrong with them. */
import type { z } from 'zod'
import { applies, schemaFields, valueAt, withValue } from './schemaFields'
import type { SchemaField, Values } from './schemaFields'

export class FormValues {
  values = $state.raw<Values>({})
  /** Typed anew, by name; those kept in the keychain are never read back. */
  secrets = $state.raw<Readonly<Record<string, string>>>({})
  /** Names of secrets that the keychain has. */
  kept = $state.raw<readonly string[]>([])
  /** What is wrong, by path of the values; shown once something was tried. */
  issues = $state.raw<ReadonlyMap<string, string>>(new Map())
  fields = $state.raw<readonly SchemaField[]>([])

  constructor(
    schema: z.ZodType,
    /** Of the translations: `form.mqtt`. */
    public scope: string,
    values: Values = {},
  ) {
    this.fields = schemaFields(schema)
    this.values = values
  }

  /** Another schema: what was typed for the old one is gone. */
  become(schema: z.ZodType, scope: string, values: Values): void {
    this.fields = schemaFields(schema)
    this.scope = scope
    this.values = values
    this.secrets = {}
    this.issues = new Map()
  }

  /** Those that fit what is set. */
  get shown(): SchemaField[] {
    return this.fields.filter((field) => applies(field, this.values, this.fields))
  }

  get(field: SchemaField): unknown {
    return valueAt(this.values, field.path) ?? field.fallback
  }

  set(path: string, value: unknown): void {
    this.values = withValue(this.values, path, value === '' ? undefined : value)
  }

  /** Those typed that fit what is set. */
  typedSecrets(): Record<string, string> {
    const names = this.shown.filter(({ kind }) => kind === 'secret').map(({ path }) => path)
    return Object.fromEntries(Object.entries(this.secrets).filter(([name]) => names.includes(name)))
  }

  setSecret(name: string, value: string): void {
    this.secrets = { ...this.secrets, [name]: value }
  }

  /** Rows of a list; there is always one to type into, unless it may be empty. */
  rows(field: SchemaField): readonly unknown[] {
    const value = this.get(field)
    if (Array.isArray(value) && value.length > 0) return value as unknown[]
    return field.hint.mayBeEmpty ? [] : [emptyRow(field)]
  }

  setRow(field: SchemaField, index: number, row: unknown): void {
    this.set(
      field.path,
      this.rows(field).map((other, at) => (at === index ? row : other)),
    )
  }

  addRow(field: SchemaField): void {
    this.set(field.path, [...this.rows(field), emptyRow(field)])
  }

  removeRow(field: SchemaField, index: number): void {
    const rest = this.rows(field).filter((_, at) => at !== index)
    this.set(field.path, rest.length > 0 ? rest : undefined)
  }

  /** Names in the list, or in the first column of its rows. */
  names(field: SchemaField): string[] {
    return this.rows(field).map((row) => nameOf(field, row))
  }

  /** Adds or removes a row by its name. */
  tick(field: SchemaField, name: string, on: boolean): void {
    const others = this.rows(field).filter((row) => !['', name].includes(nameOf(field, row)))
    const row = field.kind === 'texts' ? name : { [field.columns[0]?.path ?? 'name']: name }
    const rows = on ? [...others, row] : others
    this.set(field.path, rows.length > 0 ? rows : undefined)
  }

  /** As the schema reads them: without empty rows, and without what does not fit the rest. */
  settings(): Values {
    const { shown } = this
    let result = this.values
    for (const field of this.fields) {
      const value = valueAt(result, field.path)
      if (value !== undefined && !shown.includes(field)) result = withValue(result, field.path, undefined)
      else if (Array.isArray(value))
        result = withValue(
          result,
          field.path,
          value.filter((row) => !isEmpty(row)),
        )
    }
    return result
  }

  /** The problem of a field, or of any row of a list. */
  problem(path: string): string | undefined {
    const own = this.issues.get(path)
    if (own !== undefined) return own
    for (const [at, message] of this.issues) if (at.startsWith(`${path}.`)) return message
    return undefined
  }
}

const emptyRow = (field: SchemaField): unknown => (field.kind === 'texts' ? '' : {})
const isEmpty = (row: unknown): boolean =>
  row === '' || (typeof row === 'object' && row !== null && Object.keys(row).length === 0)

function nameOf(field: SchemaField, row: unknown): string {
  if (typeof row === 'string') return row
  const name = (row as Values)[field.columns[0]?.path ?? 'name']
  return typeof name === 'string' ? name : ''
}
