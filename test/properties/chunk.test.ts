/** The chunk format is for good: every sample comes back bit for bit, and no damage does more than throw. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from '../../main/store/bytes'
import { decodeChunk, encodeChunk } from '../../main/store/chunk/chunk'
import { ChunkError, MAX_CHUNK_SAMPLES, MAX_DISTANCE, MAX_INTEGER } from '../../main/store/chunk/contracts'
import { INTEGER_CODECS, readIntegers, writeIntegers } from '../../main/store/chunk/integers'
import { PREDICTORS } from '../../main/store/chunk/predictors'
import { readResiduals } from '../../main/store/chunk/residual-decoder'
import { writeResiduals } from '../../main/store/chunk/residual-encoder'
import { VALUE_CODECS } from '../../main/store/chunk/values'

const LIMIT_US = 2 ** 42 * 1000
const FILL = 12345.678

// ---- columns as sensors make them, and as nobody does

const anyDouble = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, Infinity, -Infinity, 0.1),
)
const seedOf = fc.integer({ min: 1, max: 2 ** 31 - 1 })

function noise(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32
}

/** A walk, a wave, a level or steps, with noise, rounded to digits, as a double or a 32-bit float. */
const signal = fc
  .record({
    seed: seedOf,
    n: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3000 })),
    digits: fc.integer({ min: 0, max: 15 }),
    shape: fc.constantFrom('walk', 'wave', 'level', 'steps', 'counter'),
    scale: fc.constantFrom(1e-9, 1e-3, 1, 5, 1e3, 1e9),
    noisy: fc.constantFrom(0, 0.001, 0.1, 1),
    single: fc.boolean(),
    spoiled: fc.boolean(),
  })
  .map(({ seed, n, digits, shape, scale, noisy, single, spoiled }) => {
    const random = noise(seed)
    let walk = 0
    const values = Float64Array.from({ length: n }, (_, i) => {
      walk += random() - 0.5
      const at = { walk, wave: Math.sin(i / 40), level: 1, steps: Math.floor(i / 50) % 3, counter: i }[shape]
      const decimal = Number((scale * (at + noisy * random())).toFixed(digits))
      // Arithmetic leaves decimals a few units in the last place off.
      const value = spoiled && random() < 0.2 ? (decimal * 3) / 3 + decimal * 2 ** -52 : decimal
      return single ? Math.fround(value) : value
    })
    return values
  })
const wholes = (most: number, least = -most) =>
  fc.oneof(fc.integer({ min: -3, max: 300 }), fc.maxSafeInteger()).map((x) => Math.max(least, Math.min(most, x)))
const arrays = fc.oneof(
  signal,
  fc.array(anyDouble, { maxLength: 200 }).map((values) => Float64Array.from(values)),
  fc
    .tuple(fc.array(anyDouble, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 300 }))
    .map(([few, picks]) => Float64Array.from(picks, (pick) => few[pick % few.length] as number)),
)
const integers = fc
  .oneof(
    fc.array(wholes(MAX_INTEGER), { maxLength: 200 }).map((column) => Float64Array.from(column)),
    signal.map((values) => values.map((x) => Math.max(-MAX_INTEGER, Math.min(MAX_INTEGER, Math.round(x * 1000))))),
    fc
      .record({ first: fc.integer(), step: fc.integer(), n: fc.nat(200) })
      .map(({ first, step, n }) => Float64Array.from({ length: n }, (_, i) => first + step * i)),
  )
  .map((column) => column.map((x) => x + 0))

/** Times in whole microseconds: regular, jittered, with holes, repeated, backward, anywhere. */
const micros = (n: number) =>
  fc.oneof(
    fc
      .record({
        seed: seedOf,
        start: fc.integer({ min: -LIMIT_US / 2, max: LIMIT_US / 2 }),
        step: fc.constantFrom(0, 1, 1000, 1_000_000, 300_000_000, -1_000_000),
        jitter: fc.constantFrom(0, 3, 20_000, 5_000_000),
        holes: fc.constantFrom(0, 0.02),
      })
      .map(({ seed, start, step, jitter, holes }) => {
        const random = noise(seed)
        let at = start
        return Array.from({ length: n }, () => {
          at += random() < holes ? step * 7 : step
          return at + Math.floor(jitter * random())
        })
      }),
    fc.array(
      fc.oneof(
        fc.integer({ min: -LIMIT_US, max: LIMIT_US }),
        fc.constantFrom(0, LIMIT_US, -LIMIT_US, 1_700_000_000_000_000),
      ),
      { minLength: n, maxLength: n },
    ),
  )

