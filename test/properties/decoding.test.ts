/**
 * One body for all decoders. Round trips: what the format's own encoder writes comes out as it went in. Fuzz: whatever
 * bytes come, a record is decoded, passed over or rejected, and the memory stays flat.
 * Many cases: WEIR_FUZZ_CASES; a run is repeated with WEIR_FUZZ_SEED.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { encode as encodeMessagePack } from '@msgpack/msgpack'
import { encode as encodeCbor } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rejected } from '../../main/contracts'
import type { Decoder, SeriesKeyRef } from '../../main/contracts'
import { sparkplug } from '../fixtures/decoding/sparkplug'
import { decoderOf, record, samplesOf } from '../unit/decoding/samples'
import type { Decoded, DecodingInput, TimeInput } from '../unit/decoding/samples'

interface Format {
  readonly name: string
  readonly decoding: DecodingInput
  readonly time?: TimeInput
  /** Writes named numbers; null is a gap. */
  readonly write: (values: Readonly<Record<string, number | null>>) => Uint8Array
  readonly key?: string
  /** Name of the series of a field. */
  readonly series?: (name: string) => string
  readonly exact?: false
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const NAMES = ['a', 'b2', 'temp', 'Ärger'] as const

const FORMATS: readonly Format[] = [
  { name: 'json', decoding: {}, write: (values) => text(JSON.stringify(values)) },
  {
    name: 'json, chosen',
    decoding: {
      fields: [...NAMES, 'list[*].v', '*.x'].map((path) => ({ path })),
      labels: [{ name: 'id', path: 'list[*].id' }],
    },
    write: (values) => text(JSON.stringify(values)),
  },
  { name: 'messagepack', decoding: { format: 'messagepack' }, write: (values) => encodeMessagePack(values) },
  { name: 'cbor', decoding: { format: 'cbor' }, write: (values) => encodeCbor(values) },
  {
    name: 'csv',
    decoding: { format: 'csv', columns: [...NAMES] },
    write: (values) => text(NAMES.map((name) => String(values[name] ?? '')).join(',')),
  },
  {
    name: 'influx',
    decoding: { format: 'influx' },
    write: (values) =>
      text(
        `m ${Object.entries(values)
          .map(([name, value]) => `${name}=${value ?? 'NaN'}`)
          .join(',')} 1000000`,
      ),
    series: (name) => `m.${name}`,
  },
  {
    name: 'sparkplug',
    decoding: { format: 'sparkplug' },
    key: 'spBv1.0/g/NBIRTH/n',
    write: (values) =>
      sparkplug({
        timestamp: 1,
        seq: 0,
        metrics: Object.entries(values).map(([name, value], alias) => ({
          name,
          alias,
          datatype: 10,
          ...(value === null ? { isNull: true } : { double: value }),
        })),
      }),
    series: (name) => `${name}{group="g", node="n"}`,
  },
  {
    name: 'binary',
    decoding: {
      format: 'binary',
      layout: { fields: NAMES.map((name, i) => ({ name, at: i * 8, type: 'f64' as const })) },
    },
    write: (values) => new Uint8Array(Float64Array.from(NAMES, (name) => values[name] ?? NaN).buffer),
  },
  {
    name: 'number',
    decoding: { format: 'number' },
    write: (values) => text(String(values['a'] ?? '')),
    series: () => 'value',
  },
]

const FUZZING = process.env['WEIR_FUZZ_CASES'] !== undefined
const CASES = Number(process.env['WEIR_FUZZ_CASES'] ?? 100_000)
const SEED = Number(process.env['WEIR_FUZZ_SEED'] ?? 1)
/** Longer for one record is a hang. */
const HANG_MS = 50

describe.each(FORMATS)('$name', (format) => {
  const create = (): Decoder => decoderOf(format.decoding, format.time)
  const wholeKey = format.key?.replace('$', '')

  it('reads what its own encoder wrote', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    const values = fc.record(
      Object.fromEntries(NAMES.map((name) => [name, fc.oneof(number, fc.integer(), fc.constant(null))])),
    )
    fc.assert(
      fc.property(values, (input) => {
        const decoder = create()
        // So that every field has been a number before: then null is a gap.
        const ones = Object.fromEntries(NAMES.map((name) => [name, 1]))
        samplesOf(decoder, format.write(ones), wholeKey)
        const found = samplesOf(decoder, format.write(input as Record<string, number | null>), wholeKey)
        const names = format.name === 'number' ? (['a'] as const) : NAMES
        const expected = names.map((name) => [format.series?.(name) ?? name, input[name] ?? NaN])
        expect((found as Decoded[]).map(([series, value]) => [series, value + 0])).toEqual(expected)
      }),
      { numRuns: 300, seed: SEED },
    )
  })

  it(
    `takes, passes over or rejects ${CASES} records of noise, and keeps nothing of them`,
    { timeout: 3_600_000 },
    () => {
      const random = generator(SEED)
      const decoder = create()
      const seeds = seedRecords(format)
      const counts = { taken: 0, passed: 0, rejected: 0 }
      const into = { sample: (ref: SeriesKeyRef, _time: number | null, value: number) => check(ref, value) }
      const heap: number[] = []
      const untouched = prototypes()
      const hangs: string[] = []
      for (let i = 0; i < CASES; i++) {
        if (i % Math.ceil(CASES / 5) === 0) heap.push(usedHeap())
        const { payload, key } = mutated(seeds, random, format.key)
        const started = performance.now()
        try {
          counts[decoder.decode(record(payload, key), into) ? 'taken' : 'passed'] += 1
        } catch (error) {
          if (!(error instanceof Rejected))
            throw new Error(`${Buffer.from(payload).toString('hex')} as ${key}: ${String(error)}`, { cause: error })
          counts.rejected += 1
        }
        if (FUZZING && performance.now() - started > HANG_MS && hangsAgain(create, payload, key))
          hangs.push(Buffer.from(payload).toString('hex'))
      }
      heap.push(usedHeap())
      expect(counts.rejected).toBeGreaterThan(0)
      expect(counts.taken).toBeGreaterThan(0)
      expect(hangs).toEqual([])
      expect(prototypes()).toEqual(untouched)
      // The first cases fill the caches of names.
      expect((heap.at(-1) as number) - (heap[2] as number)).toBeLessThan(10e6)
    },
  )
})

