/** Settings of mail. Labels and help of the form are translations under `form.mail.*`. */
import { z } from 'zod'
import '../field'
import { host } from '../sources/socket'
import { pemCertificate } from '../pem'
import { people } from './parts'

const address = z
  .string()
  .regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, 'must be an address such as name@example.com')
  .meta({ form: { placeholder: 'name@example.com' } })

export const mailOutput = z
  .strictObject({
    kind: z.literal('mail'),
    host: host()
      .meta({ form: { code: true, placeholder: 'smtp.example.com' } })
      .describe('The server that takes mail (SMTP).'),
    port: z.int().min(1).max(65_535).default(587).describe('587 for STARTTLS, 465 for TLS, 25 within a network.'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('How it is kept private; without it user and password are not sent.'),
    user: z.string().optional().describe('The password is a secret and never stands in this file.'),
    from: address.describe('The sender.'),
    to: z.array(address).min(1).describe('Who gets it.'),
    subject: z
      .string()
      .max(200)
      .optional()
      .meta({ form: { advanced: true, placeholder: '[Weir] {{title}}' } })
      .describe('The subject; {{title}} stands for what it would say by itself.'),
    ...people(),
    verify: z
      .boolean()
      .default(true)
      .meta({ form: { advanced: true } })
      .describe('Checks the certificate of the server.'),
    ca: pemCertificate('PEM text of the authority that signed the certificate; none: those the system knows.'),
  })
  .meta({ form: { secrets: [{ name: 'password', after: 'user' }] } })
export type MailOutput = z.infer<typeof mailOutput>
