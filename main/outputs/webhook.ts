/** Posts JSON to an address. Only an answer of 2xx confirms; no other address is followed. */
import { createHash } from 'node:crypto'
import { Refused, RetryAfter } from '../contracts'
import type { OutboxItem, Secrets, Sender } from '../contracts'
import type { WebhookOutput } from '../../shared/config/outputs/webhook'
import { post } from './http-post'
import type { HttpAnswer } from './http-post'
import { messageOf } from './message'
import { presetBody, presetFault, signedUrl } from './webhook-presets'

/** It is what was sent that is wrong; all others may be mended at the other end, and are tried again. */
const FOR_GOOD = [400, 413, 415, 422]
const LONGEST_RETRY_AFTER_MS = 3_600_000

export class WebhookSender implements Sender {
  constructor(
    private readonly config: WebhookOutput,
    private readonly secrets: Secrets,
  ) {}

  async send(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const { preset, verify } = this.config
    const body = JSON.stringify(this.body(items))
    const answer = await post(this.address(), body, { headers: this.headers(items, body), verify }, signal)
    checkStatus(answer)
    const fault = presetFault(preset, answer.text)
    if (fault !== null) throw new Error(fault)
  }

  private body(items: readonly OutboxItem[]): unknown {
    const { preset } = this.config
    if (preset !== 'plain') return presetBody(preset, messageOf(items, this.config))
    const bodies = items.map(({ body }) => body)
    if (bodies.every(({ kind }) => kind === 'result')) return { items: bodies }
    const { title, lines } = messageOf(items, this.config)
    return { title, text: [title, ...lines].join('\n'), items: bodies }
  }

  private headers(items: readonly OutboxItem[], body: string): Record<string, string | number> {
    const { token } = this.secrets
    return {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Weir',
      'idempotency-key': keyOf(items),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...Object.fromEntries(this.config.headers.map(({ name, value }) => [name.toLowerCase(), value])),
    }
  }

  /** @throws Error where there is none */
  private address(): URL {
    const given = this.secrets['address'] ?? this.config.url
    if (given === undefined) throw new Error('the address is not given')
    const { sign } = this.secrets
    try {
      return new URL(sign === undefined ? given : signedUrl(given, sign, Date.now()))
    } catch {
      throw new Error('the address is not one of the web')
    }
  }

  async close(): Promise<void> {
    // There is no connection that stays.
  }
}

/** One item: its id; of several a text that is the same for the same items. */
function keyOf(items: readonly OutboxItem[]): string {
  const ids = items.map(({ body }) => body.id)
  const [only] = ids
  if (only !== undefined && ids.length === 1 && /^[\x21-\x7e]+$/.test(only)) return only
  return createHash('sha256').update(ids.join('\n')).digest('hex')
}

/** @throws Refused, RetryAfter, Error */
function checkStatus({ status, text, retryAfter }: HttpAnswer): void {
  if (status >= 200 && status < 300) return
  const [line = ''] = text.trim().split('\n')
  const reason = `the server answers ${status}${line === '' ? '' : `: ${line.slice(0, 200)}`}`
  if (FOR_GOOD.includes(status)) throw new Refused(reason)
  const wait = waitOf(retryAfter)
  throw wait === null ? new Error(reason) : new RetryAfter(reason, Math.min(wait, LONGEST_RETRY_AFTER_MS))
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function waitOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) && ms >= 0 ? ms : null
}
