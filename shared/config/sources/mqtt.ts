/** Settings of an MQTT source. Labels and help of the form are translations under `form.mqtt.*`. */
import { z } from 'zod'
import { duration } from '../duration'
import '../field'

export const mqttSubscription = z.strictObject({
  filter: z
    .string()
    .min(1)
    .meta({ form: { code: true, placeholder: 'plant/+/telemetry' } }),
  qos: z.union([z.literal(0), z.literal(1)]).default(1),
  share: z
    .string()
    .regex(/^[^/+#]+$/)
    .optional()
    .meta({ form: { advanced: true } }),
})

export const mqttTls = z.strictObject({
  verify: z.boolean().default(true),
  ca: z.string().optional(),
  cert: z.string().optional(),
  alpn: z.string().optional(),
})

export const mqttConnection = z.strictObject({
  kind: z.literal('mqtt'),
  url: z
    .string()
    .regex(/^(mqtt|mqtts|ws|wss):\/\/[^\s/]+/, 'must start with mqtt://, mqtts://, ws:// or wss:// and name a host')
    .meta({ form: { code: true, placeholder: 'mqtt://localhost:1883' } }),
  user: z.string().optional(),
  subscriptions: z.array(mqttSubscription).min(1),
  protocol: z
    .enum(['auto', '5.0', '3.1.1'])
    .default('auto')
    .meta({ form: { advanced: true } }),
  clientId: z
    .string()
    .optional()
    .meta({ form: { advanced: true, code: true } }),
  cleanStart: z
    .boolean()
    .default(false)
    .meta({ form: { advanced: true } }),
  sessionExpiry: duration()
    .default('1h')
    .meta({ form: { advanced: true } }),
  receiveMaximum: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .default(65_535)
    .meta({ form: { advanced: true } }),
  keepAlive: duration(1000)
    .default('60s')
    .meta({ form: { advanced: true } }),
  tls: mqttTls.prefault({}).meta({ form: { advanced: true } }),
})
export type MqttConnection = z.infer<typeof mqttConnection>
