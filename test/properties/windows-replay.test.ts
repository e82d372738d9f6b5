/** The scanner of event lines against JSON.parse: what one rejects the other rejects, and what both read is equal. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonReader, type LineReader, type ReplayEvent } from '../../main/pipeline/replay-events'
import { ReplayKeys } from '../../main/pipeline/replay-keys'
import { NdjsonReader } from '../../main/pipeline/replay-ndjson'

const RUNS = 20_000

const digits = (most: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`))
/** Numbers in every form of JSON, and in forms that only look like it. */
const numeric = fc
  .tuple(
    fc.constantFrom('', '', '-', '+'),
    fc.oneof(digits(17), fc.constantFrom('0', '00', '1700000000000', '9007199254740993', '')),
    fc.oneof(
      fc.constant(''),
      digits(20).map((text) => `.${text}`),
      fc.constant('.'),
    ),
    fc.oneof(fc.constant(''), fc.constant(''), fc.constantFrom('e5', 'E-3', 'e+400', 'e', 'e-400')),
  )
  .map((parts) => parts.join(''))
const text = fc.oneof(
  fc.constantFrom('"s1"', '"s\\u0031"', '"a\\"b"', '"ü"', '""', '"a\tb"', '"\u007f"', "'s1'", '"\\x"'),
  fc.string({ maxLength: 6 }).map((each) => JSON.stringify(each)),
)
const space = fc.constantFrom('', '', '', ' ', '\t', '\r', '  ', '\v', '\u00a0')
const value = fc.oneof(numeric, numeric, text, fc.constantFrom('null', 'true', '{}', '[1]', 'NaN', '-Infinity', ''))
const field = fc.oneof(
  fc.tuple(fc.constant('"key"'), fc.oneof(text, text, value)),
  fc.tuple(fc.constant('"time"'), fc.oneof(numeric, value)),
  fc.tuple(fc.constant('"value"'), fc.oneof(numeric, value)),
  fc.tuple(fc.constantFrom('"partition"', '"labels"', '"k\\u0065y"', '"keys"', '"Key"', 'key', '"__proto__"'), value),
)
const written = fc
  .tuple(fc.array(fc.tuple(field, space, space), { minLength: 1, maxLength: 5 }), space, fc.boolean())
  .map(([fields, end, last]) => {
    const inner = fields.map(([[name, of], before, after]) => `${before}${name}${after}:${before}${of}${after}`)
    return `{${inner.join(',')}${last ? '' : ','}}${end}`
  })
const sound = fc
  .tuple(digits(3), fc.double(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map(([key, time, of]) => JSON.stringify({ key: `s${key}`, time, value: of }))
/** A sound line with one byte changed, put in or left out. */
const damaged = fc
  .tuple(sound, fc.nat(), fc.nat(255), fc.constantFrom('set', 'insert', 'delete'))
  .map(([line, where, byte, how]) => {
    const bytes = [...Buffer.from(line)]
    bytes.splice(where % bytes.length, how === 'insert' ? 0 : 1, ...(how === 'delete' ? [] : [byte]))
    return Buffer.from(bytes)
  })

const utf8 = (lines: fc.Arbitrary<string>): fc.Arbitrary<Buffer> => lines.map((line) => Buffer.from(line))

/** What a reader makes of a line that lies between others. */
function read(reader: LineReader, keys: ReplayKeys, line: Uint8Array): object | null {
  const bytes = Buffer.concat([Buffer.from('{"key":1}\n'), line, Buffer.from('\n,"value":1}')])
  const event: ReplayEvent = { series: -1, time: NaN, value: NaN, partition: '' }
  if (!reader.read(bytes, 10, 10 + line.length, event)) return null
  const { series, time, value: of, partition } = event
  return { key: keys.text(series), time, value: of, partition }
}

test('the scanner reads a line as JSON.parse does, or not at all', () => {
  const keys = new ReplayKeys([])
  const slow = new JsonReader(keys)
  const fast = new NdjsonReader(keys, slow)
  let accepted = 0
  const lines = fc.oneof(utf8(written), utf8(sound), damaged)
  fc.assert(
    fc.property(lines, (line) => {
      const expected = read(slow, keys, line)
      if (expected !== null) accepted++
      expect(read(fast, keys, line)).toStrictEqual(expected)
    }),
    { numRuns: RUNS },
  )
  expect(accepted).toBeGreaterThan(RUNS / 10)
})

test('a line that is no JSON is no event', () => {
  const keys = new ReplayKeys([])
  const fast = new NdjsonReader(keys, new JsonReader(keys))
  fc.assert(
    fc.property(fc.oneof(utf8(written), damaged), (line) => {
      let json = true
      try {
        JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line))
      } catch {
        json = false
      }
      if (!json) expect(read(fast, keys, line)).toBeNull()
    }),
    { numRuns: RUNS },
  )
})
