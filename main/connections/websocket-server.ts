/** Who may open a WebSocket to our server: no page of a browser that is not named, and nobody without the token. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

export interface Admission {
  /** Separated by spaces. */
  readonly origins: string | undefined
  readonly token: string | undefined
  /** Whether there is room for one more. */
  readonly room: boolean
}

/** @returns the HTTP status that a request is turned away with, or null. A client that is no browser sends no Origin. */
export function refusal({ headers, url = '' }: IncomingMessage, { origins, token, room }: Admission): string | null {
  const allowed = (origins ?? '').split(/\s+/)
  if (headers.origin !== undefined && !allowed.includes(headers.origin)) return '403 Forbidden'
  if (token !== undefined && !equal(givenToken(headers.authorization, url), token)) return '401 Unauthorized'
  return room ? null : '503 Service Unavailable'
}

/** `Authorization: Bearer …`, or `?token=…` for devices that cannot send headers. */
const givenToken = (authorization: string | undefined, url: string): string =>
  /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? new URL(url, 'ws://local').searchParams.get('token') ?? ''

/** Takes the same time wherever they differ. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

export function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** `/plant/boiler?x=1` → `plant/boiler`: a topic, as MQTT would have it. */
export const topicOf = (url: string | undefined): string =>
  new URL(url ?? '/', 'ws://local').pathname.replace(/^\/+|\/+$/g, '')
