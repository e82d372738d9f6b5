/** Records of 1 MiB, the largest that a source lets through, made to take as much time as they can. */
import { expect, it } from 'vitest'
import { sparkplug } from '../../fixtures/decoding/sparkplug'
import { decoderOf, reasonOf } from './samples'
import type { DecodingInput } from './samples'

const MIB = 1 << 20
const filled = (head: readonly number[], byte: number): Uint8Array => {
  const payload = new Uint8Array(MIB).fill(byte)
  payload.set(head)
  return payload
}
const many = (count: number, of: (i: number) => string, between = ','): string =>
  Array.from({ length: count }, (_, i) => of(i)).join(between)

const values = 'more than 65536 values in a record'
it.each<[string, DecodingInput, Uint8Array | string, string]>([
  ['JSON of zeros', {}, `[${many(500_000, () => '0')}]`, values],
  ['JSON of empty lists', { fields: [{ path: '[*].a' }] }, `[${many(300_000, () => '[]')}]`, values],
  ['JSON of names', {}, `{${many(60_000, (i) => `"k${i}":1`)}}`, 'more than 10000 numbers in a record'],
  ['JSON of texts', {}, `{${many(60_000, (i) => `"k${i}":"x"`)}}`, 'no number in the record: {"k0":"x",'],
  ['JSON of brackets', {}, '['.repeat(MIB), 'nested deeper than 64 levels'],
  ['MessagePack of empty maps', { format: 'messagepack' }, filled([0xdd, 0, 0x0f, 0xff, 0xfb], 0x80), values],
  ['CBOR of empty maps', { format: 'cbor' }, filled([0x9a, 0, 0x0f, 0xff, 0xfb], 0xa0), values],
  ['CBOR without end', { format: 'cbor' }, filled([], 0x9f), 'nested deeper than 64 levels'],
  ['line protocol', { format: 'influx' }, 'm v=1\n'.repeat(170_000), 'more than 20000 lines in a record'],
  ['line protocol of tags', { format: 'influx' }, many(19_000, (i) => `m,t=${i} v=1`, '\n'), ''],
  ['line protocol of quotes', { format: 'influx' }, 'm s="'.repeat(200_000), 'line 1: not a timestamp'],
  ['line protocol of broken texts', { format: 'influx' }, `m ${'"\n'.repeat(500_000)}`, 'line 1: a field without name'],
  ['CSV of quotes', { format: 'csv', columns: ['a'] }, '"'.repeat(MIB), 'column a is not a number'],
  ['CSV of commas', { format: 'csv', columns: ['a'] }, ','.repeat(MIB), 'the row has 1048577 columns, not 1'],
  [
    'Sparkplug B of metrics',
    { format: 'sparkplug' },
    sparkplug({ metrics: Array.from({ length: 60_000 }, (_, i) => ({ name: `m${i}`, datatype: 10, double: 1 })) }),
    'not a Sparkplug B payload: more than 20000 metrics',
  ],
])('%s', (_what, decoding, payload, reason) => {
  const decoder = decoderOf(decoding)
  const started = performance.now()
  const said = reasonOf(decoder, payload, decoding.format === 'sparkplug' ? 'spBv1.0/g/NBIRTH/n' : '')
  expect(said.slice(0, reason.length || undefined)).toBe(reason)
  // Measured: below 50 ms each; machines under test are busy.
  expect(performance.now() - started).toBeLessThan(1000)
})
