/**
 * LZ4 frames, as Kafka compresses with: github.com/lz4/lz4, doc/lz4_Frame_format.md and lz4_Block_format.md. Checksums
 * are passed over: the batch around it has its own. Every read and copy is checked, because the bytes come from others.
 */
const MAGIC = 0x184d2204
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const DICTIONARY = 0x01
const STORED = 0x80000000
const MIN_MATCH = 4

/** @throws Error where the bytes are no LZ4 frame or become more than `limit` bytes. */
export function decompressLz4(from: Uint8Array, limit: number): Buffer {
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw new Error('not an LZ4 frame')
  const flags = view.getUint8(4)
  let at = 6 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0) + 1
  const output = new Output(Math.min(limit, Math.max(1024, from.length * 4)), limit)
  for (;;) {
    const header = view.getUint32(at, true)
    at += 4
    if (header === 0) return output.bytes()
    const length = (header & ~STORED) >>> 0
    if (at + length > from.length) throw new Error('the LZ4 frame is cut off')
    const block = from.subarray(at, at + length)
    if ((header & STORED) !== 0) output.append(block, 0, length)
    else decompressBlock(block, output)
    at += length + (flags & BLOCK_CHECKSUM ? 4 : 0)
  }
}

function decompressBlock(block: Uint8Array, output: Output): void {
  let at = 0
  /** A length of 15 goes on in further bytes, up to one that is not 255. */
  const long = (nibble: number): number => {
    let length = nibble
    if (nibble < 15) return length
    for (;;) {
      const byte = block[at++]
      if (byte === undefined) throw new Error('the LZ4 block is cut off')
      length += byte
      if (byte !== 255) return length
    }
  }
  while (at < block.length) {
    const token = block[at++] as number
    const literals = long(token >> 4)
    if (at + literals > block.length) throw new Error('the LZ4 block is cut off')
    output.append(block, at, at + literals)
    at += literals
    // The last sequence has no match.
    if (at === block.length) return
    if (at + 2 > block.length) throw new Error('the LZ4 block is cut off')
    const offset = (block[at] as number) | ((block[at + 1] as number) << 8)
    at += 2
    output.repeat(offset, long(token & 15) + MIN_MATCH)
  }
}

/** Grows up to its limit. */
class Output {
  private buffer: Buffer
  private length = 0

  constructor(
    size: number,
    private readonly limit: number,
  ) {
    this.buffer = Buffer.allocUnsafe(size)
  }

  append(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    this.buffer.set(from.subarray(start, end), this.length)
    this.length += end - start
  }

  /** Copies `count` bytes from `offset` back; they may overlap what is written. */
  repeat(offset: number, count: number): void {
    if (offset === 0 || offset > this.length) throw new Error('an LZ4 match begins before the data')
    this.reserve(count)
    const { buffer } = this
    let to = this.length
    this.length += count
    for (let from = to - offset; to < this.length;) buffer[to++] = buffer[from++] as number
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  private reserve(count: number): void {
    const needed = this.length + count
    if (needed > this.limit) throw new Error(`more than ${this.limit} bytes when decompressed`)
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(needed, this.buffer.length * 2)))
    larger.set(this.buffer.subarray(0, this.length))
    this.buffer = larger
  }
}
