/** Settings of a TCP source, client or server. Labels and help of the form are translations under `form.tcp.*`. */
import { z } from 'zod'
import { host, idleTimeout, maxConnections, maxFrame, mode, port, socketTls, tlsSecrets } from './socket'

const cutBy = (kind: string) => [{ field: 'framing.kind', is: [kind] }]
const secured = [{ field: 'secure', is: [true] }]

export const framing = z.strictObject({
  kind: z
    .enum(['line', 'delimiter', 'length', 'fixed'])
    .default('line')
    .describe('Where a record ends: at a line end, at a delimiter, after a length told before it, after fixed bytes.'),
  delimiter: z
    .string()
    .min(1)
    .max(16)
    .default(';')
    .meta({ form: { code: true, when: cutBy('delimiter') } })
    .describe('With delimiter: the text between records; \\n, \\r, \\t, \\0 and \\xNN stand for bytes.'),
  length: z
    .enum(['u8', 'u16be', 'u16le', 'u32be', 'u32le'])
    .default('u32be')
    .meta({ form: { when: cutBy('length') } })
    .describe('With length: the number before each record; be: most significant byte first.'),
  includesLength: z
    .boolean()
    .default(false)
    .meta({ form: { when: cutBy('length') } })
    .describe('With length: the number counts its own bytes too.'),
  size: z
    .int()
    .min(1)
    .max(1 << 20)
    .default(16)
    .meta({ form: { when: cutBy('fixed') } })
    .describe('With fixed: bytes of a record.'),
  maxFrame: maxFrame(),
})
export type Framing = z.infer<typeof framing>

const connection = z.strictObject({
  kind: z.literal('tcp'),
  mode: mode(),
  host: host().describe('Of the sender; of a server the address that it listens at, 0.0.0.0 for all networks.'),
  port: port().describe('Port of the sender, or that a server listens at.'),
  framing: framing.prefault({}).describe('How the stream is cut into records.'),
  idleTimeout: idleTimeout(),
  maxConnections: maxConnections(),
  secure: z.boolean().default(false).describe('Speaks TLS.'),
  tls: socketTls
    .prefault({})
    .meta({ form: { when: secured } })
    .describe('With TLS.'),
})

export const tcpConnection = connection.meta({ form: { secrets: tlsSecrets(secured) } })
export type TcpConnection = z.infer<typeof tcpConnection>
