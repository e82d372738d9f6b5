/** Settings of a WebSocket source, client or server. Labels and help are translations under `form.websocket.*`. */
import { z } from 'zod'
import {
  host,
  idleTimeout,
  maxConnections,
  maxFrame,
  mode,
  ofClient,
  ofServer,
  port,
  socketTls,
  tlsSecrets,
} from './socket'

export const websocketConnection = z
  .strictObject({
    kind: z.literal('websocket'),
    mode: mode(),
    url: z
      .string()
      .regex(/^wss?:\/\/[^\s/@]+(\/\S*)?$/, 'must start with ws:// or wss://, name a host, and hold no password')
      .optional()
      .meta({ form: { code: true, placeholder: 'ws://localhost:8080/stream', when: [ofClient] } })
      .describe('Of a client: what it connects to.'),
    greeting: z
      .string()
      .max(65_536)
      .optional()
      .meta({ form: { advanced: true, code: true, when: [ofClient] } })
      .describe('Of a client: sent after connecting, such as a subscription.'),
    host: host()
      .meta({ form: { code: true, when: [ofServer] } })
      .describe('Of a server: the address that it listens at, 0.0.0.0 for all networks.'),
    port: port()
      .default(8080)
      .meta({ form: { when: [ofServer] } })
      .describe('Of a server: the port that it listens at.'),
    origins: z
      .string()
      .regex(/^\s*(https?:\/\/[^\s/]+\s*)*$/, 'must be origins such as https://example.com, separated by spaces')
      .optional()
      .meta({ form: { advanced: true, code: true, placeholder: 'https://example.com', when: [ofServer] } })
      .describe('Of a server: web pages that may connect, separated by spaces. Without them no browser may.'),
    secure: z
      .boolean()
      .default(false)
      .meta({ form: { when: [ofServer] } })
      .describe('Of a server: speaks TLS (wss).'),
    maxFrame: maxFrame(),
    idleTimeout: idleTimeout(),
    maxConnections: maxConnections(),
    tls: socketTls
      .prefault({})
      .meta({ form: { advanced: true } })
      .describe('For wss.'),
  })
  .refine(({ mode, url }) => mode === 'server' || url !== undefined, {
    path: ['url'],
    message: 'is needed by a client',
  })
  .meta({ form: { secrets: [{ name: 'token' }, ...tlsSecrets().map((secret) => ({ ...secret, advanced: true }))] } })
export type WebSocketConnection = z.infer<typeof websocketConnection>
