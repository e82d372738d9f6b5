/**
 * A 64-bit hash of topic and payload, to tell a redelivered MQTT message from another one under the same packet id.
 * Two lanes of MurmurHash3_x86_32 (Appleby) with different seeds; the topic's code units go before the payload, one
 * block each. It stands in files: it must never change. For a small message `createHash` costs more, because it makes objects.
 */
const SEEDS = [0x9747b28c, 0x1b873593] as const

/** Writes the two halves to `into[at]` and `into[at + 1]`. */
export function messageHash(topic: string, payload: Uint8Array, into: Uint32Array, at: number): void {
  into[at] = lane(topic, payload, SEEDS[0])
  into[at + 1] = lane(topic, payload, SEEDS[1])
}

/** With an empty topic: MurmurHash3_x86_32 as published. */
export function lane(topic: string, payload: Uint8Array, seed: number): number {
  let h = seed
  for (let i = 0; i < topic.length; i++) h = mixed(h, topic.charCodeAt(i))
  const { length } = payload
  const blocks = length & ~3
  for (let i = 0; i < blocks; i += 4)
    h = mixed(
      h,
      (payload[i] as number) |
        ((payload[i + 1] as number) << 8) |
        ((payload[i + 2] as number) << 16) |
        ((payload[i + 3] as number) << 24),
    )
  let tail = 0
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | (payload[i] as number)
  if (length > blocks) h ^= scrambled(tail)
  return finished(h ^ (length + topic.length * 4))
}

function scrambled(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

function mixed(h: number, block: number): number {
  const x = h ^ scrambled(block)
  return (Math.imul((x << 13) | (x >>> 19), 5) + 0xe6546b64) | 0
}

function finished(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
