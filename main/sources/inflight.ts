/**
 * Which packets of an MQTT session were taken and, as far as is known, not yet released by the broker: by packet id
 * the hash of topic and payload. A PUBLISH with DUP=1 in a resumed session that equals the entry of its id is the same
 * message again (MQTT 5, 4.4: what was not acknowledged is sent again under its packet id). It is acknowledged and
 * dropped, after the commit of the first: acknowledgements go in the order of commits. An id that comes with DUP=0 was
 * released, so its entry is another one from there on.
 *
 * Packets that are still uncommitted are in here too, so that a reconnect in one run of the engine is no special case.
 * Typed arrays by packet id: 590 KB a session, and nothing is allocated for a message.
 */
import { messageHash } from './message-hash'

const IDS = 1 << 16
/** In the packed form: packet id (16 bit), then the hash (2 × 32 bit), little-endian. */
const PACKED_BYTES = 10

export class Inflight {
  private readonly known = new Uint8Array(IDS)
  private readonly hashes = new Uint32Array(IDS * 2)
  private readonly hash = new Uint32Array(2)
  private count = 0

  get empty(): boolean {
    return this.count === 0
  }

  /** What earlier commits covered, oldest first. */
  load(packed: Uint8Array): void {
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
    for (let at = 0; at + PACKED_BYTES <= packed.byteLength; at += PACKED_BYTES) {
      this.hash[0] = view.getUint32(at + 2, true)
      this.hash[1] = view.getUint32(at + 6, true)
      this.put(view.getUint16(at, true))
    }
  }

  /** @returns true where the packet is one that was taken before; otherwise it is taken now. */
  isRedelivery(id: number, redeliverable: boolean, topic: string, payload: Uint8Array): boolean {
    const { hash, hashes } = this
    messageHash(topic, payload, hash, 0)
    if (redeliverable && this.known[id] === 1 && hashes[id * 2] === hash[0] && hashes[id * 2 + 1] === hash[1])
      return true
    this.put(id)
    return false
  }

  /** The session is gone, and with it every right of the broker to send again. */
  clear(): void {
    this.known.fill(0)
    this.count = 0
  }

  /** For the commit that covers these packets. */
  pack(ids: readonly number[]): Uint8Array {
    const packed = new Uint8Array(ids.length * PACKED_BYTES)
    const view = new DataView(packed.buffer)
    ids.forEach((id, i) => {
      view.setUint16(i * PACKED_BYTES, id, true)
      view.setUint32(i * PACKED_BYTES + 2, this.hashes[id * 2] as number, true)
      view.setUint32(i * PACKED_BYTES + 6, this.hashes[id * 2 + 1] as number, true)
    })
    return packed
  }

  private put(id: number): void {
    if (this.known[id] === 0) this.count += 1
    this.known[id] = 1
    this.hashes[id * 2] = this.hash[0] as number
    this.hashes[id * 2 + 1] = this.hash[1] as number
  }
}
