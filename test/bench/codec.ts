/**
 * The chunk codec: bytes a sample, times included, in chunks of 4,096 samples, on the 29 NAB files and on 30 days of
 * `round(20 + 5 sin(t/500) + N(0, 0.1), 2)` at 1 Hz, and samples encoded and decoded per second on the latter. The
 * yardsticks are sizes on the same NAB chunks: XOR values with delta-of-delta times (Pelkonen et al., VLDB 2015) and
 * deflate of the raw doubles, without times. The last line of standard output is one JSON object.
 */
import { deflateRawSync } from 'node:zlib'
import { decodeChunk, encodeChunk } from '../../main/store/chunk/chunk'
import { nab, synthetic } from './support/series-data'
import type { Columns } from './support/series-data'

const CHUNK = 4096
const SYNTHETIC = 30 * 86_400
const ROUNDS = 5

const decoded: Columns = { times: new Float64Array(CHUNK), values: new Float64Array(CHUNK) }

function main(): void {
  const files = nab()
  const samples = files.reduce((sum, { times }) => sum + times.length, 0)
  const perSample = (size: (columns: Columns, from: number, to: number) => number): number | null =>
    samples === 0 ? null : round(files.reduce((sum, file) => sum + sizeOf(file, size), 0) / samples)
  const made = synthetic(SYNTHETIC)
  const rates = measure(made)
  const result = {
    nab_bytes: perSample((columns, from, to) => checked(columns, from, to).length),
    synthetic_bytes: round(sizeOf(made, (columns, from, to) => checked(columns, from, to).length) / SYNTHETIC),
    encode_per_s: Math.round(rates.encode),
    decode_per_s: Math.round(rates.decode),
    xor_nab_bytes: perSample(xorBytes),
    deflate_nab_bytes: perSample(deflateBytes),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

const round = (x: number): number => Number(x.toFixed(3))
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number

function sizeOf(columns: Columns, size: (columns: Columns, from: number, to: number) => number): number {
  let sum = 0
  for (let from = 0; from < columns.times.length; from += CHUNK)
    sum += size(columns, from, Math.min(columns.times.length, from + CHUNK))
  return sum
}

function checked({ times, values }: Columns, from: number, to: number): Uint8Array {
  const bytes = encodeChunk(times, values, from, to)
  const n = decodeChunk(bytes, decoded)
  for (let i = 0; i < n; i++)
    if (!Object.is(decoded.times[i], times[from + i]) || !Object.is(decoded.values[i], values[from + i]))
      throw new Error(`sample ${from + i} came back changed`)
  return bytes
}

/** Samples per second on one core. */
function measure({ times, values }: Columns): { encode: number; decode: number } {
  const rates = { encode: [] as number[], decode: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    const chunks: Uint8Array[] = []
    const started = performance.now()
    for (let from = 0; from < SYNTHETIC; from += CHUNK)
      chunks.push(encodeChunk(times, values, from, Math.min(SYNTHETIC, from + CHUNK)))
    const between = performance.now()
    for (const chunk of chunks) decodeChunk(chunk, decoded)
    const ended = performance.now()
    if (round === 0) continue
    rates.encode.push((SYNTHETIC / (between - started)) * 1000)
    rates.decode.push((SYNTHETIC / (ended - between)) * 1000)
  }
  return { encode: median(rates.encode), decode: median(rates.decode) }
}

// ---- the yardsticks

/** Of the values alone: raw times would double it. */
function deflateBytes({ values }: Columns, from: number, to: number): number {
  return deflateRawSync(new Uint8Array(values.slice(from, to).buffer)).length
}

/** Delta of delta in the paper's four sizes, here of seconds, then the XOR with the value before. */
function xorBytes({ times, values }: Columns, from: number, to: number): number {
  const bits = new BigUint64Array(values.slice(from, to).buffer)
  let size = 128
  let [leading, trailing] = [65, 65]
  let delta = 0
  for (let i = 1; i < bits.length; i++) {
    const next = ((times[from + i] as number) - (times[from + i - 1] as number)) / 1000
    const change = Math.abs(next - delta)
    delta = next
    size += change === 0 ? 1 : change < 64 ? 9 : change < 256 ? 12 : change < 2048 ? 16 : 36
    const xor = (bits[i] as bigint) ^ (bits[i - 1] as bigint)
    if (xor === 0n) {
      size += 1
      continue
    }
    const binary = xor.toString(2)
    const zerosBefore = Math.min(31, 64 - binary.length)
    const zerosAfter = binary.length - binary.lastIndexOf('1') - 1
    if (zerosBefore >= leading && zerosAfter >= trailing) size += 2 + 64 - leading - trailing
    else {
      leading = zerosBefore
      trailing = zerosAfter
      size += 2 + 5 + 6 + 64 - leading - trailing
    }
  }
  return Math.ceil(size / 8)
}

main()
