/** Settings of a Kafka source. Labels and help of the form are translations under `form.kafka.*`. */
import { z } from 'zod'
import type { FormHint } from '../field'
import { pemCertificate } from '../pem'

const encrypted = [{ field: 'security', is: ['SSL', 'SASL_SSL'] }]
const login = [{ field: 'security', is: ['SASL_PLAINTEXT', 'SASL_SSL'] }]
const named = [...login, { field: 'mechanism', is: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] }]
const byToken = [...login, { field: 'mechanism', is: ['OAUTHBEARER'] }]

export const kafkaTls = z.strictObject({
  verify: z.boolean().default(true).describe('Checks the certificate of the brokers.'),
  ca: pemCertificate(
    'PEM text of the authority that signed the certificates of the brokers; none: those the system knows.',
  ),
  cert: pemCertificate(
    'PEM text of the certificate that Weir shows to the brokers; its key and passphrase are secrets.',
  ),
})

/** What a connection to a cluster is made of, whoever uses it. */
export const kafkaLink = {
  brokers: z
    .array(z.string().regex(/^[^\s:/@]+:\d{1,5}$/, 'must be host:port, such as localhost:9092'))
    .min(1)
    .meta({ form: { code: true, placeholder: 'localhost:9092' } })
    .describe('Addresses to begin with; the cluster names the others.'),
  security: z
    .enum(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])
    .default('PLAINTEXT')
    .describe('SSL: encrypted. SASL: with a login.'),
  mechanism: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'])
    .default('PLAIN')
    .meta({ form: { when: login } })
    .describe('How to log in, with SASL. OAUTHBEARER takes a token, the others user and password.'),
  user: z
    .string()
    .optional()
    .meta({ form: { when: named } })
    .describe('With SASL. Password and token are secrets and never stand in this file.'),
  tls: kafkaTls
    .prefault({})
    .meta({ form: { when: encrypted } })
    .describe('For SSL and SASL_SSL.'),
} as const

export const kafkaLinkForm: FormHint = {
  secrets: [
    { name: 'password', after: 'user', when: named },
    { name: 'token', after: 'mechanism', when: byToken },
    { name: 'key', after: 'tls.cert', pem: true, when: encrypted },
    { name: 'passphrase', after: 'key', when: encrypted },
  ],
}

const headerLabel = z.strictObject({
  header: z.string().min(1).describe('Name of the record header.'),
  label: z.string().min(1).describe('Label that takes its text.'),
})

export const kafkaConnection = z
  .strictObject({
    kind: z.literal('kafka'),
    brokers: kafkaLink.brokers,
    topics: z
      .array(z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, 'must be the name of a topic: letters, digits, . _ and -'))
      .min(1)
      .meta({ form: { code: true, discover: true } })
      .describe('What is received. A topic that does not exist is waited for, never created.'),
    security: kafkaLink.security,
    mechanism: kafkaLink.mechanism,
    user: kafkaLink.user,
    start: z.enum(['newest', 'oldest', 'time']).default('newest').describe('Where reading begins the first time.'),
    startTime: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ form: { code: true, placeholder: '2026-01-31T06:00:00Z', when: [{ field: 'start', is: ['time'] }] } })
      .describe('With start: time. The first record of this broker time or later.'),
    resume: z
      .boolean()
      .default(true)
      .meta({ form: { advanced: true } })
      .describe(
        'Goes on where it stopped. Off: begins as above at every start; what came meanwhile may be left out or read again.',
      ),
    deleted: z
      .enum(['oldest', 'newest'])
      .default('oldest')
      .meta({ form: { advanced: true } })
      .describe('Where to go on when the broker deleted records before they were read; the gap is recorded.'),
    keyLabel: z
      .string()
      .min(1)
      .optional()
      .meta({ form: { placeholder: 'device' } })
      .describe('Label that takes the record key, such as device; without it keys tell nothing apart.'),
    headerLabels: z
      .array(headerLabel)
      .default([])
      .meta({ form: { advanced: true } })
      .describe('Labels from record headers.'),
    group: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ form: { advanced: true, code: true } })
      .describe('How the name of the consumer group begins, for access lists; without it weir-<source id>-.'),
    sharedGroup: z
      .boolean()
      .default(false)
      .meta({ form: { advanced: true } })
      .describe(
        'The group is named exactly so and shared with others: its members divide the partitions, and each gets a part. Across members the promise is at least once.',
      ),
    tls: kafkaLink.tls,
  })
  .refine(({ start, startTime }) => start !== 'time' || startTime !== undefined, {
    path: ['startTime'],
    message: 'is needed where reading starts at a time',
  })
  .meta({ form: kafkaLinkForm })
export type KafkaConnection = z.infer<typeof kafkaConnection>