const chunk = fc
  .record({ values: arrays, gaps: fc.constantFrom(0, 0, 0.05, 0.6, 1), seed: seedOf })
  .chain(({ values, gaps, seed }) => {
    const random = noise(seed)
    const withGaps = values.map((value) => (random() < gaps ? NaN : value))
    return micros(values.length).map((us) => ({ times: Float64Array.from(us, (t) => t / 1000), values: withGaps }))
  })

const room = (n = MAX_CHUNK_SAMPLES) => ({
  times: new Float64Array(n).fill(FILL),
  values: new Float64Array(n).fill(FILL),
})
const bits = (column: Float64Array): BigUint64Array => new BigUint64Array(column.slice().buffer)

function firstDifference(a: Float64Array, b: Float64Array): number {
  const [left, right] = [bits(a), bits(b)]
  return left.findIndex((x, i) => x !== right[i])
}

describe('a chunk', () => {
  it('comes back bit for bit and leaves the rest of the columns alone', () => {
    const into = room(4096)
    fc.assert(
      fc.property(chunk, ({ times, values }) => {
        const n = times.length
        expect(decodeChunk(encodeChunk(times, values, 0, n), into)).toBe(n)
        expect(firstDifference(times, into.times.subarray(0, n))).toBe(-1)
        expect(firstDifference(values, into.values.subarray(0, n))).toBe(-1)
        expect([into.times.at(-1), into.values.at(-1)]).toEqual([FILL, FILL])
      }),
      { numRuns: 400 },
    )
  })

  it('is made of the samples [from, to) alone', () => {
    fc.assert(
      fc.property(chunk, fc.nat(), fc.nat(), ({ times, values }, a, b) => {
        const [from = 0, to = 0] = [a % (times.length + 1), b % (times.length + 1)].sort((x, y) => x - y)
        const part = encodeChunk(times, values, from, to)
        expect(part).toEqual(encodeChunk(times.slice(from, to), values.slice(from, to), 0, to - from))
      }),
    )
  })

  it('is refused when cut short, with a byte after its end, or without room for it', () => {
    const into = room(4096)
    fc.assert(
      fc.property(chunk, fc.nat(), ({ times, values }, cut) => {
        const bytes = encodeChunk(times, values, 0, times.length)
        expect(() => decodeChunk(bytes.subarray(0, cut % bytes.length), into)).toThrow(ChunkError)
        expect(() => decodeChunk(Uint8Array.of(...bytes, 0), into)).toThrow(ChunkError)
        if (times.length > 0) expect(() => decodeChunk(bytes, room(times.length - 1))).toThrow(ChunkError)
      }),
    )
  })

  it('with flipped bits is refused or read as some samples that fit, quickly', () => {
    const into = room()
    fc.assert(
      fc.property(chunk, fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 4 }), (samples, flips) => {
        const bytes = encodeChunk(samples.times, samples.values, 0, samples.times.length)
        for (const [at, bit] of flips) bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ (1 << bit)
        survives(bytes, into)
      }),
      { numRuns: 1000 },
    )
  })

  it('made of random bytes is refused or read as some samples that fit, quickly', () => {
    const into = room()
    const head = fc.constantFrom([1, 5], [1, 0x80, 0x20], [1, 2, 0, 0, 0, 0, 0], [1, 40, 2, 0, 1, 4, 7, 30], [])
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 400 }), (start, rest) =>
        survives(Uint8Array.of(...start, ...rest), into),
      ),
      { numRuns: 3000 },
    )
  })
})

