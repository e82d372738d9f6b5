/** Messages as the services want them, and what their answers mean. */
import { createHmac } from 'node:crypto'
import type { WebhookPreset } from '../../shared/config/outputs/webhook'
import type { Message } from './message'

/** WeCom takes 2,048 bytes of text, the others ten times as many and more. */
const LONGEST_BYTES: Readonly<Record<Exclude<WebhookPreset, 'plain'>, number>> = {
  slack: 30_000,
  teams: 20_000,
  dingtalk: 18_000,
  wecom: 2048,
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and the like of each service. */
export function presetBody(preset: Exclude<WebhookPreset, 'plain'>, { title, lines }: Message): unknown {
  const content = cut([title, ...lines].join('\n'), LONGEST_BYTES[preset])
  switch (preset) {
    case 'slack':
      return { text: content }
    case 'teams':
      return card(title, cut(lines.join('\n\n'), LONGEST_BYTES.teams))
    case 'dingtalk':
    case 'wecom':
      return { msgtype: 'text', text: { content } }
  }
}

/** An adaptive card, which the incoming webhooks of Teams (Workflows) take. */
const card = (title: string, text: string) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          { type: 'TextBlock', text: title, weight: 'Bolder', wrap: true },
          { type: 'TextBlock', text, wrap: true },
        ],
      },
    },
  ],
})

/** DingTalk's "additional signature": HMAC-SHA256 over time and secret, as part of the address. */
export function signedUrl(url: string, secret: string, now: number): string {
  const signed = new URL(url)
  signed.searchParams.set('timestamp', String(now))
  signed.searchParams.set('sign', createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64'))
  return signed.href
}

/** DingTalk and WeCom answer 200 whatever happened. @returns null where the message was taken */
export function presetFault(preset: WebhookPreset, answer: string): string | null {
  if (preset !== 'dingtalk' && preset !== 'wecom') return null
  try {
    const { errcode, errmsg } = JSON.parse(answer) as { errcode?: unknown; errmsg?: unknown }
    return errcode === 0 ? null : `the service refuses the message: ${String(errmsg)} (${String(errcode)})`
  } catch {
    return 'the answer is not of this service; is the address right?'
  }
}

/** Whole characters only. */
export function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let end = Math.min(text.length, bytes)
  while (Buffer.byteLength(text.slice(0, end)) > bytes - 3) end -= 1
  return `${text.slice(0, end).replace(/[\ud800-\udbff]$/, '')}…`
}
