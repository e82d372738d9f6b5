/** Writes residuals: residual-model.ts. */
import type { ByteWriter } from '../bytes'
import { BitWriter, POWERS_OF_TWO } from './bits'
import { FRESH } from './nodes'
import { RangeEncoder } from './range-encoder'
import {
  AT_LEAST,
  BELOW,
  bitLength,
  expectedClass,
  MAX_CLASS,
  MODELLED,
  nextMean,
  NODES,
  ROW_BITS,
  SIGNS,
} from './residual-model'

const nodes = new Int32Array(NODES)
const encoder = new RangeEncoder()
const plain = new BitWriter()

/** The first n residuals, whole numbers within ±2^53. */
export function writeResiduals(residuals: Float64Array, n: number, out: ByteWriter): void {
  nodes.fill(FRESH)
  encoder.start()
  plain.start()
  const first = n === 0 ? 0 : bitLength(Math.abs(residuals[0] as number))
  let mean = first << 4
  let sign = 0
  for (let i = 0; i < n; i++) {
    const residual = residuals[i] as number
    const magnitude = residual < 0 ? -residual : residual
    const length = bitLength(magnitude)
    encodeClass(expectedClass(mean), length)
    mean = nextMean(mean, length)
    if (length === 0) {
      sign = 0
      continue
    }
    const negative = residual < 0 ? 1 : 0
    encoder.bit(nodes, SIGNS + sign, negative)
    sign = 1 + negative
    encodeBelow(magnitude, length)
  }
  out.byte(first)
  writePart(encoder.finish(), out)
  writePart(plain.finish(), out)
}

function encodeClass(expected: number, length: number): void {
  const row = expected << ROW_BITS
  if (length >= expected) {
    if (expected > 0) encoder.bit(nodes, row + AT_LEAST, 1)
    for (let c = expected; c < length; c++) encoder.bit(nodes, row + c, 0)
    if (length < MAX_CLASS) encoder.bit(nodes, row + length, 1)
  } else {
    encoder.bit(nodes, row + AT_LEAST, 0)
    for (let c = expected - 1; c > length; c--) encoder.bit(nodes, row + c, 0)
    if (length > 0) encoder.bit(nodes, row + length, 1)
  }
}

function encodeBelow(magnitude: number, length: number): void {
  const below = length - 1
  const modelled = below < MODELLED ? below : MODELLED
  const left = below - modelled
  const size = POWERS_OF_TWO[left] as number
  const top = left === 0 ? magnitude : Math.floor(magnitude / size)
  const tree = BELOW + (length << MODELLED)
  let node = 1
  for (let at = modelled - 1; at >= 0; at--) {
    const bit = (top >> at) & 1
    encoder.bit(nodes, tree + node, bit)
    node = (node << 1) | bit
  }
  if (left > 0) plain.write(magnitude - top * size, left)
}

function writePart(bytes: Uint8Array, out: ByteWriter): void {
  out.varint(bytes.length)
  out.raw(bytes)
}
