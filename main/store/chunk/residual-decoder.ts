/**
 * Reads residuals: residual-model.ts. The arithmetic decoder is written into the two loops that use it, so that its
 * state stays in registers: a residual takes 65 to 90 ns at 2.3 GHz.
 */
import type { ByteReader } from '../bytes'
import { BitReader, POWERS_OF_TWO } from './bits'
import { boundedVarint } from './contracts'
import { FRESH, learned, PROBABILITY_BITS, probabilityOf, RENORMALISE, WINDOW } from './nodes'
import { AT_LEAST, BELOW, expectedClass, MAX_CLASS, MODELLED, nextMean, NODES, ROW_BITS, SIGNS } from './residual-model'

/** A coded bit adds at most 15 bits, and a residual has at most 59 of them. */
const MAX_CODED_BYTES = 128
const MAX_PLAIN_BYTES = 7

const nodes = new Int32Array(NODES)
const plain = new BitReader()

/** Into residuals[0, n). @throws ChunkError, RangeError on damaged bytes. */
export function readResiduals(reader: ByteReader, residuals: Float64Array, n: number): void {
  const first = boundedVarint(reader, MAX_CLASS, 'bits in the first residual')
  const bytes = reader.raw(boundedVarint(reader, 8 + n * MAX_CODED_BYTES, 'coded bytes'))
  plain.start(reader.raw(boundedVarint(reader, n * MAX_PLAIN_BYTES, 'plain bytes')))
  nodes.fill(FRESH)
  decode(bytes, first, residuals, n)
  plain.end()
}

function decode(bytes: Uint8Array, first: number, residuals: Float64Array, n: number): void {
  const end = bytes.length
  let mean = first << 4
  let sign = 0
  // The window is 31 bits wide: of each byte the upper seven bits end one step and the last begins the next.
  let at = 4
  let carried = byteAt(bytes, 3)
  let code = (byteAt(bytes, 0) << 23) | (byteAt(bytes, 1) << 15) | (byteAt(bytes, 2) << 7) | (carried >> 1)
  let range = WINDOW
  for (let i = 0; i < n; i++) {
    const expected = expectedClass(mean)
    const row = expected << ROW_BITS
    let length = expected
    let step = expected === 0 ? 1 : 0
    for (;;) {
      const index = row + (step === 0 ? AT_LEAST : length)
      const node = nodes[index] as number
      const bound = Math.imul(range >>> PROBABILITY_BITS, probabilityOf(node))
      const zero = code < bound
      if (zero) {
        range = bound
        nodes[index] = learned(node, -1)
      } else {
        range -= bound
        code -= bound
        nodes[index] = learned(node, 0)
      }
      while (range < RENORMALISE) {
        const byte = at < end ? (bytes[at] as number) : 0
        at++
        code = ((code << 8) & WINDOW) | ((carried & 1) << 7) | (byte >> 1)
        carried = byte
        range <<= 8
      }
      if (step === 0) {
        step = zero ? -1 : 1
        if (!zero && length < MAX_CLASS) continue
        if (!zero) break
      } else if (!zero) break
      length += step
      if (length === 0 || length === MAX_CLASS) break
    }
    mean = nextMean(mean, length)
    if (length === 0) {
      residuals[i] = sign = 0
      continue
    }
    // The sign, then the bits below the leading one. They are near even, so a branch on them would be guessed wrong:
    // `zero` is a mask, −1 for a 0.
    const below = length - 1
    const left = below < MODELLED ? 0 : below - MODELLED
    const tree = BELOW + (length << MODELLED)
    let index = SIGNS + sign
    let top = 1
    let negative = 0
    for (let bits = below - left; bits >= 0; bits--) {
      const node = nodes[index] as number
      const bound = Math.imul(range >>> PROBABILITY_BITS, probabilityOf(node))
      const zero = (code - bound) >> 31
      range = bound + ((range - bound - bound) & ~zero)
      code -= bound & ~zero
      nodes[index] = learned(node, zero)
      while (range < RENORMALISE) {
        const byte = at < end ? (bytes[at] as number) : 0
        at++
        code = ((code << 8) & WINDOW) | ((carried & 1) << 7) | (byte >> 1)
        carried = byte
        range <<= 8
      }
      if (index >= SIGNS) negative = 1 + zero
      else top = (top << 1) | (1 + zero)
      index = tree + top
    }
    sign = 1 + negative
    const magnitude = left === 0 ? top : top * (POWERS_OF_TWO[left] as number) + plain.read(left)
    residuals[i] = negative === 1 ? -magnitude : magnitude
  }
}

const byteAt = (bytes: Uint8Array, at: number): number => (at < bytes.length ? (bytes[at] as number) : 0)
