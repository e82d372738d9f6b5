/** A pasted address says of which kind the source is, and much of its settings. Pure. */
import type { Values } from './schemaFields'
import { splitBrokerUrl } from './brokerUrl'

export interface SourceAddress {
  readonly kind: string
  readonly values: Values
  readonly secrets: Readonly<Record<string, string>>
}

const URL_PARTS = /^\s*([a-z][a-z0-9+]*):\/\/(?:([^@/]*)@)?([^\s/?]*)(\/[^\s?]*)?(\?\S*)?\s*$/i
/** A path of Unix, of Windows, or of a share. */
const PATH = /^\s*(?:file:\/\/)?((?:\/|~\/|[a-z]:[\\/]|\\\\).+?)\s*$/i

/** @returns null where the text is no address known here. `tcp://host:1883` and `8883` are taken for a broker. */
export function readAddress(text: string): SourceAddress | null {
  const path = PATH.exec(text)?.[1]
  if (path !== undefined) return fileAddress(path)
  const match = URL_PARTS.exec(text)
  if (!match) return null
  const [, scheme = '', login = '', authority = '', rest = ''] = match
  const name = scheme.toLowerCase()
  const below = decodeURIComponent(rest.replace(/^\//, ''))
  const { host, port } = splitPort(authority)
  if (name === 'kafka') {
    const brokers = authority.split(',').map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:9092`))
    return { kind: 'kafka', values: { brokers, ...(below ? { topics: [below] } : {}) }, secrets: {} }
  }
  if (/^(postgres(ql)?|mysql|sqlite)$/.test(name)) return databaseAddress(name, login, { host, port, below })
  if (name === 'udp' || (name === 'tcp' && port !== 1883 && port !== 8883))
    return { kind: name, values: { host, ...(port === undefined ? {} : { port }) }, secrets: {} }
  return brokerAddress(text)
}

function brokerAddress(text: string): SourceAddress | null {
  const parts = splitBrokerUrl(text)
  if (!parts) return null
  const values = { url: parts.url, ...(parts.user === undefined ? {} : { user: parts.user }) }
  return { kind: 'mqtt', values, secrets: parts.password === undefined ? {} : { password: parts.password } }
}

function databaseAddress(
  scheme: string,
  login: string,
  { host, port, below }: { host: string; port: number | undefined; below: string },
): SourceAddress {
  const [user = '', password = ''] = login.split(':').map((part) => decodeURIComponent(part))
  const values = {
    host,
    ...(port === undefined ? {} : { port }),
    ...(below ? { database: below } : {}),
    ...(user ? { user } : {}),
  }
  return { kind: scheme === 'postgresql' ? 'postgres' : scheme, values, secrets: password ? { password } : {} }
}

function fileAddress(path: string): SourceAddress {
  if (/\.(db|sqlite3?)$/i.test(path)) return { kind: 'sqlite', values: { path }, secrets: {} }
  return { kind: 'file', values: { path, format: fileFormat(path) }, secrets: {} }
}

/** By the end of the name; CSV where that says nothing. */
export function fileFormat(path: string): 'csv' | 'tsv' | 'ndjson' {
  if (/\.(nd)?jsonl?$/i.test(path)) return 'ndjson'
  return /\.(tsv|tab)$/i.test(path) ? 'tsv' : 'csv'
}

function splitPort(authority: string): { host: string; port: number | undefined } {
  const match = /^(.*):(\d{1,5})$/.exec(authority)
  return match ? { host: match[1] ?? '', port: Number(match[2]) } : { host: authority, port: undefined }
}
