/**
 * Settings of the servers that other programs on this machine subscribe to. Labels and help of the forms are
 * translations under `form.streamOut.*`.
 */
import { z } from 'zod'
import '../field'
import { port } from '../sources/socket'

const listening = {
  host: z
    .enum(['127.0.0.1', '::1'])
    .default('127.0.0.1')
    .meta({ form: { advanced: true } })
    .describe('Only programs on this machine can connect.'),
  port: port().describe(
    'Where programs connect; each line is a JSON object. While nobody is connected it waits for them.',
  ),
  maxConnections: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ form: { advanced: true } })
    .describe('Programs at once. One that does not read is disconnected.'),
}

export const tcpOutput = z.strictObject({ kind: z.literal('tcp'), ...listening })
export const websocketOutput = z
  .strictObject({
    kind: z.literal('websocket'),
    ...listening,
    origins: z
      .string()
      .regex(/^\s*(https?:\/\/[^\s/]+\s*)*$/, 'must be origins such as https://example.com, separated by spaces')
      .optional()
      .meta({ form: { advanced: true, code: true, placeholder: 'http://localhost:3000' } })
      .describe('Web pages that may connect, separated by spaces. Without them no browser may.'),
  })
  .meta({ form: { secrets: [{ name: 'token', advanced: true }] } })
export type TcpOutput = z.infer<typeof tcpOutput>
export type WebSocketOutput = z.infer<typeof websocketOutput>
