/** Settings of a webhook. Labels and help of the form are translations under `form.webhook.*`. */
import { z } from 'zod'
import '../field'
import { people } from './parts'

export const WEBHOOK_PRESETS = ['plain', 'slack', 'teams', 'dingtalk', 'wecom'] as const
export type WebhookPreset = (typeof WEBHOOK_PRESETS)[number]

const header = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
    .describe('Name of the header.'),
  value: z
    .string()
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line')
    .describe('Its value; a token belongs into the secret.'),
})

export const webhookOutput = z
  .strictObject({
    kind: z.literal('webhook'),
    preset: z
      .enum(WEBHOOK_PRESETS)
      .default('plain')
      .describe('plain: JSON with all that is known. The others: a message as that service wants it, for alerts only.'),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s/@]+(\/\S*)?$/, 'must start with https:// or http://, name a host, and hold no password')
      .optional()
      .meta({ form: { code: true, placeholder: 'https://hooks.example.com/weir' } })
      .describe('Where it is posted. Where the address itself is secret, leave it out and give it as the secret.'),
    ...people(),
    headers: z
      .array(header)
      .default([])
      .meta({ form: { advanced: true, mayBeEmpty: true } })
      .describe('Sent along.'),
    verify: z
      .boolean()
      .default(true)
      .meta({ form: { advanced: true } })
      .describe('Checks the certificate of the server.'),
  })
  .meta({
    form: {
      secrets: [
        { name: 'token', after: 'url', when: [{ field: 'preset', is: ['plain'] }] },
        { name: 'sign', after: 'url', when: [{ field: 'preset', is: ['dingtalk'] }] },
        // Each stands right behind the URL, so this one comes first.
        { name: 'address', after: 'url' },
      ],
    },
  })
export type WebhookOutput = z.infer<typeof webhookOutput>
