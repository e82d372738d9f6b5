/** What it means when a database server cannot be reached, or lets nobody in. */
import { networkReason } from './network-errors'

export interface SqlServer {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

export interface SqlFault {
  readonly reason: string
  /** The server answered and said no; it will hardly go away by itself. */
  readonly refused: boolean
}

const no = (reason: string): SqlFault => ({ reason, refused: true })
const notNow = (reason: string): SqlFault => ({ reason, refused: false })

/** For errors that are not about the statement (errcodes of PostgreSQL, appendix A). */
export function postgresFault(error: unknown, { host, port, database, user }: SqlServer): SqlFault {
  const where = `${host}:${port}`
  const text = textOf(error)
  const code = codeOf(error)
  if (code === '28P01' || text.includes('SASL')) return no(`wrong password for user ${user}, or no such user`)
  if (code.startsWith('28')) return no(`not allowed: ${text}`)
  if (code === '3D000') return no(`there is no database ${database} at ${where}`)
  if (code === '53300') return notNow(`${where} takes no more connections`)
  if (text.includes('does not support SSL')) return no(`${where} does not offer TLS`)
  if (text.includes('terminated')) return notNow(`${where} closed the connection`)
  if (/timeout|not queryable/i.test(text)) return notNow(`no answer from ${where}; check address and firewall`)
  return notNow(networkReason(error, where))
}

/** The same for MySQL and MariaDB (server error reference). */
export function mysqlFault(error: unknown, { host, port, database, user }: SqlServer): SqlFault {
  const where = `${host}:${port}`
  const text = textOf(error)
  const code = codeOf(error)
  const errno = errnoOf(error)
  if (errno === 1045 || errno === 1698) return no(`wrong password for user ${user}, or no such user`)
  if (errno === 1049) return no(`there is no database ${database} at ${where}`)
  if (errno === 1040) return notNow(`${where} takes no more connections`)
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return no(`${where} does not offer TLS`)
  if (code === 'PROTOCOL_CONNECTION_LOST' || /closed state/.test(text)) return notNow(`${where} closed the connection`)
  return notNow(networkReason(tlsError(text) ?? error, where))
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
export const errnoOf = (error: unknown): number =>
  error instanceof Error && 'errno' in error ? Number(error.errno) : 0

/** The driver replaces the code of a TLS error and keeps its text (OpenSSL's X509_verify_cert_error_string). */
function tlsError(text: string): Error | null {
  const code = TLS_ERRORS.find(([pattern]) => pattern.test(text))?.[1]
  return code === undefined ? null : Object.assign(new Error(text), { code })
}

const TLS_ERRORS = [
  [/^self.signed certificate$/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/self.signed certificate in/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/unable to (verify the first|get local issuer)/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/does not match certificate/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
] as const
