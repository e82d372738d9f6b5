/**
 * The packets that commits covered and that an MQTT broker may send again (SAFETY, Delivery). One row a commit with all
 * its packets, packed (packet id 16 bit, hash 64 bit), because a row a message would cost more than the samples do.
 * A later row overrides the ids of those before it. Rows lie in numbered slots: once all ids of a row were overridden,
 * its slot is written over, so no row is ever deleted one by one and a client has at most 65,535 of them.
 */
import type { InflightEntry } from '../contracts'
import type { Database } from './database'

const PACKED_BYTES = 10

export class InflightTable {
  private readonly slots = new Map<string, Slots>()
  private seq = 0

  static async create(db: Database): Promise<InflightTable> {
    const table = new InflightTable()
    for (const row of await db.all('SELECT source, client, slot, seq, packets FROM inflight ORDER BY seq')) {
      const key = `${String(row['source'])}\0${String(row['client'])}`
      table.of(key).cover(Number(row['slot']), row['packets'] as Uint8Array)
      table.seq = Number(row['seq'])
    }
    return table
  }

  /** Within the transaction of the commit. @returns what is to be called once it is durable */
  async write(db: Database, entries: readonly InflightEntry[]): Promise<() => void> {
    const after: (() => void)[] = []
    for (const { source, client, packets, forget } of entries) {
      const key = `${source}\0${client}`
      if (forget) {
        await db.run('DELETE FROM inflight WHERE source = ? AND client = ?', source, client)
        after.push(() => void this.slots.delete(key))
      }
      if (packets.length === 0) continue
      const slot = forget ? 0 : (this.slots.get(key)?.free() ?? 0)
      await db.run(
        'INSERT OR REPLACE INTO inflight (source, client, slot, seq, packets) VALUES (?, ?, ?, ?, ?)',
        source,
        client,
        slot,
        this.seq + 1,
        Buffer.from(packets.buffer, packets.byteOffset, packets.byteLength),
      )
      // At once, also where the commit fails: numbers may be left out, but never come twice.
      this.seq += 1
      after.push(() => this.of(key).cover(slot, packets))
    }
    return () => after.forEach((apply) => apply())
  }

  /** The source was erased. */
  forget(source: string): void {
    for (const key of [...this.slots.keys()]) if (key.startsWith(`${source}\0`)) this.slots.delete(key)
  }

  private of(key: string): Slots {
    const known = this.slots.get(key)
    if (known !== undefined) return known
    const fresh = new Slots()
    this.slots.set(key, fresh)
    return fresh
  }
}

/** Which row holds the newest entry of each packet id. */
class Slots {
  private readonly owner = new Int32Array(1 << 16).fill(-1)
  private readonly ids: number[] = []
  private readonly unused: number[] = []

  free(): number {
    return this.unused[this.unused.length - 1] ?? this.ids.length
  }

  cover(slot: number, packets: Uint8Array): void {
    const reused = this.unused.lastIndexOf(slot)
    if (reused >= 0) this.unused.splice(reused, 1)
    while (this.ids.length < slot) this.unused.push(this.ids.push(0) - 1)
    this.ids[slot] ??= 0
    const { owner, ids } = this
    for (let at = 0; at + PACKED_BYTES <= packets.length; at += PACKED_BYTES) {
      const id = (packets[at] as number) | ((packets[at + 1] as number) << 8)
      const before = owner[id] as number
      if (before === slot) continue
      owner[id] = slot
      ids[slot] = (ids[slot] as number) + 1
      if (before < 0) continue
      ids[before] = (ids[before] as number) - 1
      if (ids[before] === 0) this.unused.push(before)
    }
  }
}

/** Oldest first, by client. */
export async function readInflight(db: Database, source: string): Promise<readonly InflightEntry[]> {
  const rows = await db.all('SELECT client, packets FROM inflight WHERE source = ? ORDER BY seq', source)
  return rows.map((row) => ({
    source,
    client: String(row['client']),
    packets: row['packets'] as Uint8Array,
    forget: false,
  }))
}
