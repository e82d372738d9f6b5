/** Sizes and choices of the chunk codec, and recorded chunks: what a released version wrote must be read for ever. */
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from '../../../main/store/bytes'
import { decodeChunk, encodeChunk } from '../../../main/store/chunk/chunk'
import { ChunkError, MAX_CHUNK_SAMPLES } from '../../../main/store/chunk/contracts'
import { INTEGER_CODECS, writeIntegers } from '../../../main/store/chunk/integers'
import { VALUE_CODECS, writeValues } from '../../../main/store/chunk/values'

const N = 4096
const START = 1_700_000_000_000

function noise(): () => number {
  let state = 12345
  const uniform = (): number => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) + 0.5) / 2 ** 32
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

const every = (ms: number, n = N): Float64Array => Float64Array.from({ length: n }, (_, i) => START + i * ms)
const series = (value: (i: number) => number, n = N): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => value(i))
const bytesOf = (times: Float64Array, values: Float64Array): number =>
  encodeChunk(times, values, 0, times.length).length
const room = (n: number) => ({ times: new Float64Array(n), values: new Float64Array(n) })

describe('sizes', () => {
  const normal = noise()
  const [times, still] = [every(1000), series(() => 21.5)]

  it.each([
    ['a constant', series(() => 0.1), 40],
    ['a counter', series((i) => 5 * i), 40],
    ['three states of odd values', series((i) => [1 / 3, Math.PI, -0][Math.floor(i / 300) % 3] as number), 150],
    // The entropy of the noise alone, 5.4 bits a sample, is 2,750 bytes.
    ['two decimals with noise', series((i) => Math.round(2000 + 500 * Math.sin(i / 500) + 10 * normal()) / 100), 2950],
    ['the same sent as 32-bit floats', series(() => Math.fround(Math.round(2000 + 10 * normal()) / 100)), 3000],
    ['steps of 1/16', series(() => Math.round(320 + 10 * normal()) / 16), 3000],
    ['any doubles of one size', series(() => 20 + 0.01 * normal()), N * 6],
  ])('%s', (_name, values, most) => expect(bytesOf(times, values)).toBeLessThanOrEqual(most))

  it('regular times with holes take a byte or two a hole', () => {
    const holes = Float64Array.from(times, (t, i) => t + 60_000 * Math.floor(i / 200))
    expect(bytesOf(holes, still)).toBeLessThanOrEqual(110)
  })

  it('times with 10 µs of jitter take about half a byte', () => {
    expect(
      bytesOf(
        Float64Array.from(times, (t) => t + Math.round(3 * normal()) / 1000),
        still,
      ),
    ).toBeLessThan(N * 0.6)
  })

  it('gaps here and there take less than two bytes each', () => {
    const gaps = Float64Array.from(still, (value, i) => ((i * 7919) % 100 === 0 ? NaN : value))
    expect(bytesOf(times, gaps)).toBeLessThanOrEqual(40 + 2 * 41)
  })

  it('nothing is much larger than the raw doubles', () => {
    const bits = new Float64Array(new BigUint64Array(N).map((_, i) => BigInt(i + 1) * 0x9e3779b97f4a7c15n).buffer)
    const values = bits.map((value) => (Number.isNaN(value) ? 0 : value))
    expect(bytesOf(times, values)).toBeLessThanOrEqual(N * 8 + 60)
  })
})

describe('every codec is the smallest for something', () => {
  const normal = noise()
  let scattered = 1
  it.each([
    ['linear', series((i) => 7 * i)],
    ['packed', series(() => (scattered = (Math.imul(scattered, 1103515245) + 12345) >>> 0) >>> 20)],
    ['coded', series(() => Math.round(100 * normal()))],
  ])('%s', (name, column) => {
    const out = new ByteWriter()
    writeIntegers(column, N, out)
    expect(INTEGER_CODECS[out.take()[0] as number]?.name).toBe(name)
  })

  it.each([
    ['decimal', series(() => Math.round(100 * normal()) / 100)],
    ['double', series(() => Math.sqrt(2) + normal())],
    ['dictionary', series((i) => [0, 17.25, 1e6, -3.5, 0.1][(i * i) % 7] ?? 4)],
  ])('%s', (name, values) => {
    const out = new ByteWriter()
    writeValues(values, 0, N, out)
    const reader = new ByteReader(out.take())
    reader.byte()
    expect(VALUE_CODECS[reader.byte()]?.name).toBe(name)
  })
})

describe('refusals', () => {
  it('too many samples', () => {
    const many = every(1, MAX_CHUNK_SAMPLES + 1)
    expect(() => encodeChunk(many, many, 0, many.length)).toThrow(RangeError)
    expect(() => encodeChunk(many, many, 5, 4)).toThrow(RangeError)
  })

  it.each([2 ** 42 + 1, -(2 ** 42) - 1, NaN, Infinity])('a time of %d', (time) => {
    expect(() => encodeChunk(Float64Array.of(time), Float64Array.of(1), 0, 1)).toThrow(RangeError)
  })

  it('a newer version, by its number', () => {
    expect(() => decodeChunk(Uint8Array.of(2, 0), room(0))).toThrow('chunk of version 2')
  })

  it.each([
    ['nothing', []],
    ['a count without end', [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['more samples than a chunk holds', [1, 0x81, 0x80, 0x01]],
    ['an unknown codec', [1, 1, 9, 0, 1, 0, 0]],
    ['a unit without end', [1, 1, 0, 0, ...new Array<number>(200).fill(0xff)]],
  ])('%s', (_name, bytes) => {
    expect(() => decodeChunk(Uint8Array.from(bytes), room(MAX_CHUNK_SAMPLES))).toThrow(ChunkError)
  })
})
