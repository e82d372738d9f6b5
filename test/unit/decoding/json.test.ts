import { describe, expect, it } from 'vitest'
import { decoderOf, reasonOf, samplesOf } from './samples'

const json = (value: unknown): string => JSON.stringify(value)

describe('every numeric field', () => {
  it('is named by its path; texts, booleans and empty lists are not readings', () => {
    const record = { temp: 21.5, motor: { current: 3 }, sensors: [{ v: 1 }, { v: 2 }], name: 'a', on: true, none: [] }
    expect(samplesOf(decoderOf({}), json(record))).toEqual([
      ['temp', 21.5, null],
      ['motor.current', 3, null],
      ['sensors[0].v', 1, null],
      ['sensors[1].v', 2, null],
    ])
  })
  it('makes booleans 1 and 0 only where that is asked for', () => {
    expect(samplesOf(decoderOf({ booleans: true }), '{"on":true,"off":false}')).toEqual([
      ['on', 1, null],
      ['off', 0, null],
    ])
    expect(reasonOf(decoderOf({}), '{"on":true}')).toBe('no number in the record: {"on":true}')
  })
  it('has gaps: 1e400, and null where a number has been before', () => {
    const decoder = decoderOf({})
    expect(reasonOf(decoder, '{"a":null}')).toContain('no number')
    expect(samplesOf(decoder, '{"a":1e400}')).toEqual([['a', NaN, null]])
    expect(samplesOf(decoder, '{"a":null}')).toEqual([['a', NaN, null]])
  })
  it('leaves out the time and the labels', () => {
    const decoder = decoderOf({ labels: [{ name: 'device', path: '$.id' }] }, { field: '$.at.ms' })
    expect(samplesOf(decoder, '{"id":7,"at":{"ms":5},"v":1}')).toEqual([['v{device="7"}', 1, 5]])
  })
  it('labels what stands in the same element of a list, and takes its time from there', () => {
    const decoder = decoderOf({ labels: [{ name: 'id', path: 'sensors[*].id' }] }, { field: 'sensors[*].t' })
    const sensors = [
      { id: 'north', t: 1, temp: 20, deep: { x: 1 } },
      { id: 'south', t: 2, temp: 30 },
    ]
    expect(samplesOf(decoder, json({ sensors, count: 2 }))).toEqual([
      ['sensors.temp{id="north"}', 20, 1],
      ['sensors.deep.x{id="north"}', 1, 1],
      ['sensors.temp{id="south"}', 30, 2],
      ['count', 2, null],
    ])
  })
  it('labels by the names of members', () => {
    const decoder = decoderOf({ labels: [{ name: 'machine', path: '$.*~' }] })
    expect(samplesOf(decoder, '{"pump":{"rpm":1},"fan":{"rpm":2}}')).toEqual([
      ['rpm{machine="pump"}', 1, null],
      ['rpm{machine="fan"}', 2, null],
    ])
  })
})

describe('chosen fields', () => {
  it('are found by key, index and quoted name; $. makes no difference', () => {
    const decoder = decoderOf({ fields: [{ path: '$.a' }, { path: 'b[1].c' }, { path: '["x.y"]["*"]' }] })
    expect(samplesOf(decoder, '{"a":1,"b":[0,{"c":2}],"x.y":{"*":3}}')).toEqual([
      ['a', 1, null],
      ['b[1].c', 2, null],
      ['["x.y"]["*"]', 3, null],
    ])
  })
  it('of every element keep its place in their names', () => {
    const decoder = decoderOf({ fields: [{ path: '$.sensors[*].temp' }, { path: 'rooms.*.temp' }] })
    expect(
      samplesOf(decoder, json({ sensors: [{ temp: 1 }, {}, { temp: 3 }], rooms: { attic: { temp: 9 } } })),
    ).toEqual([
      ['sensors[0].temp', 1, null],
      ['sensors[2].temp', 3, null],
      ['rooms.attic.temp', 9, null],
    ])
  })
  it('of every element are told apart by the label instead, where there is one', () => {
    const decoder = decoderOf({
      fields: [{ path: '$.sensors[*].temp' }],
      labels: [
        { name: 'site', path: 'site' },
        { name: 'sensor', path: '$.sensors[*].id' },
      ],
    })
    expect(
      samplesOf(
        decoder,
        json({
          site: 'A',
          sensors: [
            { id: 's1', temp: 1 },
            { id: 2, temp: null },
          ],
        }),
      ),
    ).toEqual([
      ['sensors.temp{sensor="s1", site="A"}', 1, null],
      ['sensors.temp{sensor="2", site="A"}', NaN, null],
    ])
  })
  it('of nested lists', () => {
    const decoder = decoderOf({
      fields: [{ path: 'lines[*].cells[*].v' }],
      labels: [{ name: 'line', path: 'lines[*].n' }],
    })
    expect(samplesOf(decoder, json({ lines: [{ n: 'L', cells: [{ v: 1 }, { v: 2 }] }] }))).toEqual([
      ['lines.cells[0].v{line="L"}', 1, null],
      ['lines.cells[1].v{line="L"}', 2, null],
    ])
  })
  it('say what is wrong with a value', () => {
    const decoder = decoderOf({ fields: [{ path: 'a' }, { path: 'l[*].v' }] })
    expect(reasonOf(decoder, '{"a":"21"}')).toBe('field a is not a number: "21"')
    expect(reasonOf(decoder, '{"a":true}')).toBe('field a is not a number: true')
    expect(reasonOf(decoder, '{"l":[{"v":{}}]}')).toBe('field l[*].v is not a number: {}')
    expect(reasonOf(decoder, '{"b":1}')).toBe('none of the fields a, l[*].v is in the record: {"b":1}')
  })
})

