/** MessagePack and CBOR: the examples of their specifications, and records made to do harm. */
import { decode as decodeMessagePack, Decoder as Unpacker } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { parseCbor } from '../../../main/decoding/cbor'
import { MarkedTime } from '../../../main/decoding/event-time'
import { Extensions, unpack } from '../../../main/decoding/messagepack'
import { bytes, decoderOf, reasonOf, samplesOf } from './samples'

const parseMessagePack = (payload: Uint8Array): unknown =>
  unpack(new Unpacker({ extensionCodec: new Extensions(), useBigInt64: true }), payload)

describe('MessagePack', () => {
  const decoder = () => decoderOf({ format: 'messagepack' })

  it('reads the example of msgpack.org', () => {
    // {"compact": true, "schema": 0}
    const record = bytes('82 a7 63 6f 6d 70 61 63 74 c3 a6 73 63 68 65 6d 61 00')
    expect(samplesOf(decoder(), record)).toEqual([['schema', 0, null]])
    expect(samplesOf(decoderOf({ format: 'messagepack', booleans: true }), record)).toEqual([
      ['compact', 1, null],
      ['schema', 0, null],
    ])
  })

  it.each([
    ['7f', 127],
    ['e0', -32],
    ['cc ff', 255],
    ['cd ff ff', 65535],
    ['ce ff ff ff ff', 4294967295],
    ['cf 00 20 00 00 00 00 00 00', 2n ** 53n],
    ['cf ff ff ff ff ff ff ff ff', 2n ** 64n - 1n],
    ['d0 80', -128],
    ['d1 80 00', -32768],
    ['d2 80 00 00 00', -2147483648],
    ['d3 80 00 00 00 00 00 00 00', -(2n ** 63n)],
    ['ca 3f c0 00 00', 1.5],
    ['cb 40 35 80 00 00 00 00 00', 21.5],
    ['c0', null],
    ['c2', false],
    ['a3 e6 b8 a9', '温'],
    ['d9 01 61', 'a'],
    ['da 00 01 61', 'a'],
    ['db 00 00 00 01 61', 'a'],
    ['c4 02 00 ff', bytes('00ff')],
    ['c5 0001 07', bytes('07')],
    ['c6 00000001 07', bytes('07')],
    ['93 01 02 03', [1, 2, 3]],
    ['dc 0001 05', [5]],
    ['dd 00000001 05', [5]],
    ['de 0001 a1 61 05', { a: 5 }],
    ['df 00000001 a1 61 05', { a: 5 }],
    ['81 05 06', { 5: 6 }],
    ['d4 05 00', undefined],
    ['c7 03 05 00 00 00', undefined],
    ['d6 ff 00 00 00 01', new MarkedTime(1000)],
    ['d7 ff 77 35 94 00 00 00 00 01', new MarkedTime(1500)],
    ['c7 0c ff 00 00 00 00 ff ff ff ff ff ff ff ff', new MarkedTime(-1000)],
  ])('reads %s', (hex, value) => {
    expect(parseMessagePack(bytes(hex))).toEqual(value)
  })

  it('takes its own timestamps as times, whatever the configured unit; nanoseconds keep their microseconds', () => {
    const marked = decoderOf({ format: 'messagepack' }, { field: 't', format: 's' })
    expect(samplesOf(marked, bytes('82 a1 74 d6 ff 00 00 00 02 a1 76 01'))).toEqual([['v', 1, 2000]])
    const ns = decoderOf({ format: 'messagepack' }, { field: 't', format: 'ns' })
    // 1465839830100400200 ns
    expect(samplesOf(ns, bytes('82 a1 74 cf 14 57 b5 8f 22 c0 d8 48 a1 76 01'))).toEqual([['v', 1, 1465839830100.4]])
  })

  it('walks paths and labels as JSON does', () => {
    const paths = decoderOf({
      format: 'messagepack',
      fields: [{ path: 's[*].v' }],
      labels: [{ name: 'id', path: 's[*].i' }],
    })
    // {"s": [{"i": "a", "v": 1.5}, {"i": 2, "v": nil}]}
    const record = bytes('81 a1 73 92 82 a1 69 a1 61 a1 76 cb 3ff8000000000000 82 a1 69 02 a1 76 c0')
    expect(samplesOf(paths, record)).toEqual([
      ['s.v{id="a"}', 1.5, null],
      ['s.v{id="2"}', NaN, null],
    ])
  })

  it.each([
    ['nothing', '', 'not MessagePack: the record of 0 bytes ends within a value'],
    ['four billion elements', 'dd ff ff ff ff', 'not MessagePack: the record of 5 bytes ends within a value'],
    ['four billion members', 'df ff ff ff ff', 'not MessagePack: the record of 5 bytes ends within a value'],
    ['a text of four billion', 'db ff ff ff ff', 'not MessagePack: the record of 5 bytes ends within a value'],
    ['bytes of four billion', 'c6 ff ff ff ff', 'not MessagePack: the record of 5 bytes ends within a value'],
    ['an extension of four billion', 'c9 ff ff ff ff 01', 'not MessagePack: the record of 6 bytes ends within a value'],
    ['a number cut off', 'cb 40 35', 'not MessagePack: the record of 3 bytes ends within a value'],
    ['the byte that is never used', '92 01 c1', 'not MessagePack: byte 2 is 0xc1'],
    ['a second value', '01 02', 'not MessagePack: 1 bytes follow its end'],
    ['a text that is not UTF-8', '81 a2 c3 28 01', 'a text in the record is not UTF-8 (byte 2)'],
    [
      'a member of the prototype',
      '81 a9 5f5f70726f746f5f5f 81 a1 78 01',
      'not MessagePack: The key __proto__ is not allowed',
    ],
    ['a list as a name', '81 90 01', 'not MessagePack: The type of key must be string or number but object'],
    ['65 lists in each other', '91'.repeat(65) + '01', 'nested deeper than 64 levels'],
  ])('refuses %s', (_what, hex, reason) => {
    expect(reasonOf(decoder(), bytes(hex))).toBe(reason)
  })

  it('takes 64 lists in each other', () => {
    expect(samplesOf(decoder(), bytes('91'.repeat(64) + '01'))).toHaveLength(1)
  })

  it('refuses before it allocates: lists that each claim a million elements', () => {
    const hostile = new Uint8Array(1 << 20).fill(0xc0)
    for (let i = 0; i < 64; i++) hostile.set([0xdd, 0x00, 0x0f, 0x00, 0x00], i * 5)
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 10; i++) expect(reasonOf(decoder(), hostile)).toBe('more than 65536 values in a record')
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(16e6)
    // What the look over is for: the library alone would take all of it.
    expect(() => decodeMessagePack(bytes('c1'))).toThrow('Unrecognized')
  })
})

