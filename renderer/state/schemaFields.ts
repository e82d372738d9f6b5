/** Fields of a settings form, made from the schema that also validates it. Pure. */
import { z } from 'zod'
import type { FieldCondition, FormHint } from '../../shared/config/field'

export type Values = Readonly<Record<string, unknown>>

export interface SchemaField {
  /** Where the value stands: `url`, `tls.verify`; of a secret its name. */
  readonly path: string
  /** `texts`: a list of strings; `rows`: a list of records with `columns`. */
  readonly kind: 'text' | 'number' | 'boolean' | 'choice' | 'pem' | 'secret' | 'texts' | 'rows'
  readonly choices: readonly (string | number)[]
  readonly required: boolean
  readonly fallback: unknown
  readonly hint: FormHint
  readonly columns: readonly SchemaField[]
  /** Of the schema, in English. */
  readonly description: string
}

interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly default?: unknown
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly form?: FormHint
}

/** Basic fields first, the advanced ones after them, secrets behind the field they belong to; constants are left out. */
export function schemaFields(schema: z.ZodType): SchemaField[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const { secrets = [], ...inherited } = root.form ?? {}
  const fields = collect(root, '', inherited)
  for (const secret of secrets) {
    const after = fields.findIndex(({ path }) => path === secret.after)
    const { name, pem, advanced = fields[after]?.hint.advanced ?? false, when = [] } = secret
    const hint = { advanced, when, ...(pem ? { pem } : {}) }
    fields.splice(after < 0 ? fields.length : after + 1, 0, { ...plain, path: name, kind: 'secret', hint })
  }
  const order = (field: SchemaField): number => (field.hint.advanced ? 1000 : 0) + (field.hint.order ?? 0)
  return fields.sort((a, b) => order(a) - order(b))
}

const plain = { choices: [], required: false, fallback: undefined, columns: [], description: '' } as const

function collect(schema: JsonSchema, prefix: string, inherited: FormHint): SchemaField[] {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]): SchemaField[] => {
    const path = prefix + name
    const when = [...(inherited.when ?? []), ...(property.form?.when ?? [])]
    const hint = { ...inherited, ...property.form, ...(when.length > 0 ? { when } : {}) }
    if (property.type === 'object') return collect(property, `${path}.`, hint)
    const kind = kindOf(property, hint)
    if (!kind) return []
    const columns = kind === 'rows' && property.items ? collect(property.items, '', {}) : []
    const { default: fallback, description = '' } = property
    return [
      { path, kind, choices: choicesOf(property), required: required.has(name), fallback, hint, columns, description },
    ]
  })
}

function kindOf(schema: JsonSchema, hint: FormHint): SchemaField['kind'] | null {
  if (schema.const !== undefined) return null
  if (choicesOf(schema).length > 0) return 'choice'
  if (schema.type === 'array') return schema.items?.type === 'object' ? 'rows' : 'texts'
  if (schema.type === 'boolean') return 'boolean'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.type !== 'string') return null
  return hint.pem ? 'pem' : 'text'
}

/** Of an enumeration or a union of constants. */
function choicesOf({ enum: listed, anyOf }: JsonSchema): (string | number)[] {
  const all = listed ?? anyOf?.map((option) => option.const) ?? []
  const simple = all.filter((value) => typeof value === 'string' || typeof value === 'number')
  return simple.length === all.length ? simple : []
}

/** Whether a field fits what is set elsewhere in the form. */
export function applies({ hint }: SchemaField, values: Values, fields: readonly SchemaField[]): boolean {
  return (hint.when ?? []).every((condition) => holds(condition, values, fields))
}

function holds({ field, is, matches }: FieldCondition, values: Values, fields: readonly SchemaField[]): boolean {
  const value = valueAt(values, field) ?? fields.find(({ path }) => path === field)?.fallback
  if (is && !is.some((allowed) => allowed === value)) return false
  return matches === undefined || new RegExp(matches, 'i').test(typeof value === 'string' ? value : '')
}

/** The value at a path of nested records. */
export function valueAt(record: Values, path: string): unknown {
  return path.split('.').reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), record)
}

/** A copy with the value at a path changed; an undefined value leaves the key out. */
export function withValue(record: Values, path: string, value: unknown): Record<string, unknown> {
  const [step = '', ...rest] = path.split('.')
  const inner = record[step]
  const next = rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest.join('.'), value)
  const { [step]: _old, ...others } = record
  return next === undefined ? others : { ...others, [step]: next }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
