/** The kinds of source that can be connected, read off the workspace's schema: a new kind needs nothing here. */
import type { z } from 'zod'
import { source } from '../../shared/config/workspace'
import type { Values } from './schemaFields'
import { tryTranslate } from './i18n.svelte'

const schemas: ReadonlyMap<string, z.ZodType> = new Map(
  source.shape.connection.options.map((schema) => [schema.shape.kind.value, schema]),
)

/** In the order of the schema; the demo has a card of its own. */
export const CONNECTABLE = [...schemas.keys()].filter((kind) => kind !== 'demo')

/** @throws Error where there is no such kind */
export function kindSchema(kind: string): z.ZodType {
  const schema = schemas.get(kind)
  if (schema === undefined) throw new Error(`no source is of kind ${kind}`)
  return schema
}

export const knowsKind = (kind: string): boolean => schemas.has(kind)
/** How addresses of the kinds that are known begin. */
export const SCHEMES = [
  ['mqtt', 'mqtt://'],
  ['kafka', 'kafka://'],
  ['tcp', 'tcp://'],
  ['udp', 'udp://'],
  ['postgres', 'postgres://'],
  ['mysql', 'mysql://'],
].flatMap(([kind = '', scheme = '']) => (knowsKind(kind) ? [scheme] : []))
export const kindName = (kind: string): string => tryTranslate(`kind.${kind}`) ?? kind
/** Databases share their labels. */
const SQL = ['sqlite', 'postgres', 'mysql']
export const scopeOf = (kind: string): string => (SQL.includes(kind) ? 'form.sql' : `form.${kind}`)

/** Where a source connects to, in one line; whatever its kind calls that. */
export function addressText(connection: Values): string {
  const { url, brokers, path, host, port, database } = connection
  if (typeof url === 'string') return url
  if (Array.isArray(brokers)) return brokers.join(', ')
  if (typeof path === 'string') return path
  if (typeof host !== 'string') return typeof port === 'number' ? `:${port}` : ''
  const address = typeof port === 'number' ? `${host}:${port}` : host
  return typeof database === 'string' ? `${address}/${database}` : address
}
