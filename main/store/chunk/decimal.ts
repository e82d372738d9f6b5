/**
 * Doubles that were decimals: value = integer / 10^e, after ALP (Afroozeh, Kuffo, Boncz, SIGMOD 2024). As division is
 * correctly rounded, a number printed with up to 15 digits comes back exactly, which ALP's multiplication does not give. What
 * arithmetic made of such numbers (41.361999999999995) is a few units in the last place off: a column of corrections
 * says how many. If `single` is set the quotient is rounded to a 32-bit float first: sensors that send floats.
 *
 *     u8 exponent, +128 if single
 *     column of integers (integers.ts); an exception repeats the number before it
 *     column of corrections, −7 to 7 units in the last place, or 8: an exception
 *     n × little-endian double, the exceptions
 */
import { MAX_CHUNK_SAMPLES, ChunkError } from './contracts'
import type { ValueCodec } from './contracts'
import { readIntegers, writeIntegers } from './integers'
import { asDouble, asHalves } from './patterns'

const MAX_SCALED = 2 ** 51
const MAX_CORRECTION = 7
const EXCEPTION = 8
const SINGLE = 128
/** One unit in the last place of a 32-bit float, in those of a double. */
const SINGLE_ULP = 2 ** 29
/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, e) => Number(`1e${e}`))
const SAMPLE = 48
/** From this size a value, in bits, the doubles themselves (double.ts) are no larger. */
const MOST_BITS = 48
/** What an exception costs, in bits, and what a correction costs about. */
const EXCEPTION_BITS = 80
const CORRECTION_BITS = 3

const integers = new Float64Array(MAX_CHUNK_SAMPLES)
const corrections = new Float64Array(MAX_CHUNK_SAMPLES)

interface Scale {
  readonly exponent: number
  readonly single: boolean
}

export const decimal: ValueCodec = {
  name: 'decimal',
  id: 0,
  encode(values, n, out) {
    const scale = chooseScale(values, n)
    if (scale === null) return false
    const { exponent, single } = scale
    const exceptions = split(values, n, scale)
    if (exceptions > n >> 2) return false
    out.byte(exponent + (single ? SINGLE : 0))
    writeIntegers(integers, n, out)
    writeIntegers(corrections, n, out)
    for (let i = 0; i < n && exceptions > 0; i++) if (corrections[i] === EXCEPTION) out.double(values[i] as number)
    return true
  },
  decode(reader, values, n) {
    const head = reader.byte()
    const single = head >= SINGLE
    const power = POWERS[single ? head - SINGLE : head]
    if (power === undefined) throw new ChunkError(`chunk with a decimal exponent of ${head}`)
    readIntegers(reader, values, n)
    readIntegers(reader, corrections, n)
    for (let i = 0; i < n; i++) {
      const quotient = (values[i] as number) / power
      const correction = corrections[i] as number
      const near = single ? Math.fround(quotient) : quotient
      if (correction === 0) values[i] = near
      else if (correction === EXCEPTION) values[i] = reader.double()
      else if (Math.abs(correction) <= MAX_CORRECTION) values[i] = moved(near, correction * (single ? SINGLE_ULP : 1))
      else throw new ChunkError(`chunk with a correction of ${correction} units`)
    }
  },
}

/** @returns the number of exceptions. */
function split(values: Float64Array, n: number, { exponent, single }: Scale): number {
  const power = POWERS[exponent] as number
  let exceptions = 0
  let last = 0
  for (let i = 0; i < n; i++) {
    const value = values[i] as number
    const scaled = Math.floor(value * power + 0.5)
    const correction = correctionOf(value, scaled, power, single)
    corrections[i] = correction
    if (correction === EXCEPTION) exceptions++
    else last = scaled
    integers[i] = last
  }
  return exceptions
}

function correctionOf(value: number, scaled: number, power: number, single: boolean): number {
  if (!(scaled <= MAX_SCALED && scaled >= -MAX_SCALED)) return EXCEPTION
  const quotient = scaled / power
  const near = single ? Math.fround(quotient) : quotient
  if (near === value && (value !== 0 || 1 / value > 0)) return 0
  const distance = distanceOf(value, near) / (single ? SINGLE_ULP : 1)
  return Math.abs(distance) <= MAX_CORRECTION && Number.isInteger(distance) && distance !== 0 ? distance : EXCEPTION
}

/** How many patterns lie between two doubles of the same sign; anything beyond 2^32 otherwise. */
function distanceOf(value: number, near: number): number {
  asDouble[0] = value
  const [low, high] = [asHalves[0] as number, asHalves[1] as number]
  asDouble[0] = near
  return (high - (asHalves[1] as number)) * 2 ** 32 + low - (asHalves[0] as number)
}

/** The double whose pattern is `by` after this one. */
function moved(value: number, by: number): number {
  asDouble[0] = value
  const low = (asHalves[0] as number) + by
  asHalves[1] = (asHalves[1] as number) + Math.floor(low / 2 ** 32)
  asHalves[0] = low
  return asDouble[0] as number
}

/** The exponent that makes a sample of the values smallest; null where they are no decimals. */
function chooseScale(values: Float64Array, n: number): Scale | null {
  const size = Math.min(n, SAMPLE)
  let singles = 0
  for (let i = 0; i < size; i++) {
    const value = values[Math.floor((i * n) / size)] as number
    if (Math.fround(value) === value) singles++
  }
  const double = bestExponent(values, n, size, false)
  // Integers and halves are singles as well; only where doubles do badly is it worth a look.
  if (singles < size * 0.9 || double.bits < 32 * size) return double.exponent < 0 ? null : { ...double, single: false }
  const single = bestExponent(values, n, size, true)
  const best = single.bits < double.bits ? { ...single, single: true } : { ...double, single: false }
  return best.exponent < 0 ? null : best
}

function bestExponent(
  values: Float64Array,
  n: number,
  size: number,
  single: boolean,
): { exponent: number; bits: number } {
  let best = { exponent: -1, bits: MOST_BITS * size }
  for (let exponent = 0; exponent < POWERS.length; exponent++) {
    const power = POWERS[exponent] as number
    let bits = 0
    let exact = true
    for (let i = 0; i < size && bits < best.bits; i++) {
      const value = values[Math.floor((i * n) / size)] as number
      const scaled = Math.floor(value * power + 0.5)
      const correction = correctionOf(value, scaled, power, single)
      exact &&= correction === 0
      if (correction === EXCEPTION) bits += EXCEPTION_BITS
      else bits += Math.log2(Math.abs(scaled) + 1) + (correction === 0 ? 0 : CORRECTION_BITS)
    }
    if (bits < best.bits) best = { exponent, bits }
    // More digits would only make the integers longer.
    if (exact) break
  }
  return best
}
