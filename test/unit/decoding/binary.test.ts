import { describe, expect, it } from 'vitest'
import { bytes, decoderOf, reasonOf, samplesOf } from './samples'
import type { DecodingInput } from './samples'

type Layout = NonNullable<DecodingInput['layout']>
const binary = (layout: Layout, more: DecodingInput = {}, time = {}) =>
  decoderOf({ format: 'binary', layout, ...more }, time)
const value = (field: Omit<Layout['fields'][number], 'name'>, hex: string): number | undefined =>
  (samplesOf(binary({ fields: [{ name: 'v', ...field }] }), bytes(hex))[0] as [string, number] | undefined)?.[1]

describe('a fixed layout', () => {
  it.each([
    ['u8', 'little', 'ff', 255],
    ['i8', 'little', 'ff', -1],
    ['u16', 'little', '0102', 0x0201],
    ['u16', 'big', '0102', 0x0102],
    ['i16', 'big', 'fffe', -2],
    ['u32', 'little', '01020304', 0x04030201],
    ['u32', 'big', 'ffffffff', 4294967295],
    ['i32', 'big', '80000000', -2147483648],
    ['u64', 'little', '0000000000002000', 2 ** 53],
    ['u64', 'big', 'ffffffffffffffff', 2 ** 64],
    ['i64', 'big', 'fffffffffffffffb', -5],
    ['f32', 'big', '3fc00000', 1.5],
    ['f32', 'little', '0000c03f', 1.5],
    ['f64', 'big', '4035800000000000', 21.5],
    ['f32', 'big', '7fc00000', NaN],
    ['f64', 'big', '7ff0000000000000', NaN],
  ] as const)('reads %s, %s endian: %s', (type, endian, hex, expected) => {
    expect(value({ at: 0, type, endian }, hex)).toBe(expected)
  })

  it('scales and adds, and keeps the digits of tenths', () => {
    expect(value({ at: 0, type: 'u8', scale: 0.1 }, '03')).toBe(0.3)
    expect(value({ at: 0, type: 'i16', scale: 0.01, endian: 'big' }, 'ff85')).toBe(-1.23)
    expect(value({ at: 0, type: 'u8', scale: -0.5, add: 10 }, '03')).toBe(8.5)
    expect(value({ at: 0, type: 'u8', scale: 3, add: -40 }, '0a')).toBe(-10)
    expect(value({ at: 0, type: 'u8', scale: 0 }, '0a')).toBe(0)
  })

  it('has a raw number for no reading', () => {
    expect(value({ at: 0, type: 'i16', endian: 'big', scale: 0.1, gap: -32768 }, '8000')).toBeNaN()
  })

  const layout: Layout = {
    length: 12,
    fields: [
      { name: 'time', at: 0, type: 'u32' },
      { name: 'temperature', at: 4, type: 'i16', scale: 0.1 },
      { name: 'humidity', at: 6, type: 'u8' },
    ],
  }
  const record = bytes('00 f1 53 65 | d7 00 | 37 | 00 00 00 00 00')

  it('has its time, other fields by name, labels from the topic', () => {
    const decoder = binary(layout, { topicTemplate: 'plant/{device}' }, { field: 'time', format: 's' })
    expect(samplesOf(decoder, record, 'plant/p1')).toEqual([
      ['temperature{device="p1"}', 21.5, 0x6553f100 * 1000],
      ['humidity{device="p1"}', 55, 0x6553f100 * 1000],
    ])
    const chosen = binary(layout, { fields: [{ path: 'humidity', unit: '%' }] })
    expect(samplesOf(chosen, record)).toEqual([['humidity', 55, null]])
  })

  it('reads nanoseconds of 64 bits to the microsecond', () => {
    const fields = [
      { name: 't', at: 0, type: 'u64' as const, endian: 'big' as const },
      { name: 'v', at: 8, type: 'u8' as const },
    ]
    const decoder = binary({ fields }, {}, { field: 't', format: 'ns' })
    expect(samplesOf(decoder, bytes('1457b58f22c0d848 01'))).toEqual([['v', 1, 1465839830100.4]])
  })

  it('reads a record that begins anywhere in a larger buffer', () => {
    const larger = bytes('ffffff 0102 ff')
    const decoder = binary({ fields: [{ name: 'v', at: 0, type: 'u16', endian: 'big' }] })
    expect(samplesOf(decoder, larger.subarray(3, 5))).toEqual([['v', 0x0102, null]])
  })

  it('refuses records of another length', () => {
    expect(reasonOf(binary(layout), record.subarray(0, 11))).toBe('the record has 11 bytes, not 12')
    expect(reasonOf(binary(layout), new Uint8Array(13))).toBe('the record has 13 bytes, not 12')
    expect(reasonOf(binary({ fields: layout.fields }), record)).toBe('the record has 12 bytes, not 7')
    expect(reasonOf(binary(layout), '')).toBe('the record has 0 bytes, not 12')
  })

  it('says what is wrong with the settings', () => {
    expect(() => decoderOf({ format: 'binary' })).toThrow('needs its layout')
    expect(() => binary({ ...layout, length: 6 })).toThrow('the fields of the layout need 7 bytes, a record has 6')
    expect(() => binary(layout, { fields: [{ path: 'x' }] })).toThrow(
      'there is no field x in the layout; there are time, temperature, humidity',
    )
    expect(() => binary(layout, {}, { field: 'time', format: 'iso' })).toThrow('choose its unit')
  })
})
