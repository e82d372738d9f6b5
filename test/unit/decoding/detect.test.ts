import { encode as encodeMessagePack } from '@msgpack/msgpack'
import { encode as encodeCbor } from 'cborg'
import { describe, expect, it } from 'vitest'
import { detect, detectCsv } from '../../../main/decoding/detect'
import { sparkplug } from '../../fixtures/decoding/sparkplug'
import { bytes, decoderOf, record, samplesOf } from './samples'

const AT = 1_700_000_000_000
const reading = (i: number) => ({ ts: AT + i, temp: 21.5 + i, on: true, id: `p${i % 2}`, note: 'ok' })
const json = (value: unknown): string => JSON.stringify(value)

describe('detect', () => {
  it.each([
    ['json', 'JSON', (i: number) => json(reading(i))],
    ['messagepack', 'MessagePack', (i: number) => encodeMessagePack(reading(i))],
    ['cbor', 'CBOR', (i: number) => encodeCbor(reading(i))],
  ])('knows %s, its fields, time and labels, each with its reason', (format, name, write) => {
    const records = [0, 1, 2].map((i) => record(write(i), `plant/m${i}/data`))
    expect(detect(records)).toEqual({
      format,
      reason: `3 of 3 records are ${name}`,
      fields: [
        {
          path: 'temp',
          sample: '21.5',
          keys: ['plant/m0/data', 'plant/m1/data', 'plant/m2/data'],
          reason: 'a number in 3 of 3 places',
        },
      ],
      time: { field: 'ts', format: 'ms', reason: 'its name says so, and its values are milliseconds by their size' },
      labels: [{ name: 'id', path: 'id', reason: 'its name says so; 2 different in 3 places, such as "p0"' }],
      booleans: ['on'],
      key: { template: 'plant/{device}/data', reason: '3 topics differ in level 2' },
    })
  })

  it('takes the elements of a list together, and the proposal can be used as it is', () => {
    const payload = json({
      sensors: [
        { name: 'a', temp: 1 },
        { name: 'b', temp: 2 },
      ],
      spectrum: [1, 2],
    })
    const { format, fields, labels } = detect([record(payload)])
    expect(fields.map(({ path }) => path)).toEqual(['sensors[*].temp', 'spectrum[0]', 'spectrum[1]'])
    const decoder = decoderOf({
      format: format ?? 'json',
      fields: fields.slice(0, 1).map(({ path }) => ({ path })),
      labels: labels.map(({ name, path }) => ({ name, path })),
    })
    expect(samplesOf(decoder, payload)).toEqual([
      ['sensors.temp{name="a"}', 1, null],
      ['sensors.temp{name="b"}', 2, null],
    ])
  })

  it('knows a number alone', () => {
    const { format, fields } = detect([record('21.5', 'a/x'), record('3', 'b/y')])
    expect([format, fields[0]?.path, fields[0]?.keys]).toEqual(['number', 'value', ['a/x', 'b/y']])
  })

  it('knows line protocol and the unit of its timestamps', () => {
    const proposal = detect([
      record('cpu,host=a idle=1.5,s="x" 1700000000000000000\ncpu,host=b idle=2 1700000000000000001'),
    ])
    expect(proposal).toMatchObject({
      format: 'influx',
      fields: [{ path: 'cpu.idle', sample: '1.5' }],
      time: null,
      precision: { value: 'ns', reason: 'timestamps of 19 digits' },
    })
    expect(detect([record('m v=1 1700000000')]).precision?.value).toBe('s')
  })

  it('knows Sparkplug B by topic and payload', () => {
    const metrics = [
      { name: 'Level', alias: 1, datatype: 3, int: 40 },
      { name: 'On', alias: 2, datatype: 11, boolean: true },
    ]
    const proposal = detect([record(sparkplug({ timestamp: AT, seq: 0, metrics }), 'spBv1.0/g/NBIRTH/n')])
    expect(proposal).toMatchObject({ format: 'sparkplug', fields: [{ path: 'Level' }], booleans: ['On'], key: null })
  })

  it('knows rows, with a header or without', () => {
    expect(detect([record('id;t;v'), record('a;2014-02-07 06:00:00;1,5')])).toMatchObject({
      format: 'csv',
      reason: 'rows of 3 columns between ";"',
      csv: { columns: ['id', 't', 'v'], delimiter: ';' },
      time: { field: 't', format: 'iso' },
      labels: [{ name: 'id', path: 'id' }],
    })
    expect(detect([record('1,2'), record('3,4')])).toMatchObject({
      csv: { columns: ['column1', 'column2'], delimiter: ',' },
      fields: [{ path: 'column1', sample: '1' }, { path: 'column2' }],
    })
    expect(detectCsv(['\uFEFFtime,v', '1700000000,2']).time).toMatchObject({ field: 'time', format: 's' })
  })

  it('proposes a layout for bytes of one length, and nothing for the rest', () => {
    expect(detect([record(bytes('c1ff0001')), record(bytes('c1ff0002'))])).toMatchObject({
      format: 'binary',
      reason: 'bytes of no known format, 4 in each record: describe their layout',
    })
    expect(detect([record(bytes('c1ff0001')), record(bytes('c1ff'))])).toMatchObject({ format: null })
    expect(detect([])).toMatchObject({ format: null, reason: 'no records', fields: [] })
  })

  it('goes by the majority, and tells how many', () => {
    const records = [json({ a: 1 }), 'garbage', json({ a: 2 })].map((payload) => record(payload))
    expect(detect(records)).toMatchObject({ format: 'json', reason: '2 of 3 records are JSON' })
  })
})
