/**
 * UDP, to one address or to a multicast group: a datagram is a record. Nobody can make the sender wait, so what comes
 * while the engine is full is dropped and counted, and so is what the system dropped before us, where it tells (Linux).
 */
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { RecordSink, Source } from '../contracts'
import type { UdpConnection } from '../../shared/config/sources/udp'
import { hostAndPort, plainAddress } from '../connections/connection'
import { Gathering } from './gathering'
import { networkReason } from '../connections/network-errors'
import { keepConnected } from '../connections/reconnect'
import type { SessionEnd } from '../connections/reconnect'
import { SystemDrops } from './udp-drops'

const REPORT_EVERY_MS = 1000

export class UdpSource implements Source {
  readonly finite = false

  constructor(private readonly config: UdpConnection) {}

  run(out: RecordSink, _resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    return keepConnected(out, stop, () => this.session(out, stop))
  }

  private async session(out: RecordSink, stop: AbortSignal): Promise<SessionEnd> {
    const { config } = this
    const address = bindAddress(config)
    const where = hostAndPort(config.group ?? config.host, config.port)
    const socket = createSocket({
      type: isIPv6(address) ? 'udp6' : 'udp4',
      // Several programs may listen to one group.
      reuseAddr: config.group !== undefined,
      recvBufferSize: config.receiveBuffer,
    })
    const receiver = new Receiver(socket, out, config.port)
    try {
      return await new Promise<SessionEnd>((resolve) => {
        const end = (reason: string) => resolve({ reason, refused: false, wasLive: false })
        socket.on('error', (error) => end(networkReason(error, where)))
        stop.addEventListener('abort', () => end('stopped'), { once: true })
        if (stop.aborted) return end('stopped')
        socket.bind({ address, port: config.port }, () => {
          if (config.group !== undefined && !join(socket, config.group, config.interface))
            return end(`the group ${config.group} cannot be joined at that interface`)
          out.state({ state: 'live' })
        })
      })
    } finally {
      receiver.close()
      socket.close()
    }
  }
}

/** Bound to a group, a socket gets only what is sent to it; Windows can bind to own addresses only. */
function bindAddress({ host, group }: UdpConnection): string {
  if (group === undefined) return host
  if (process.platform !== 'win32') return group
  return isIPv6(group) ? '::' : '0.0.0.0'
}

function join(socket: Socket, group: string, network: string | undefined): boolean {
  try {
    if (network === undefined) socket.addMembership(group)
    else socket.addMembership(group, network)
    return true
  } catch {
    return false
  }
}

class Receiver {
  private dropped = 0
  private readonly gathering: Gathering
  private readonly timer: NodeJS.Timeout
  private readonly system: SystemDrops

  constructor(
    socket: Socket,
    private readonly out: RecordSink,
    port: number,
  ) {
    this.system = new SystemDrops(port)
    this.gathering = new Gathering(out, () => undefined)
    this.timer = setInterval(() => void this.report(), REPORT_EVERY_MS)
    socket.on('message', (payload, { address }) => {
      if (this.gathering.full) this.dropped += 1
      else this.gathering.add({ payload, key: plainAddress(address), arrival: Date.now() })
    })
  }

  private async report(): Promise<void> {
    this.dropped += await this.system.take()
    this.tell()
  }

  /** The count goes to the ledger; the record says when, among the rejected ones. */
  private tell(): void {
    const { dropped } = this
    if (dropped === 0) return
    this.dropped = 0
    const unreadable = `${dropped} datagrams were dropped: they came faster than they could be taken`
    const records = [{ payload: new Uint8Array(0), key: '', arrival: Date.now(), unreadable }]
    void this.out.write({ records, partition: '', dropped })
  }

  close(): void {
    clearInterval(this.timer)
    this.gathering.flush()
    this.tell()
  }
}
