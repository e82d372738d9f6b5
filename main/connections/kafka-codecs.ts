/**
 * All compressions of Kafka for kafkajs, which brings only gzip and ends a consumer that meets another. A batch that
 * cannot be decompressed is no reason to stop either: it becomes one record with the reason, and reading goes on.
 */
import { promisify } from 'node:util'
import { unzip } from 'node:zlib'
import { Decompress } from 'fzstd'
import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { uncompress as uncompressSnappy } from 'snappyjs'
import { decompressLz4 } from './kafka-lz4'

/** A batch of a few kilobytes can be made to stand for gigabytes. */
export const MAX_BATCH_BYTES = 64 << 20

export interface UnreadableBatch {
  readonly reason: string
  /** As it came. */
  readonly compressed: Uint8Array
}

type Decompressor = (compressed: Buffer) => Buffer | Promise<Buffer>

const unzipped = promisify(unzip)

export const DECOMPRESSORS: Readonly<Record<'gzip' | 'snappy' | 'lz4' | 'zstd', Decompressor>> = {
  gzip: (compressed) => unzipped(compressed, { maxOutputLength: MAX_BATCH_BYTES }),
  snappy: decompressSnappy,
  lz4: (compressed) => decompressLz4(compressed, MAX_BATCH_BYTES),
  zstd: decompressZstd,
}

const unreadable = new WeakMap<ArrayBufferLike, UnreadableBatch>()

/** @returns what is wrong with the batch that the value stands in for; undefined for a value of a record. */
export const unreadableBatch = (value: Buffer): UnreadableBatch | undefined => unreadable.get(value.buffer)

/** To be called before the first consumer. */
export function registerCodecs(): void {
  const types = {
    gzip: CompressionTypes.GZIP,
    snappy: CompressionTypes.Snappy,
    lz4: CompressionTypes.LZ4,
    zstd: CompressionTypes.ZSTD,
  }
  for (const [name, type] of Object.entries(types) as [keyof typeof types, keyof typeof CompressionCodecs][]) {
    const own = CompressionCodecs[type]
    CompressionCodecs[type] = () => ({
      // Whoever writes gets what kafkajs has; it throws where it has nothing.
      compress: (encoder: unknown) => (own() as { compress(encoder: unknown): Promise<Buffer> }).compress(encoder),
      decompress: async (compressed: Buffer) => {
        try {
          return await DECOMPRESSORS[name](compressed)
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error)
          return standIn(compressed, `a batch of records cannot be decompressed (${name}): ${why}`)
        }
      },
    })
  }
}

// ---- Snappy

/** The framing of xerial's snappy-java: this magic, two versions of 4 bytes, then blocks after their length. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])

function decompressSnappy(compressed: Buffer): Buffer {
  if (!compressed.subarray(0, XERIAL.length).equals(XERIAL)) return uncompressSnappy(compressed, MAX_BATCH_BYTES)
  const blocks: Buffer[] = []
  let left = MAX_BATCH_BYTES
  for (let at = XERIAL.length + 8; at < compressed.length;) {
    const length = compressed.readUInt32BE(at)
    const block = uncompressSnappy(compressed.subarray(at + 4, at + 4 + length), left)
    blocks.push(block)
    left -= block.length
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

// ---- Zstandard

function decompressZstd(compressed: Buffer): Buffer {
  const parts: Uint8Array[] = []
  let total = 0
  const stream = new Decompress((part) => {
    total += part.length
    if (total > MAX_BATCH_BYTES) throw new Error(`more than ${MAX_BATCH_BYTES} bytes when decompressed`)
    parts.push(part)
  })
  stream.push(compressed, true)
  return Buffer.concat(parts, total)
}

// ---- what stands in for a batch

/**
 * Where the fields of a record batch (magic 2) stand before its records: kafkajs gives a codec a view into the whole
 * response, which is the only way to learn how many records it expects back.
 */
const BEFORE_RECORDS = { magic: 45, lastOffsetDelta: 38, count: 4 } as const
const MAX_COUNT = 1 << 20

/**
 * As many records as the batch has, all at its last offset, so that whoever takes the first one is past the batch.
 * @throws Error where there is no such batch around the bytes
 */
function standIn(compressed: Buffer, reason: string): Buffer {
  const { buffer, byteOffset } = compressed
  const before = new DataView(buffer, 0, byteOffset)
  if (byteOffset < BEFORE_RECORDS.magic || before.getInt8(byteOffset - BEFORE_RECORDS.magic) !== 2)
    throw new Error(reason)
  const count = before.getInt32(byteOffset - BEFORE_RECORDS.count)
  if (count > MAX_COUNT) throw new Error(reason)
  const record = emptyRecord(before.getInt32(byteOffset - BEFORE_RECORDS.lastOffsetDelta))
  // Not from the pool: its memory is what the receiver recognises it by.
  const records = Buffer.alloc(count * record.length)
  for (let i = 0; i < count; i++) records.set(record, i * record.length)
  unreadable.set(records.buffer, { reason, compressed })
  return records
}

/** Length, then attributes, time delta, offset delta, no key, a value of one byte, no headers; numbers are zigzag varints. */
function emptyRecord(offsetDelta: number): Uint8Array {
  const body = [0, 0, ...varint(offsetDelta), ...varint(-1), ...varint(1), 0, 0]
  return Uint8Array.from([...varint(body.length), ...body])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest]
}
