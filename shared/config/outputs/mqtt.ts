/** Settings of an MQTT output. Labels and help of the form are translations under `form.mqttOut.*`. */
import { z } from 'zod'
import '../field'
import { mqttConnection as source, mqttTls } from '../sources/mqtt'
import { template } from './parts'

const encrypted = [{ field: 'url', matches: '^(mqtts|wss):' }]

export const mqttOutput = z
  .strictObject({
    kind: z.literal('mqtt'),
    url: source.shape.url,
    user: source.shape.user,
    topic: template('weir/{pipeline}/{name}')
      .regex(/^[^+#]+$/, 'must not hold + or #')
      .describe(
        'Where it is published; {pipeline} {rule} {name} {source} and labels in braces stand for what the result or alert is of.',
      ),
    qos: z
      .union([z.literal(0), z.literal(1)])
      .default(1)
      .describe(
        '1: sent again until the broker acknowledges it. 0: what is on its way when the connection breaks is lost.',
      ),
    retain: z
      .boolean()
      .default(false)
      .describe('The broker keeps the last message of each topic for those who subscribe later.'),
    protocol: source.shape.protocol,
    clientId: source.shape.clientId,
    keepAlive: source.shape.keepAlive,
    tls: mqttTls
      .prefault({})
      .meta({ form: { when: encrypted } })
      .describe('For mqtts and wss.'),
  })
  .meta({
    form: {
      secrets: [
        { name: 'password', after: 'user' },
        { name: 'key', after: 'tls.cert', pem: true, when: encrypted },
        { name: 'passphrase', after: 'key', when: encrypted },
      ],
    },
  })
export type MqttOutput = z.infer<typeof mqttOutput>
