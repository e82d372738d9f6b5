/** Settings that TCP, WebSocket and UDP sources share. Labels and help stand under the kind's own `form.*`. */
import { z } from 'zod'
import { duration } from '../duration'
import type { FieldCondition, SecretHint } from '../field'
import { pemCertificate } from '../pem'

/** SAFETY: a record is at most 1 MiB. */
const MAX_FRAME = 1 << 20

/** What is asked for only where Weir connects, or where others connect to it. */
export const ofClient: FieldCondition = { field: 'mode', is: ['client'] }
export const ofServer: FieldCondition = { field: 'mode', is: ['server'] }

/** Kept with the passwords: the key of the certificate that Weir shows. */
export const tlsSecrets = (when: readonly FieldCondition[] = []): readonly SecretHint[] => [
  { name: 'key', after: 'tls.cert', pem: true, when },
  { name: 'passphrase', after: 'key', when },
]

const advanced = { form: { advanced: true } } as const

export const mode = () =>
  z
    .enum(['client', 'server'])
    .default('client')
    .describe('client: Weir connects to the sender. server: senders connect to Weir.')

export const host = () =>
  z
    .string()
    .regex(/^[^\s/@]+$/, 'must be a host name or address, without port')
    .default('127.0.0.1')
    .meta({ form: { code: true } })

export const port = () => z.int().min(1).max(65_535)

export const maxFrame = () =>
  z
    .int()
    .min(1)
    .max(MAX_FRAME)
    .default(MAX_FRAME)
    .meta(advanced)
    .describe('Bytes of a record at most; a longer one is rejected.')

export const idleTimeout = () =>
  duration()
    .default('0s')
    .meta(advanced)
    .describe('A connection that is silent for so long counts as broken. 0s: silence is no fault.')

export const maxConnections = () =>
  z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .meta({ form: { advanced: true, when: [ofServer] } })
    .describe('Of a server: connections at once.')

export const socketTls = z.strictObject({
  verify: z.boolean().default(true).describe('Checks the certificate of the other side.'),
  ca: pemCertificate(
    'PEM text of the authority of the other side. A server with one wants a certificate of every client.',
  ),
  cert: pemCertificate(
    'PEM text of the certificate that Weir shows; its key and passphrase are secrets. A server needs one.',
  ),
})
export type SocketTls = z.infer<typeof socketTls>
