/** The binary form of an operator's state: numbers as doubles, texts as UTF-8, in the order written. */
import type { StateReader, StateWriter } from '../contracts'

/** Grows by doubling; `bytes` gives a copy of what was written. */
export class BinaryWriter implements StateWriter {
  private buffer = new ArrayBuffer(4096)
  private view = new DataView(this.buffer)
  private length = 0
  private readonly encoder = new TextEncoder()

  number(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.length, value, true)
    this.length += 8
  }

  text(value: string): void {
    const bytes = this.encoder.encode(value)
    this.number(bytes.length)
    this.reserve(bytes.length)
    new Uint8Array(this.buffer).set(bytes, this.length)
    this.length += bytes.length
  }

  numbers(values: ArrayLike<number>, from = 0, to = values.length): void {
    this.number(to - from)
    this.reserve((to - from) * 8)
    for (let i = from; i < to; i++, this.length += 8) this.view.setFloat64(this.length, values[i] as number, true)
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.buffer.slice(0, this.length))
  }

  private reserve(size: number): void {
    if (this.length + size <= this.buffer.byteLength) return
    const grown = new ArrayBuffer(Math.max(this.length + size, this.buffer.byteLength * 2))
    new Uint8Array(grown).set(new Uint8Array(this.buffer, 0, this.length))
    this.buffer = grown
    this.view = new DataView(grown)
  }
}

/** @throws RangeError where the state ends too early. */
export class BinaryReader implements StateReader {
  private readonly view: DataView
  private position = 0
  private readonly decoder = new TextDecoder()

  constructor(private readonly source: Uint8Array) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  }

  number(): number {
    const value = this.view.getFloat64(this.position, true)
    this.position += 8
    return value
  }

  text(): string {
    const length = this.number()
    const text = this.decoder.decode(this.source.subarray(this.position, this.position + length))
    this.position += length
    return text
  }

  numbers(): Float64Array {
    const length = this.number()
    if (length * 8 > this.view.byteLength - this.position) throw new RangeError('the state ends too early')
    const values = new Float64Array(length)
    for (let i = 0; i < length; i++, this.position += 8) values[i] = this.view.getFloat64(this.position, true)
    return values
  }
}