/** All own names of what everything inherits from. */
const prototypes = (): string[][] =>
  [Object, Array, Function, String, Number, Map, Uint8Array].map(({ prototype }) =>
    Object.getOwnPropertyNames(prototype),
  )

/** By itself: the machine may have done something else meanwhile. */
function hangsAgain(create: () => Decoder, payload: Uint8Array, key: string): boolean {
  return [1, 2, 3].every(() => {
    const decoder = create()
    const started = performance.now()
    try {
      decoder.decode(record(payload, key), { sample: () => undefined })
    } catch {
      // Rejected, as before.
    }
    return performance.now() - started > HANG_MS
  })
}

function check(ref: SeriesKeyRef, value: number): void {
  if (typeof value !== 'number' || Math.abs(value) === Infinity) throw new Error(`${ref.name} is ${String(value)}`)
  if (Object.values(ref.labels).some((label) => typeof label !== 'string')) throw new Error(`labels of ${ref.name}`)
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function usedHeap(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** xorshift32: the same records for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

function seedRecords({ write }: Format): Uint8Array[] {
  const nested = {
    list: [
      { id: 'x', v: 1 },
      { id: 2, v: [2, { x: null }] },
    ],
    on: true,
    t: 'text',
    __proto__x: { y: 1e300 },
  }
  const polluting = JSON.parse(
    '{"__proto__": {"polluted": 1, "a": 2}, "constructor": {"prototype": {"polluted": 1}}, "a": {"__proto__": {"b2": 3}}}',
  ) as object
  return [
    write({ a: 1, b2: -2.5, temp: 1e300, Ärger: null }),
    write({ a: 0, b2: 4294967296, temp: 2 ** 60, Ärger: 5 }),
    write({ a: -1, b2: 0.1, temp: 7, Ärger: 8 }),
    encodeCbor(nested),
    encodeMessagePack(nested),
    text(JSON.stringify(nested)),
    encodeCbor(polluting),
    encodeMessagePack(polluting),
    text(JSON.stringify(polluting)),
    text('{"a": 1, "a": 2, "b2": 1e999, "temp": 123456789012345678901234567890}'),
    text(`${'['.repeat(3000)}1${']'.repeat(3000)}`),
    Uint8Array.from({ length: 3000 }, () => 0x91),
    Uint8Array.from({ length: 3000 }, () => 0x81),
    text('m,t=a\\ b s="q\\"",v=1i,w=2u,x=t 1465839830100400200\n# c\nn v=1'),
    sparkplug({
      timestamp: 5,
      seq: 1,
      metrics: [
        { alias: 1, double: 2 },
        { alias: 99, int: 3 },
      ],
    }),
    sparkplug({ timestamp: 5, metrics: [{ name: 'bdSeq', datatype: 8, long: 0n }] }),
  ]
}

const TOPICS = [
  'NBIRTH/n',
  'NDATA/n',
  'NDEATH/n',
  'DBIRTH/n/d',
  'DDATA/n/d',
  'DDEATH/n/d',
  'NDATA/m',
  'NCMD/n',
  'XDATA/n',
  '',
]

/** Noise, or a record cut off, with bits flipped, bytes set to extremes, or pieces of another put in. */
function mutated(
  seeds: readonly Uint8Array[],
  random: (below: number) => number,
  topic: string | undefined,
): { payload: Uint8Array; key: string } {
  const key =
    topic === undefined ? ['', 'plant/a', '\uFFFF/__proto__'][random(3)] : `spBv1.0/g/${TOPICS[random(TOPICS.length)]}`
  const kind = random(6)
  if (kind === 0) return { payload: Uint8Array.from({ length: random(80) }, () => random(256)), key: key as string }
  // The records of the format itself more often than those of others.
  const payload = Uint8Array.from(seeds[random(2) === 0 ? random(3) : random(seeds.length)] as Uint8Array)
  if (kind === 1) return { payload: payload.subarray(0, random(payload.length + 1)), key: key as string }
  if (kind === 2) return { payload, key: key as string }
  for (let changes = 1 + random(4); changes > 0 && payload.length > 0; changes--) {
    const at = random(payload.length)
    if (kind === 3) payload[at] = (payload[at] as number) ^ (1 << random(8))
    else if (kind === 4)
      payload[at] = [0x00, 0xff, 0x7f, 0x80, 0xdd, 0xdf, 0x9f, 0xbf, 0x5b, 0x7b, 0x22, 0x0a][random(12)] as number
    else {
      const other = seeds[random(seeds.length)] as Uint8Array
      const from = random(other.length)
      payload.set(other.subarray(from, from + Math.min(12, payload.length - at)), at)
    }
  }
  return { payload, key: key as string }
}