function survives(bytes: Uint8Array, into: { times: Float64Array; values: Float64Array }): void {
  try {
    const n = decodeChunk(bytes, into)
    expect(n).toBeLessThanOrEqual(into.times.length)
    for (let i = 0; i < n; i++)
      if (!(Math.abs(into.times[i] as number) <= 2 ** 42)) throw new Error('a time out of range')
  } catch (error) {
    expect(error).toBeInstanceOf(ChunkError)
  }
}

// ---- one body for every codec of a table

function returns(
  encode: (out: ByteWriter) => boolean | void,
  decode: (reader: ByteReader, column: Float64Array) => void,
  column: Float64Array,
): void {
  const out = new ByteWriter(16)
  if (encode(out) === false) return
  const reader = new ByteReader(out.take())
  const back = new Float64Array(column.length)
  decode(reader, back)
  expect(reader.done).toBe(true)
  expect(firstDifference(column, back)).toBe(-1)
}

describe.each(INTEGER_CODECS)('the codec of integers $name', (codec) => {
  it('returns what it takes', () => {
    fc.assert(
      fc.property(integers, (column) => {
        const least = column.reduce((a, b) => Math.min(a, b), MAX_INTEGER)
        const numbers = column.map((x) => x - least)
        const most = numbers.reduce((a, b) => Math.max(a, b), 0)
        returns(
          (out) => codec.encode(numbers, numbers.length, most, Infinity, out),
          (reader, back) => codec.decode(reader, back, back.length),
          numbers,
        )
      }),
      { numRuns: 300 },
    )
  })

  it('has its place in the table as its number', () => expect(INTEGER_CODECS[codec.id]).toBe(codec))
})

describe.each(VALUE_CODECS)('the codec of values $name', (codec) => {
  it('returns what it takes', () => {
    fc.assert(
      fc.property(arrays, (values) =>
        returns(
          (out) => codec.encode(values, values.length, out),
          (reader, back) => codec.decode(reader, back, back.length),
          values,
        ),
      ),
      { numRuns: 300 },
    )
  })

  it('has its place in the table as its number', () => expect(VALUE_CODECS[codec.id]).toBe(codec))
})

describe.each(PREDICTORS)('the predictor $name', (predictor) => {
  it('restores what it predicted', () => {
    fc.assert(
      fc.property(integers, wholes(MAX_DISTANCE, 0), (column, parameter) => {
        const least = column.reduce((a, b) => Math.min(a, b), MAX_INTEGER)
        const numbers = column.map((x) => x - least)
        for (const choice of new Set([...predictor.parameters(parameter, parameter), ...predictor.parameters(0, 0)])) {
          const residuals = new Float64Array(numbers.length)
          predictor.predict(numbers, 0, numbers.length, choice, residuals)
          predictor.restore(residuals, numbers.length, choice)
          expect(firstDifference(numbers, residuals)).toBe(-1)
        }
      }),
    )
  })

  it('has its place in the table as its number', () => expect(PREDICTORS[predictor.id]).toBe(predictor))
})

it('columns of integers come back with their unit', () => {
  fc.assert(
    fc.property(integers, fc.constantFrom(1, 25, 625, 1_000_000), (column, unit) => {
      const scaled = column.map((x) => (Math.abs(x * unit) <= MAX_INTEGER ? x * unit : x))
      returns(
        (out) => writeIntegers(scaled, scaled.length, out),
        (reader, back) => readIntegers(reader, back, back.length),
        scaled,
      )
    }),
  )
})

it('residuals of every size come back', () => {
  const residual = fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.maxSafeInteger(),
    fc.constantFrom(MAX_DISTANCE, -MAX_DISTANCE),
  )
  fc.assert(
    fc.property(fc.array(residual, { maxLength: 500 }), (column) => {
      const residuals = Float64Array.from(column, (x) => x + 0)
      returns(
        (out) => writeResiduals(residuals, residuals.length, out),
        (reader, back) => readResiduals(reader, back, back.length),
        residuals,
      )
    }),
    { numRuns: 300 },
  )
})
