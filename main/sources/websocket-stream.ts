/** Reads one WebSocket to its end: a message is a record. Pings tell a silent peer from one that is gone. */
import type { WebSocket } from 'ws'
import type { RecordSink } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { WebSocketConnection } from '../../shared/config/sources/websocket'
import { IdleTimer } from '../connections/connection'
import type { StreamEnd } from '../connections/connection'
import { Gathering } from './gathering'

const PING_EVERY_MS = 15_000

export interface MessageOptions {
  readonly config: Pick<WebSocketConnection, 'idleTimeout' | 'maxFrame'>
  readonly key: string
  readonly where: string
  readonly out: RecordSink
  readonly stop: AbortSignal
}

/** Resolves once the connection is closed; a stop closes it. */
export function readMessages(socket: WebSocket, options: MessageOptions): Promise<StreamEnd> {
  const { config, key, where, out, stop } = options
  return new Promise((resolve) => {
    let received = 0
    let reason: string | null = null
    let alive = true
    const fail = (words: string) => {
      reason ??= words
      socket.terminate()
    }
    const idle = new IdleTimer(durationMs(config.idleTimeout), () =>
      fail(`${where} sent nothing for ${config.idleTimeout}`),
    )
    const gathering = new Gathering(out, (on) => {
      idle.hold(!on)
      if (on) socket.resume()
      else socket.pause()
    })
    const pings = setInterval(() => {
      if (gathering.full) return
      if (!alive) return fail(`${where} does not answer any more`)
      alive = false
      socket.ping()
    }, PING_EVERY_MS)
    const aborted = () => socket.terminate()
    socket.on('pong', () => (alive = true))
    socket.on('message', (data: Buffer) => {
      received += 1
      alive = true
      idle.note()
      gathering.add({ payload: data, key, arrival: Date.now() })
    })
    socket.on('error', (error: Error & { code?: string }) => {
      const unreadable = unreadableMessage(error.code, config.maxFrame)
      if (unreadable !== null) gathering.add({ payload: new Uint8Array(0), key, arrival: Date.now(), unreadable })
      fail(unreadable === null ? `${where}: ${error.message}` : `${where}: ${unreadable}`)
    })
    socket.once('close', (code: number, text: Buffer) => {
      stop.removeEventListener('abort', aborted)
      clearInterval(pings)
      idle.stop()
      gathering.flush()
      // 1005: closed in order, without a code. 1006: the connection broke.
      const told =
        code === 1000 || code === 1005 || code === 1006
          ? null
          : `${where} closed the connection (${`${code} ${String(text)}`.trim()})`
      resolve({ reason: reason ?? told, received })
    })
    stop.addEventListener('abort', aborted)
    if (stop.aborted) aborted()
  })
}

/** The message is never seen, but it is counted. */
function unreadableMessage(code: string | undefined, maxFrame: number): string | null {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return `larger than the limit of ${maxFrame} bytes`
  if (code === 'WS_ERR_INVALID_UTF8') return 'the payload is not UTF-8 text'
  return null
}
