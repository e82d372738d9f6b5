/** Fields of a settings form, made from the schema that also validates it. Pure. */
import { z } from 'zod'
import type { FormHint } from '../../shared/config/field'

export interface SchemaField {
  /** Where the value stands: `url`, `tls.verify`. */
  readonly path: string
  readonly kind: 'text' | 'number' | 'boolean' | 'choice'
  readonly choices: readonly string[]
  readonly required: boolean
  readonly fallback: string | number | boolean | undefined
  readonly hint: FormHint
}

interface JsonSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly form?: FormHint
}

/** Basic fields first, the advanced ones after them; constants and lists (which have rows of their own) are left out. */
export function schemaFields(schema: z.ZodType): SchemaField[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const fields = collect(root, '', {})
  const order = (field: SchemaField): number => (field.hint.advanced ? 1000 : 0) + (field.hint.order ?? 0)
  return fields.sort((a, b) => order(a) - order(b))
}

function collect(schema: JsonSchema, prefix: string, inherited: FormHint): SchemaField[] {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]): SchemaField[] => {
    const path = prefix + name
    const hint = { ...inherited, ...property.form }
    if (property.type === 'object') return collect(property, `${path}.`, hint)
    const kind = kindOf(property)
    if (!kind) return []
    const choices = (property.enum ?? []).map(String)
    return [
      {
        path,
        kind,
        choices,
        required: required.has(name),
        fallback: property.default as SchemaField['fallback'],
        hint,
      },
    ]
  })
}

function kindOf(schema: JsonSchema): SchemaField['kind'] | null {
  if (schema.const !== undefined) return null
  if (schema.enum) return 'choice'
  if (schema.type === 'boolean') return 'boolean'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  return schema.type === 'string' ? 'text' : null
}

/** The value at a path of nested records. */
export function valueAt(record: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split('.').reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), record)
}

/** A copy with the value at a path changed; an undefined value leaves the key out. */
export function withValue(
  record: Readonly<Record<string, unknown>>,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const [step = '', ...rest] = path.split('.')
  const inner = record[step]
  const next = rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest.join('.'), value)
  const { [step]: _old, ...others } = record
  return next === undefined ? others : { ...others, [step]: next }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
