/** Writing and reading of the file's binary forms: variable-length integers, doubles, texts. */

const utf8 = new TextEncoder()
const utf8Strict = new TextDecoder('utf-8', { fatal: true })

/** Grows by doubling; one is reused for every block. */
export class ByteWriter {
  private bytes: Uint8Array
  private view: DataView
  private at = 0

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  get length(): number {
    return this.at
  }

  clear(): void {
    this.at = 0
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.at)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.at++] = value
  }

  /** Unsigned, 7 bits a byte, low first; exact below 2^53. */
  varint(value: number): void {
    this.reserve(8)
    this.tail(value)
  }

  /**
   * Signed: the first byte holds 6 bits and the sign, later ones 7 bits; exact within ±2^53.
   * (Zigzag would double the value and lose the last bit beyond 2^52.)
   */
  signed(value: number): void {
    this.reserve(9)
    const negative = value < 0
    const magnitude = negative ? -value : value
    const sign = negative ? 0x40 : 0
    if (magnitude < 0x40) {
      this.bytes[this.at++] = sign | magnitude
      return
    }
    this.bytes[this.at++] = 0x80 | sign | (magnitude % 0x40)
    this.tail(Math.floor(magnitude / 0x40))
  }

  double(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.at, value, true)
    this.at += 8
  }

  raw(data: Uint8Array): void {
    this.reserve(data.length)
    this.bytes.set(data, this.at)
    this.at += data.length
  }

  text(value: string): void {
    const data = utf8.encode(value)
    this.varint(data.length)
    this.raw(data)
  }

  private tail(rest: number): void {
    while (rest >= 0x8000_0000) {
      this.bytes[this.at++] = 0x80 | (rest % 0x80)
      rest = Math.floor(rest / 0x80)
    }
    while (rest >= 0x80) {
      this.bytes[this.at++] = 0x80 | (rest & 0x7f)
      rest >>>= 7
    }
    this.bytes[this.at++] = rest
  }

  private reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return
    const wider = new Uint8Array(Math.max(this.at + count, this.bytes.length * 2))
    wider.set(this.bytes)
    this.bytes = wider
    this.view = new DataView(wider.buffer)
  }
}

/** Reads what ByteWriter wrote. @throws RangeError where the data ends too early. */
export class ByteReader {
  private readonly view: DataView
  private at = 0

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.at === this.bytes.length
  }

  byte(): number {
    const value = this.bytes[this.at++]
    if (value === undefined) throw new RangeError('the block ends too early')
    return value
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }

  signed(): number {
    const first = this.byte()
    let magnitude = first & 0x3f
    if (first & 0x80) magnitude += this.varint() * 0x40
    return first & 0x40 ? -magnitude : magnitude
  }

  double(): number {
    const value = this.view.getFloat64(this.at, true)
    this.at += 8
    return value
  }

  raw(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new RangeError('the block ends too early')
    const data = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return data
  }

  text(): string {
    return utf8Strict.decode(this.raw(this.varint()))
  }
}
