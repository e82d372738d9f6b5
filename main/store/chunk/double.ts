/**
 * Any doubles, as the numbers that their bits spell (Lindstrom and Isenburg 2006, fpzip): read as an integer, a
 * double's magnitude grows with its bits, so integer predictions work on it, and a 32-bit float or a short binary
 * fraction ends in zeros that the column's unit takes away. The 64 bits are split so that the upper part moves little and the
 * lower, mostly noise, is packed.
 *
 *     column of the upper 43 bits: m for a positive magnitude m, −m − 2^8 for a negative one
 *     column of the lower 21 bits
 */
import { MAX_CHUNK_SAMPLES, ChunkError } from './contracts'
import type { ValueCodec } from './contracts'
import { readIntegers, writeIntegers } from './integers'
import { asDouble, asHalves } from './patterns'

const LOWER_BITS = 21
const LOWER = 2 ** LOWER_BITS
/** Bits of the lower half that belong to the upper column. */
const SHARED = 2 ** (32 - LOWER_BITS)
const SIGN = 0x8000_0000
const MAX_UPPER = 2 ** 42
/** Keeps −0 apart from 0, and is a multiple of the unit of 32-bit floats. */
const NEGATIVE = 2 ** 8

const upper = new Float64Array(MAX_CHUNK_SAMPLES)
const lower = new Float64Array(MAX_CHUNK_SAMPLES)

export const double: ValueCodec = {
  name: 'double',
  id: 1,
  encode(values, n, out) {
    for (let i = 0; i < n; i++) {
      asDouble[0] = values[i] as number
      const [low, high] = [asHalves[0] as number, asHalves[1] as number]
      const magnitude = (high >= SIGN ? high - SIGN : high) * SHARED + (low >>> LOWER_BITS)
      upper[i] = high >= SIGN ? -magnitude - NEGATIVE : magnitude
      lower[i] = low & (LOWER - 1)
    }
    writeIntegers(upper, n, out)
    writeIntegers(lower, n, out)
    return true
  },
  decode(reader, values, n) {
    readIntegers(reader, upper, n)
    readIntegers(reader, lower, n)
    for (let i = 0; i < n; i++) {
      const number = upper[i] as number
      const magnitude = number < 0 ? -number - NEGATIVE : number
      const low = lower[i] as number
      if (!(magnitude >= 0 && magnitude < MAX_UPPER && low >= 0 && low < LOWER))
        throw new ChunkError('chunk with bits beyond those of a double')
      const high = Math.floor(magnitude / SHARED)
      asHalves[1] = number < 0 ? high + SIGN : high
      asHalves[0] = (magnitude - high * SHARED) * LOWER + low
      values[i] = asDouble[0] as number
    }
  },
}
