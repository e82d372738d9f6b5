/** The kinds of output, read off the workspace's schema: a new kind needs nothing here but where its words stand. */
import type { z } from 'zod'
import { output } from '../../shared/config/output'

const schemas: ReadonlyMap<string, z.ZodType> = new Map(
  output.shape.connection.options.map((schema) => [schema.shape.kind.value, schema]),
)

/** In the order of the schema. */
export const OUTPUT_KINDS = [...schemas.keys()]

/** @throws Error where there is no such kind */
export function outputSchema(kind: string): z.ZodType {
  const schema = schemas.get(kind)
  if (schema === undefined) throw new Error(`no output is of kind ${kind}`)
  return schema
}

const SCOPES: Readonly<Record<string, string>> = {
  tcp: 'form.streamOut',
  websocket: 'form.streamOut',
  postgres: 'form.sqlOut',
  mysql: 'form.sqlOut',
  webhook: 'form.webhook',
  mail: 'form.mail',
}
/** Kinds that there are as sources too share their words with these. */
export const outputScope = (kind: string): string => SCOPES[kind] ?? `form.${kind}Out`
/** Of the source whose words stand in where an output's form has none. */
export const sourceScope = (scope: string): string => scope.replace(/^(form\.\w+)Out\b/, '$1')
