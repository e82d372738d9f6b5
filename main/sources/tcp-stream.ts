/** Reads one TCP connection to its end: cuts it into records, and stops reading while the engine is full. */
import type { Socket } from 'node:net'
import type { RawRecord, RecordSink } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { TcpConnection } from '../../shared/config/sources/tcp'
import { IdleTimer } from '../connections/connection'
import type { StreamEnd } from '../connections/connection'
import { createFramer, FramingLost } from './framing'
import { networkReason } from '../connections/network-errors'

/** The system asks a silent peer whether it is still there: a dead one is noticed even without an idle timeout. */
const KEEP_ALIVE_MS = 30_000

export interface StreamOptions {
  readonly config: Pick<TcpConnection, 'framing' | 'idleTimeout'>
  /** The key of its records. */
  readonly key: string
  /** The other side, in words. */
  readonly where: string
  readonly out: RecordSink
  readonly stop: AbortSignal
}

/** Resolves once the connection is closed; a stop closes it. */
export function readStream(socket: Socket, options: StreamOptions): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const reader = new StreamReader(socket, options, resolve)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    socket.on('data', (chunk: Buffer) => reader.read(chunk))
    socket.on('error', (error) => reader.fail(networkReason(error, options.where)))
    socket.once('close', () => reader.close())
    options.stop.addEventListener('abort', reader.aborted)
    if (options.stop.aborted) reader.aborted()
  })
}

class StreamReader {
  readonly aborted = () => void this.socket.destroy()
  private records: RawRecord[] = []
  private arrival = 0
  private received = 0
  private reason: string | null = null
  private readonly framer
  private readonly idle

  constructor(
    private readonly socket: Socket,
    private readonly options: StreamOptions,
    private readonly done: (end: StreamEnd) => void,
  ) {
    const { config, key, where } = options
    this.framer = createFramer(config.framing, (payload, unreadable) => {
      const { arrival } = this
      this.records.push(unreadable === undefined ? { payload, key, arrival } : { payload, key, arrival, unreadable })
    })
    this.idle = new IdleTimer(durationMs(config.idleTimeout), () =>
      this.fail(`${where} sent nothing for ${config.idleTimeout}`),
    )
  }

  read(chunk: Buffer): void {
    this.received += chunk.length
    this.arrival = Date.now()
    this.idle.note()
    try {
      this.framer.push(chunk)
    } catch (error) {
      if (!(error instanceof FramingLost)) throw error
      this.fail(`${this.options.where}: ${error.message}`)
    }
    this.handOver()
  }

  private handOver(): void {
    if (this.records.length === 0) return
    const { records } = this
    this.records = []
    const room = this.options.out.write({ records, partition: '' })
    if (room === undefined) return
    // The sender's own socket fills and it has to wait: nothing is dropped.
    this.socket.pause()
    this.idle.hold(true)
    void room.then(() => {
      this.idle.hold(false)
      this.socket.resume()
    })
  }

  fail(reason: string): void {
    this.reason ??= reason
    this.socket.destroy()
  }

  close(): void {
    const { stop } = this.options
    stop.removeEventListener('abort', this.aborted)
    this.idle.stop()
    // What is cut short by our own stop is no fault of the sender.
    if (!stop.aborted) this.framer.end()
    this.handOver()
    this.done({ reason: this.reason, received: this.received })
  }
}
