/** TLS of the clients of database servers. */
import type { ConnectionOptions } from 'node:tls'
import type { Secrets } from '../contracts'
import type { SqlTls } from '../../shared/config/sources/sql'

/** Undefined: without TLS. */
export function tlsOf({ mode, ca, cert }: SqlTls, secrets: Secrets): ConnectionOptions | undefined {
  if (mode === 'off') return undefined
  const key = secrets['key']
  const passphrase = secrets['passphrase']
  return {
    rejectUnauthorized: mode === 'verify',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}
