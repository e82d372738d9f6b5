/** MessagePack records (github.com/msgpack/msgpack, spec.md): one value a record; its timestamps are times, other extensions nothing. */
import { Decoder as Unpacker, decodeTimestampToTimeSpec, EXT_TIMESTAMP, ExtensionCodec } from '@msgpack/msgpack'
import { Rejected } from '../contracts'
import type { Decoder } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import { MarkedTime } from './event-time'
import { Nesting } from './nesting'
import { createStructuredDecoder } from './structured'

export function createMessagePackDecoder(config: Decoding, time: EventTime): Decoder {
  // Integers of 64 bits as BigInt: nanoseconds keep their microseconds.
  const unpacker = new Unpacker({ extensionCodec: new Extensions(), useBigInt64: true })
  return createStructuredDecoder(config, time, (payload) => unpack(unpacker, payload))
}

/** @throws Rejected */
export function unpack(unpacker: Unpacker, payload: Uint8Array): unknown {
  checkMessagePack(payload)
  try {
    return unpacker.decode(payload)
  } catch (error) {
    throw new Rejected(`not MessagePack: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export class Extensions extends ExtensionCodec {
  override decode(data: Uint8Array, type: number): unknown {
    if (type !== EXT_TIMESTAMP) return undefined
    const { sec, nsec } = decodeTimestampToTimeSpec(data)
    return new MarkedTime(sec * 1000 + nsec / 1e6)
  }
}

/** Bytes that follow the first byte 0xc0 … 0xdf: −1 where a length says it, −2 where it is not MessagePack. */
const FIXED = [0, -2, 0, 0, -1, -1, -1, -1, -1, -1, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17] as const

/** Looks the record over: complete, not too deep, its texts UTF-8. The library checks none of these before it allocates. */
export function checkMessagePack(bytes: Uint8Array): void {
  const nesting = new Nesting('MessagePack', bytes)
  let at = 0
  while (nesting.next()) {
    const first = nesting.number(at++, 1)
    if (first < 0x80 || first >= 0xe0) continue
    if (first < 0x90) nesting.open(2 * (first - 0x80), at)
    else if (first < 0xa0) nesting.open(first - 0x90, at)
    else if (first < 0xc0) at = nesting.text(at, first - 0xa0)
    else at = longForm(nesting, first, at)
  }
  nesting.end(at)
}

/** @param first 0xc0 … 0xdf. @returns the position behind the value, or behind the head of a list or map. */
function longForm(nesting: Nesting, first: number, at: number): number {
  const fixed = FIXED[first - 0xc0] ?? -1
  if (fixed === -2) throw nesting.wrong(`byte ${at - 1} is 0x${first.toString(16)}`)
  if (fixed >= 0) return nesting.skip(at, fixed)
  // bin and ext: 8, 16, 32 bits of length; str: the same; array and map: 16, 32 bits.
  const size = first >= 0xdc ? 2 << (first & 1) : 1 << (first >= 0xd9 ? first - 0xd9 : (first - 0xc4) % 3)
  const length = nesting.number(at, size)
  at += size
  if (first >= 0xde) nesting.open(2 * length, at)
  else if (first >= 0xdc) nesting.open(length, at)
  else if (first >= 0xd9) return nesting.text(at, length)
  else return nesting.skip(at, first >= 0xc7 ? length + 1 : length)
  return at
}
