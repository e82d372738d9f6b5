/** Settings of a UDP source: one datagram is one record. Labels and help are translations under `form.udp.*`. */
import { z } from 'zod'
import { host, port } from './socket'

const MULTICAST = /^(22[4-9]|23\d)(\.\d{1,3}){3}$|^ff[0-9a-f]{2}:/i

export const udpConnection = z.strictObject({
  kind: z.literal('udp'),
  host: host().describe('Address to receive at; 0.0.0.0 for all networks. Not looked at with a multicast group.'),
  port: port().describe('Port to receive at.'),
  group: z
    .string()
    .regex(MULTICAST, 'must be a multicast address, 224.0.0.0 to 239.255.255.255 or ff00::/8')
    .optional()
    .meta({ form: { code: true, placeholder: '239.1.2.3' } })
    .describe('Multicast group to join.'),
  interface: z
    .string()
    .optional()
    .meta({ form: { advanced: true, code: true } })
    .describe('Address of the network interface that joins the group; without it the system chooses.'),
  receiveBuffer: z
    .int()
    .min(4096)
    .max(1 << 28)
    .default(1 << 22)
    .meta({ form: { advanced: true } })
    .describe('Bytes that the system keeps while Weir is busy; it may grant less.'),
})
export type UdpConnection = z.infer<typeof udpConnection>
