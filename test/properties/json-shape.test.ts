/** Records of a known shape are read from their bytes: the samples are those of a decoder that has seen no shape. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shapeOf, ShapeReader } from '../../main/decoding/json-shape'
import type { DecodingInput, TimeInput } from '../unit/decoding/samples'
import { decoderOf, reasonOf, samplesOf } from '../unit/decoding/samples'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const settings: readonly (readonly [DecodingInput, TimeInput])[] = [
  [{}, {}],
  [{ labels: [{ name: 'device', path: 'id' }] }, { field: 't' }],
  [{ labels: [{ name: 'device', path: 'm.n' }] }, {}],
  [{ fields: [{ path: '$.m.v' }, { path: 'v', unit: 'K' }, { path: 'm.n' }] }, { field: 't', format: 'us' }],
  [{ fields: [{ path: '*.v' }], labels: [{ name: 'part', path: '*~' }] }, {}],
]

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 20 })).map(([n, d]) => n.toFixed(d)),
  fc.constantFrom(
    '1e400',
    '-0',
    '0',
    '-',
    '01',
    '1.',
    '.5',
    '+1',
    '9007199254740993',
    '1E5',
    'NaN',
    '0.30000000000000004',
  ),
)
const value = fc.oneof(
  { weight: 6, arbitrary: number },
  fc.constantFrom('"x"', '"\\u0041"', '"Ä"', '"\t"', 'true', 'null', '{}', '[1,2]', '{"v":1}', '"21"', '""'),
)
const id = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('"p1"', '"p2"', '7') }, value)
const time = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 2 ** 40 }).map(String) }, value)
/** The names of some come in another order, twice, or as indexes. */
const record = fc.tuple(id, time, value, value, value, fc.nat(9)).map(([i, t, v, n, w, form]) => {
  if (form === 0) return `{"v":${v},"v":${n},"t":${t},"id":${i}}`
  if (form === 1) return `{"v":${v},"1":${n},"0":${w},"t":${t},"id":${i}}`
  if (form === 2) return `{ "id": ${i}, "t":${t}, "m" : {"v": ${v}, "n":${n}}, "v":${w} }`
  if (form === 3) return `{"__proto__":{"v":${v}},"t":${t},"id":${i}}x`
  return `{"id":${i},"t":${t},"v":${v},"m":{"v":${w},"n":${n}}}`
})

it('are decoded and rejected as if each were the first', () => {
  fc.assert(
    fc.property(fc.constantFrom(...settings), fc.array(record, { maxLength: 80 }), ([decoding, timing], records) => {
      const seasoned = decoderOf(decoding, timing)
      for (const text of records) {
        const expected = reasonOf(decoderOf(decoding, timing), text)
        // A null is a gap only to a decoder that knows the field.
        if (text.includes('null')) {
          reasonOf(seasoned, text)
          continue
        }
        expect(reasonOf(seasoned, text)).toBe(expected)
        if (expected === '') expect(samplesOf(seasoned, text)).toEqual(samplesOf(decoderOf(decoding, timing), text))
      }
    }),
    { numRuns: 300, seed: 1 },
  )
})

it('are numbers as JSON.parse reads them, or left to it', () => {
  const shape = shapeOf(bytes('{"a":1}'))
  const reader = new ShapeReader()
  let read = 0
  fc.assert(
    fc.property(number, (text) => {
      if (shape === null || !reader.match(shape, bytes(`{"a":${text}}`))) return
      read += 1
      expect(reader.numbers[0]).toBe(JSON.parse(text))
    }),
    { numRuns: 5000, seed: 1 },
  )
  expect(read).toBeGreaterThan(2000)
})

it.each([
  '[1]',
  '1',
  '{"a":[1]}',
  '{"a":null}',
  '{"a":1,"a":2}',
  '{"a":{"b":1},"a":2}',
  '{"\\u0061":1}',
  '{"7":1}',
  '{"Ä":1}',
])('are not those of %s', (text) => expect(shapeOf(bytes(text))).toBeNull())

it('differ by the least byte', () => {
  const shape = shapeOf(bytes('{"a":1,"b":{"c":"x","d":true}}'))
  if (shape === null) throw new Error('no shape')
  const matches = (text: string): boolean => new ShapeReader().match(shape, bytes(text))
  expect(matches('{"a":-2.5,"b":{"c":"","d":true}}')).toBe(true)
  for (const text of [
    '{"a":1,"b":{"c":"x","d":true}',
    '{"a":1,"b":{"c":"x","d":true}} ',
    '{"a":1,"b":{"c":"x","d":false}}',
    '{"a":,"b":{"c":"x","d":true}}',
    '{"a":1e3,"b":{"c":"x","d":true}}',
    '{"a":1,"b":{"c":"\\n","d":true}}',
  ])
    expect(matches(text)).toBe(false)
})
