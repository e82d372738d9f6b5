/** Fields of 0 to 53 bits, most significant bit first, without a model: what is left of a number once no model helps. */
import { ChunkError } from './contracts'

const HALF = 24
const HALF_SIZE = 2 ** HALF
/** 2^n by a look-up: the operator costs 50 ns. */
export const POWERS_OF_TWO = Float64Array.from({ length: 64 }, (_, n) => 2 ** n)

export class BitWriter {
  private bytes: Uint8Array = new Uint8Array(1 << 16)
  private at = 0
  private pending = 0
  private free = 8

  start(): void {
    this.at = this.pending = 0
    this.free = 8
  }

  /** The lower `width` bits of a whole number below 2^53. */
  write(value: number, width: number): void {
    if (width > HALF) {
      const high = Math.floor(value / HALF_SIZE)
      this.write(high, width - HALF)
      this.put((value - high * HALF_SIZE) | 0, HALF)
    } else this.put(value | 0, width)
  }

  /** Valid until the next start. */
  finish(): Uint8Array {
    if (this.free < 8) this.put(0, this.free)
    return this.bytes.subarray(0, this.at)
  }

  private put(value: number, width: number): void {
    if (this.at + 8 > this.bytes.length) this.grow()
    let left = width
    while (left >= this.free) {
      left -= this.free
      this.bytes[this.at++] = this.pending | ((value >>> left) & ((1 << this.free) - 1))
      this.pending = 0
      this.free = 8
    }
    this.free -= left
    this.pending |= (value & ((1 << left) - 1)) << this.free
  }

  private grow(): void {
    const wider = new Uint8Array(this.bytes.length * 2)
    wider.set(this.bytes)
    this.bytes = wider
  }
}

export class BitReader {
  private bytes: Uint8Array = new Uint8Array(0)
  private at = 0
  private held = 0
  private count = 0

  start(bytes: Uint8Array): void {
    this.bytes = bytes
    this.at = this.held = this.count = 0
  }

  /** @throws ChunkError past the end. */
  read(width: number): number {
    if (width <= HALF) return this.take(width)
    const high = this.read(width - HALF)
    return high * HALF_SIZE + this.take(HALF)
  }

  /** @throws ChunkError unless all bytes were read. */
  end(): void {
    if (this.at !== this.bytes.length) throw new ChunkError('chunk with bits that no sample uses')
  }

  private take(width: number): number {
    while (this.count < width) {
      if (this.at === this.bytes.length) throw new ChunkError('the chunk ends too early')
      this.held = (this.held << 8) | (this.bytes[this.at++] as number)
      this.count += 8
    }
    this.count -= width
    return (this.held >>> this.count) & ((1 << width) - 1)
  }
}
