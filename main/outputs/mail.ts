/** Sends a message by mail (SMTP); the server's 250 after the text confirms it. */
import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import type { SentMessageInfo, Transporter } from 'nodemailer'
import { networkReason } from '../connections/network-errors'
import { Refused } from '../contracts'
import type { OutboxItem, Secrets, Sender } from '../contracts'
import type { MailOutput } from '../../shared/config/outputs/mail'
import { fillText, messageOf } from './message'

const WITHIN_MS = 10_000

export class MailSender implements Sender {
  private transport: Transporter<SentMessageInfo> | null = null

  constructor(
    private readonly config: MailOutput,
    private readonly secrets: Secrets,
  ) {}

  async send(items: readonly OutboxItem[]): Promise<void> {
    const { config } = this
    const { title, lines, critical } = messageOf(items, config)
    const ids = items.map(({ body }) => body.id)
    try {
      await (this.transport ??= this.connect()).sendMail({
        from: config.from,
        to: [...config.to],
        subject: config.subject === undefined ? title : fillText(config.subject, { title }),
        text: [title, '', ...lines, ''].join('\n'),
        // The same for the same alerts: a mail program shows one that comes twice once.
        messageId: `<${createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 32)}@weir>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        priority: critical ? 'high' : 'normal',
        // What is in an alert is text and nothing else.
        disableFileAccess: true,
        disableUrlAccess: true,
      })
    } catch (error) {
      await this.close()
      throw mailFailure(error, `${config.host}:${config.port}`)
    }
  }

  private connect(): Transporter<SentMessageInfo> {
    const { host, port, security, user, verify, ca } = this.config
    const { password = '' } = this.secrets
    return createTransport({
      ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls' },
      ...{ connectionTimeout: WITHIN_MS, greetingTimeout: WITHIN_MS, socketTimeout: WITHIN_MS },
      ignoreTLS: security === 'none',
      tls: { rejectUnauthorized: verify, ...(ca === undefined ? {} : { ca }) },
      ...(user === undefined || security === 'none' ? {} : { auth: { user, pass: password } }),
    })
  }

  async close(): Promise<void> {
    this.transport?.close()
    this.transport = null
  }
}

/** @returns Refused where the server will never take this text */
function mailFailure(error: unknown, where: string): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const { code, responseCode, command } = error as Error & { code?: string; responseCode?: number; command?: string }
  if (code === 'EAUTH') return new Error('wrong user name or password')
  if (responseCode !== undefined && command === 'DATA' && responseCode >= 550 && responseCode < 560)
    return new Refused(`the server refuses the message: ${error.message}`)
  if (responseCode !== undefined) return new Error(`the server answers ${responseCode}: ${error.message}`)
  if (code === 'ETLS') return new Error(`${where} does not offer TLS`)
  if (/timeout/i.test(error.message)) return new Error(`no answer from ${where}; check address and firewall`)
  const known = (error as { cause?: unknown }).cause ?? error
  return new Error(networkReason(known, where))
}
