/** Settings of an MQTT source. Labels and help of the form are translations under `form.mqtt.*`. */
import { z } from 'zod'
import { duration } from '../duration'
import '../field'

const encrypted = [{ field: 'url', matches: '^(mqtts|wss):' }]

export const mqttSubscription = z.strictObject({
  filter: z
    .string()
    .min(1)
    .meta({ form: { code: true, placeholder: 'plant/+/telemetry' } })
    .describe('Topic filter: + stands for one level, # for all that follow.'),
  qos: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('1: acknowledged to the broker once it is stored. 0: what comes while Weir is away is lost.'),
  share: z
    .string()
    .regex(/^[^/+#]+$/)
    .optional()
    .meta({ form: { advanced: true } })
    .describe('Group of a shared subscription: its members divide the messages among them.'),
})

export const mqttTls = z.strictObject({
  verify: z.boolean().default(true).describe('Checks the certificate of the broker.'),
  ca: z
    .string()
    .optional()
    .meta({ form: { pem: true } })
    .describe('PEM text, or the path of a PEM file, of the authority that signed the certificate of the broker.'),
  cert: z
    .string()
    .optional()
    .meta({ form: { pem: true } })
    .describe(
      'PEM text, or the path of a PEM file, of the certificate that Weir shows; its key and passphrase are secrets.',
    ),
  alpn: z.string().optional().describe('Protocol to be negotiated, such as x-amzn-mqtt-ca.'),
})

const connection = z.strictObject({
  kind: z.literal('mqtt'),
  url: z
    .string()
    .regex(/^(mqtt|mqtts|ws|wss):\/\/[^\s/]+/, 'must start with mqtt://, mqtts://, ws:// or wss:// and name a host')
    .meta({ form: { code: true, placeholder: 'mqtt://localhost:1883' } })
    .describe('Address of the broker; without user and password.'),
  user: z.string().optional().describe('The password is a secret and never stands in this file.'),
  subscriptions: z
    .array(mqttSubscription)
    .min(1)
    .meta({ form: { discover: true } })
    .describe('What is received.'),
  protocol: z
    .enum(['auto', '5.0', '3.1.1'])
    .default('auto')
    .meta({ form: { advanced: true } })
    .describe('auto: MQTT 5.0, and 3.1.1 where the broker refuses that.'),
  clientId: z
    .string()
    .optional()
    .meta({ form: { advanced: true, code: true } })
    .describe('Without it one is made that stays the same for this installation.'),
  cleanStart: z
    .boolean()
    .default(false)
    .meta({ form: { advanced: true } })
    .describe('Forgets what the broker kept for Weir while it was away.'),
  sessionExpiry: duration()
    .default('1h')
    .meta({ form: { advanced: true } })
    .describe('How long the broker keeps messages while Weir is away.'),
  receiveMaximum: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .default(65_535)
    .meta({ form: { advanced: true } })
    .describe('Messages that may be on their way without an acknowledgement (MQTT 5.0).'),
  keepAlive: duration(1000)
    .default('60s')
    .meta({ form: { advanced: true } })
    .describe('A connection that is silent for 1.5 times as long counts as broken.'),
  tls: mqttTls
    .prefault({})
    .meta({ form: { when: encrypted } })
    .describe('For mqtts and wss.'),
})

export const mqttConnection = connection.meta({
  form: {
    secrets: [
      { name: 'password', after: 'user' },
      { name: 'key', after: 'tls.cert', pem: true, when: encrypted },
      { name: 'passphrase', after: 'key', when: encrypted },
    ],
  },
})
export type MqttConnection = z.infer<typeof mqttConnection>
