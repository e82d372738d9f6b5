/** Settings of a Kafka output. Labels and help of the form are translations under `form.kafkaOut.*`. */
import { z } from 'zod'
import '../field'
import { kafkaLink, kafkaLinkForm } from '../sources/kafka'
import { template } from './parts'

export const kafkaOutput = z
  .strictObject({
    kind: z.literal('kafka'),
    brokers: kafkaLink.brokers,
    topic: template('weir-results')
      .regex(/^[A-Za-z0-9._{}-]{1,249}$/, 'must be the name of a topic: letters, digits, . _ and -')
      .describe('Where records go; it must exist. The key is the series, so that its records stay in order.'),
    security: kafkaLink.security,
    mechanism: kafkaLink.mechanism,
    user: kafkaLink.user,
    compression: z
      .enum(['none', 'gzip'])
      .default('none')
      .meta({ form: { advanced: true } })
      .describe('How batches are compressed.'),
    tls: kafkaLink.tls,
  })
  .meta({ form: kafkaLinkForm })
export type KafkaOutput = z.infer<typeof kafkaOutput>
