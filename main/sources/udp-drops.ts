/** Datagrams that the system dropped because the receive buffer was full. Linux counts them per socket. */
import { readFile } from 'node:fs/promises'

/** Last column of `/proc/net/udp` (proc_pid_net(5)): drops since the socket was opened. */
const TABLES = ['/proc/net/udp', '/proc/net/udp6']

export class SystemDrops {
  private seen = 0
  private readonly port: string

  constructor(port: number) {
    this.port = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  }

  /** Since the last call; 0 where the system does not tell, or where sockets of others share the port. */
  async take(): Promise<number> {
    const tables = await Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => '')))
    const rows = tables
      .flatMap((table) => table.split('\n'))
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[1]?.endsWith(this.port) === true)
    if (rows.length !== 1) return 0
    const drops = Number(rows[0]?.at(-1))
    const fresh = Math.max(0, drops - this.seen)
    this.seen = drops
    return Number.isNaN(fresh) ? 0 : fresh
  }
}
