/** Writes binary decisions, each with its node: nodes.ts. */
import { learned, PROBABILITY_BITS, probabilityOf, RENORMALISE, WINDOW } from './nodes'

export class RangeEncoder {
  private bytes: Uint8Array = new Uint8Array(1 << 16)
  private at = 0
  private low = 0
  private range = WINDOW

  start(): void {
    this.at = this.low = 0
    this.range = WINDOW
  }

  bit(nodes: Int32Array, index: number, bit: number): void {
    const node = nodes[index] as number
    const bound = Math.imul(this.range >>> PROBABILITY_BITS, probabilityOf(node))
    if (bit === 0) {
      this.range = bound
      nodes[index] = learned(node, -1)
    } else {
      nodes[index] = learned(node, 0)
      this.range -= bound
      this.low = (this.low + bound) | 0
      if (this.low < 0) this.carry()
    }
    while (this.range < RENORMALISE) this.shift()
  }

  /** Valid until the next start. Zero bytes at the end are left out: the decoder reads zeros there. */
  finish(): Uint8Array {
    // The range is at least 2^23 here, so a number whose lower 23 bits are zero lies in it: one byte more is enough.
    this.low = (this.low + RENORMALISE - 1) | 0
    if (this.low < 0) this.carry()
    this.shift()
    let end = this.at
    while (end > 0 && this.bytes[end - 1] === 0) end--
    return this.bytes.subarray(0, end)
  }

  private shift(): void {
    if (this.at === this.bytes.length) this.grow()
    this.bytes[this.at++] = this.low >>> 23
    this.low = (this.low << 8) & WINDOW
    this.range <<= 8
  }

  private carry(): void {
    this.low &= WINDOW
    let at = this.at - 1
    while (this.bytes[at] === 255) this.bytes[at--] = 0
    this.bytes[at] = (this.bytes[at] as number) + 1
  }

  private grow(): void {
    const wider = new Uint8Array(this.bytes.length * 2)
    wider.set(this.bytes)
    this.bytes = wider
  }
}
