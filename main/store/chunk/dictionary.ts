/**
 * Few different values in any order: states, set points, coarse sensors. The values once, ascending, then each as its
 * place among them; the places are predicted and coded like any whole numbers.
 *
 *     varint count, the values (plain.ts), column of places (integers.ts)
 */
import { MAX_CHUNK_SAMPLES, ChunkError, boundedVarint } from './contracts'
import type { ValueCodec } from './contracts'
import { readIntegers, writeIntegers } from './integers'
import { asDouble, asHalves } from './patterns'
import { decodePlain, encodePlain } from './plain'

const MAX_DISTINCT = 1024
/** Open addressing; four slots for every entry. */
const SLOTS = MAX_DISTINCT * 4
const FREE = -1

const slots = new Int16Array(SLOTS)
const distinct = new Float64Array(MAX_DISTINCT)
const places = new Float64Array(MAX_CHUNK_SAMPLES)

export const dictionary: ValueCodec = {
  name: 'dictionary',
  id: 2,
  encode(values, n, out) {
    const count = collect(values, n)
    if (count === 0) return false
    const sorted = distinct.subarray(0, count).sort()
    slots.fill(FREE)
    for (let i = 0; i < count; i++) place(sorted[i] as number, i)
    for (let i = 0; i < n; i++) places[i] = place(values[i] as number, FREE)
    out.varint(count)
    out.raw(encodePlain(sorted, count))
    writeIntegers(places, n, out)
    return true
  },
  decode(reader, values, n) {
    const count = boundedVarint(reader, MAX_DISTINCT, 'different values')
    decodePlain(reader, distinct, count)
    readIntegers(reader, places, n)
    for (let i = 0; i < n; i++) {
      const at = places[i] as number
      if (!(at >= 0 && at < count)) throw new ChunkError('chunk with a value that its dictionary lacks')
      values[i] = distinct[at] as number
    }
  },
}

/** Gathers the different values. @returns their number, or 0 as soon as they are too many to be worth a dictionary. */
function collect(values: Float64Array, n: number): number {
  slots.fill(FREE)
  let count = 0
  for (let i = 0; i < n; i++) {
    const value = values[i] as number
    if (place(value, count) !== count) continue
    distinct[count++] = value
    if (count === MAX_DISTINCT || count > 16 + (i >> 2)) return 0
  }
  return count
}

/** The entry of these bits; where there is none it becomes `entry`. */
function place(value: number, entry: number): number {
  asDouble[0] = value
  const [low, high] = [asHalves[0] as number, asHalves[1] as number]
  let slot = (Math.imul(low, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b)) >>> 0
  slot = ((slot >>> 15) ^ slot) & (SLOTS - 1)
  for (;;) {
    const found = slots[slot] as number
    if (found === FREE) {
      slots[slot] = entry
      return entry
    }
    // Values differ by their bits: 0 and −0 are two.
    if (Object.is(distinct[found], value)) return found
    slot = (slot + 1) & (SLOTS - 1)
  }
}