describe('CBOR', () => {
  // RFC 8949, Appendix A
  it.each([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1000000],
    ['1b000000e8d4a51000', 1000000000000],
    ['1bffffffffffffffff', 18446744073709551615n],
    ['c249010000000000000000', 18446744073709551616n],
    ['3bffffffffffffffff', -18446744073709551616n],
    ['c349010000000000000000', -18446744073709551617n],
    ['20', -1],
    ['3903e7', -1000],
    ['f90000', 0],
    ['f98000', -0],
    ['f93c00', 1],
    ['fb3ff199999999999a', 1.1],
    ['f93e00', 1.5],
    ['f97bff', 65504],
    ['fa47c35000', 100000],
    ['fa7f7fffff', 3.4028234663852886e38],
    ['fb7e37e43c8800759c', 1e300],
    ['f90001', 5.960464477539063e-8],
    ['f90400', 0.00006103515625],
    ['f9c400', -4],
    ['fbc010666666666666', -4.1],
    ['f97c00', Infinity],
    ['f97e00', NaN],
    ['f9fc00', -Infinity],
    ['fa7f800000', Infinity],
    ['fb7ff8000000000000', NaN],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['f7', undefined],
    ['c074323031332d30332d32315432303a30343a30305a', new MarkedTime(1363896240000)],
    ['c11a514b67b0', new MarkedTime(1363896240000)],
    ['c1fb41d452d9ec200000', new MarkedTime(1363896240500)],
    ['d74401020304', bytes('01020304')],
    ['d818456449455446', bytes('6449455446')],
    ['d82076687474703a2f2f7777772e6578616d706c652e636f6d', 'http://www.example.com'],
    ['40', bytes('')],
    ['4401020304', bytes('01020304')],
    ['60', ''],
    ['6161', 'a'],
    ['62225c', '"\\'],
    ['62c3bc', 'ü'],
    ['63e6b0b4', '水'],
    ['64f0908591', '\u{10151}'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, i) => i + 1)],
    ['a0', new Map()],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
    ['826161a161626163', ['a', new Map([['b', 'c']])]],
    ['9fff', []],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['9f01820203820405ff', [1, [2, 3], [4, 5]]],
    ['83018202039f0405ff', [1, [2, 3], [4, 5]]],
    ['83019f0203ff820405', [1, [2, 3], [4, 5]]],
    [
      'bf61610161629f0203ffff',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
    ['826161bf61626163ff', ['a', new Map([['b', 'c']])]],
    [
      'bf6346756ef563416d7421ff',
      new Map<string, unknown>([
        ['Fun', true],
        ['Amt', -2],
      ]),
    ],
    // 3.4.4: 273.15 and 1.5; 3.4.6: the mark of CBOR itself
    ['c48221196ab3', 273.15],
    ['c5822003', 1.5],
    ['d9d9f7 05', 5],
  ])('reads %s', (hex, value) => {
    expect(parseCbor(bytes(hex))).toEqual(value)
  })

  it('takes numbers as names, as SenML has them (RFC 8428, 6)', () => {
    // [{-2: "urn:dev:a", -3: 1276020076, 0: "temp", 1: "Cel", 2: 23.1}]
    const record = bytes(
      '81 a5 21 69 75726e3a6465763a61 22 1a4c0e856c 00 64 74656d70 01 63 43656c 02 fb 403719999999999a',
    )
    const decoder = decoderOf(
      { format: 'cbor', fields: [{ path: '$[*].2' }], labels: [{ name: 'name', path: '[*].0' }] },
      { field: '[*].-3', format: 's' },
    )
    expect(samplesOf(decoder, record)).toEqual([['2{name="temp"}', 23.1, 1276020076000]])
  })

  it('has gaps: NaN, Infinity, null; bytes and marked times are no readings', () => {
    const decoder = decoderOf({ format: 'cbor' })
    expect(samplesOf(decoder, bytes('a4 6161 f97e00 6162 f97c00 6163 4401020304 6164 c11a514b67b0'))).toEqual([
      ['a', NaN, null],
      ['b', NaN, null],
    ])
    expect(samplesOf(decoder, bytes('a1 6161 f6'))).toEqual([['a', NaN, null]])
    expect(samplesOf(decoder, bytes('a1 6161 1bffffffffffffffff'))).toEqual([['a', 2 ** 64, null]])
  })

  it.each([
    ['nothing', '', 'not CBOR: the record of 0 bytes ends within a value'],
    ['2⁶⁴ elements', '9b ff ff ff ff ff ff ff ff', 'not CBOR: the record of 9 bytes ends within a value'],
    ['2⁶⁴ members', 'bb ff ff ff ff ff ff ff ff', 'not CBOR: the record of 9 bytes ends within a value'],
    ['a text of 4 GB', '7a ff ff ff ff', 'not CBOR: the record of 5 bytes ends within a value'],
    ['endless nesting', '9f'.repeat(1000), 'nested deeper than 64 levels'],
    ['tags on tags', 'c6'.repeat(1000) + '01', 'nested deeper than 64 levels'],
    ['a list without its end', '9f 01', 'not CBOR: the record of 2 bytes ends within a value'],
    ['an end without its list', 'ff', 'not CBOR: nothing ends at byte 0'],
    ['an end where a value should be', 'bf 61 61 ff', 'not CBOR: nothing ends at byte 3'],
    ['an end in a list of known length', '82 01 ff', 'not CBOR: nothing ends at byte 2'],
    ['a second value', '01 02', 'not CBOR: 1 bytes follow its end'],
    ['a head that is reserved', '1c', 'not CBOR: byte 0 is 0x1c'],
    ['a text that is not UTF-8', '62 c3 28', 'a text in the record is not UTF-8 (byte 1)'],
    ['texts in pieces', '7f 61 61 ff', 'texts in pieces are not read (CBOR, byte 0)'],
    ['a time that is none', 'c0 61 61', 'a time in the record is none: "a"'],
    ['a fraction that is none', 'c4 82 61 61 01', 'a fraction in the record is none: ["a",1]'],
  ])('refuses %s', (_what, hex, reason) => {
    expect(reasonOf(decoderOf({ format: 'cbor' }), bytes(hex))).toBe(reason)
  })

  it('spends no time on a number of a million digits', () => {
    const long = new Uint8Array(1 << 20).fill(0xff)
    long.set(bytes('c2 5a 00 0f ff fa'))
    expect(samplesOf(decoderOf({ format: 'cbor' }), long)).toEqual([['value', NaN, null]])
  })

  it('touches no prototype', () => {
    expect(samplesOf(decoderOf({ format: 'cbor' }), bytes('a1 69 5f5f70726f746f5f5f a1 6178 01'))).toEqual([
      ['__proto__.x', 1, null],
    ])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})