describe('what cannot be read', () => {
  it('is named with its reason', () => {
    expect(reasonOf(decoderOf({}), '{"a":NaN}')).toBe('not JSON: "{\\"a\\":NaN}"')
    expect(reasonOf(decoderOf({}), new Uint8Array([0x22, 0xff, 0x22]))).toBe('the payload is not UTF-8 text')
    expect(reasonOf(decoderOf({}), '['.repeat(65) + '1' + ']'.repeat(65))).toBe('nested deeper than 64 levels')
    const labelled = decoderOf({ labels: [{ name: 'device', path: 'id' }] })
    expect(reasonOf(labelled, '{"v":1}')).toBe('the label device (id) is not in the record')
    expect(reasonOf(labelled, '{"id":[],"v":1}')).toBe('the label device (id) is not a text or number: []')
    expect(reasonOf(decoderOf({}, { field: 't' }), '{"v":1}')).toBe('the time field t is not in the record')
  })
  it('in the settings is said before the first record', () => {
    expect(() => decoderOf({ fields: [{ path: 'a[' }] })).toThrow('the path a[ cannot be read at position 2')
    expect(() => decoderOf({ labels: [{ name: 'l', path: 'a~' }] })).toThrow('must end with')
  })
  it('touches no prototype', () => {
    const decoder = decoderOf({ labels: [{ name: '__proto__', path: 'id' }] })
    expect(samplesOf(decoder, '{"id":"x","__proto__":{"v":1},"constructor":{"prototype":{"w":2}}}')).toEqual([
      ['__proto__.v{__proto__="x"}', 1, null],
      ['constructor.prototype.w{__proto__="x"}', 2, null],
    ])
    expect(({} as Record<string, unknown>)['v']).toBeUndefined()
    expect(reasonOf(decoderOf({ fields: [{ path: 'constructor.name' }] }), '{}')).toContain('none of the fields')
  })
})

describe('times', () => {
  it.each([
    ['ns', '1465839830100400200', 1465839830100.4],
    ['us', 1465839830100400, 1465839830100.4],
    ['s', 1465839830.1, 1465839830100],
  ] as const)('in %s', (format, time, ms) => {
    expect(samplesOf(decoderOf({}, { field: 't', format }), json({ t: time, v: 1 }))).toEqual([['v', 1, ms]])
  })
})

describe('CSV', () => {
  it('takes labels from columns', () => {
    const decoder = decoderOf(
      {
        format: 'csv',
        columns: ['id', 'time', 'v'],
        labels: [{ name: 'device', path: 'id' }],
      },
      { field: 'time' },
    )
    expect(samplesOf(decoder, 'id,time,v')).toBe('passed over')
    expect(samplesOf(decoder, 'p1,5,1.5')).toEqual([['v{device="p1"}', 1.5, 5]])
    expect(samplesOf(decoder, 'p2,6,')).toEqual([['v{device="p2"}', NaN, 6]])
  })
})
