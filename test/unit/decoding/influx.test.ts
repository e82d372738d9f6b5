/** The examples are those of the line protocol reference of InfluxDB, where they hold numbers. */
import { describe, expect, it } from 'vitest'
import { Rejected } from '../../../main/contracts'
import { decoderOf, reasonOf, record, samplesOf } from './samples'

const influx = (decoding = {}) => decoderOf({ format: 'influx', ...decoding })

describe('line protocol', () => {
  it.each([
    ['cpu value=1', [['cpu.value', 1, null]]],
    [
      'myMeasurement,tag1=value1,tag2=value2 fieldKey=4.5 1556813561098000000',
      [['myMeasurement.fieldKey{tag1="value1", tag2="value2"}', 4.5, 1556813561098]],
    ],
    [
      'weather,location=us-midwest temperature=82,humidity=71 1465839830100400200',
      [
        ['weather.temperature{location="us-midwest"}', 82, 1465839830100.4],
        ['weather.humidity{location="us-midwest"}', 71, 1465839830100.4],
      ],
    ],
    ['m fieldKey=-1.234456e+78', [['m.fieldKey', -1.234456e78, null]]],
    [
      'm a=1,b=1.0,c=1.,d=.5,e=-5,f=1e5',
      [
        ['m.a', 1, null],
        ['m.b', 1, null],
        ['m.c', 1, null],
        ['m.d', 0.5, null],
        ['m.e', -5, null],
        ['m.f', 1e5, null],
      ],
    ],
    [
      'm fieldKey=1i,other=12485903u,neg=-12485903i',
      [
        ['m.fieldKey', 1, null],
        ['m.other', 12485903, null],
        ['m.neg', -12485903, null],
      ],
    ],
    ['m s="this is a string, with = and spaces",v=2', [['m.v', 2, null]]],
    ['m s="a \\"quoted\\" part, v=9",v=2', [['m.v', 2, null]]],
    ['m s="C:\\\\",v=2 5000000', [['m.v', 2, 5]]],
    [
      'm s="two\nlines",v=2\nn v=3',
      [
        ['m.v', 2, null],
        ['n.v', 3, null],
      ],
    ],
    ['my\\ Measurement fieldKey=1', [['my Measurement.fieldKey', 1, null]]],
    ['m,tag=string\\ value,o\\,p=q\\=r f\\ g=1', [['m.f g{o,p="q=r", tag="string value"}', 1, null]]],
    ['"m,t="a" v=1', [['"m.v{t="\\"a\\""}', 1, null]]],
    ['m\\x v=1', [['m\\x.v', 1, null]]],
    [
      '# a comment, a=1\r\n\r\n  m v=1  \r\n#m v=2\nm v=3 -1000000\n',
      [
        ['m.v', 1, null],
        ['m.v', 3, -1],
      ],
    ],
    ['温度,地点=北京 值=21.5', [['温度.值{地点="北京"}', 21.5, null]]],
    [
      'm a=NaN,b=inf,c=1e400',
      [
        ['m.a', NaN, null],
        ['m.b', NaN, null],
        ['m.c', NaN, null],
      ],
    ],
  ])('reads %s', (line, samples) => {
    expect(samplesOf(influx(), line)).toEqual(samples)
  })

  it('passes over comments, and texts and truth values alone', () => {
    expect(samplesOf(influx(), '# nothing\n')).toBe('passed over')
    expect(samplesOf(influx(), 'm s="x",on=true')).toBe('passed over')
    expect(samplesOf(influx({ booleans: true }), 'm a=t,b=FALSE,c=True')).toEqual([
      ['m.a', 1, null],
      ['m.b', 0, null],
      ['m.c', 1, null],
    ])
  })

  it.each([
    ['s', '1465839830', 1465839830000],
    ['ms', '1465839830100', 1465839830100],
    ['us', '1465839830100400', 1465839830100.4],
    ['ns', '1465839830100400999', 1465839830100.4],
  ] as const)('has timestamps in %s', (precision, text, ms) => {
    expect(samplesOf(influx({ precision }), `m v=1 ${text}`)).toEqual([['m.v', 1, ms]])
  })

  it('takes chosen fields, with their unit, and passes over lines without any', () => {
    const decoder = influx({ fields: [{ path: 'cpu.idle', unit: '%' }] })
    expect(samplesOf(decoder, 'cpu idle=1,user=2\nmem free=3')).toEqual([['cpu.idle', 1, null]])
    expect(samplesOf(decoder, 'mem free=3')).toBe('passed over')
    expect(reasonOf(decoder, 'cpu idle="1"')).toBe('line 1: field cpu.idle is not a number: "1"')
    expect(reasonOf(decoder, 'cpu idle=t')).toBe('line 1: field cpu.idle is not a number: true')
  })

  it('has the labels of the topic too', () => {
    const decoder = influx({ topicTemplate: 'plant/{site}' })
    expect(samplesOf(decoder, 'm,a=b v=1', 'plant/north')).toEqual([['m.v{a="b", site="north"}', 1, null]])
  })

  it('keeps one reference for each series, whatever the order of the fields', () => {
    const decoder = influx()
    const seen = new Set<object>()
    for (const line of ['m,t=a x=1,y=2', 'm,t=a y=2,x=1'])
      decoder.decode(record(line), { sample: (ref) => void seen.add(ref) })
    expect(seen.size).toBe(2)
  })

  it.each([
    ['m v=1\nm', 'line 2: there are no fields: "m"'],
    ['m v=1\n\n# c\nm v=x', 'line 4: neither number, truth value nor text in quotes: "x"'],
    ['m v=1 abc', 'line 1: not a timestamp: "abc"'],
    ['m v=1 1.5', 'line 1: not a timestamp: "1.5"'],
    [
      'm v=1 99999999999999999999999',
      'line 1: the timestamp is outside of the years 1830 to 2109: "99999999999999999999999"',
    ],
    ['m v=', 'line 1: a field without name or value: "v="'],
    ['m =1', 'line 1: a field without name or value: "=1"'],
    ['m v=1,', 'line 1: a field without name or value: ""'],
    ['m,t= v=1', 'line 1: a tag without name or value: "t="'],
    ['m, v=1', 'line 1: a tag without name or value: ""'],
    [',t=a v=1', 'line 1: there is no measurement'],
    ['m s="x', 'line 1: a text without its end: "\\"x"'],
    ['m s="x"y=1', 'line 1: a field without its end: "s=\\"x\\"y=1"'],
    ['m v=1x', 'line 1: neither number, truth value nor text in quotes: "1x"'],
    ['m v=0x10', 'line 1: neither number, truth value nor text in quotes: "0x10"'],
  ])('refuses %s', (lines, reason) => {
    expect(reasonOf(influx(), lines)).toBe(reason)
  })

  it('does not take the blame for what the engine refuses', () => {
    const refuse = {
      sample: () => {
        throw new Rejected('future: no')
      },
    }
    const decoder = influx()
    expect(() => decoder.decode(record('m v=1'), refuse)).toThrow(/^future: no$/)
    expect(reasonOf(decoder, 'm')).toBe('line 1: there are no fields: "m"')
  })
})
