/** Sparkplug B: the messages of the specification's examples (6.4.19 and on), and what happens between them. */
import { describe, expect, it } from 'vitest'
import type { Decoder } from '../../../main/contracts'
import { TYPE } from '../../../main/decoding/sparkplug-payload'
import { sparkplug } from '../../fixtures/decoding/sparkplug'
import type { TestMetric, TestPayload } from '../../fixtures/decoding/sparkplug'
import { bytes, decoderOf, reasonOf, samplesOf } from './samples'
import type { Decoded } from './samples'

const AT = 1486144502122
const NODE = 'group="Sparkplug B Devices", node="Raspberry Pi"'
const DEVICE = `device="Pibrella", ${NODE}`
const sessionMetric = (value: bigint): TestMetric => ({ name: 'bdSeq', datatype: TYPE.uint64, long: value })

const NBIRTH: TestPayload = {
  timestamp: AT,
  metrics: [
    sessionMetric(0n),
    { name: 'Node Control/Rebirth', datatype: TYPE.boolean, boolean: false },
    { name: 'Node Control/Scan Rate', datatype: TYPE.int64, long: 3000n },
    { name: 'Properties/OS', datatype: TYPE.string, string: 'Raspbian' },
    { name: 'Supply Voltage', alias: 7, timestamp: AT, datatype: TYPE.float, float: 12.5 },
  ],
  seq: 0,
}
const DBIRTH: TestPayload = {
  timestamp: AT,
  metrics: [
    { name: 'Inputs/A', alias: 1, timestamp: AT, datatype: TYPE.boolean, boolean: false },
    { name: 'Level', alias: 2, timestamp: AT, datatype: TYPE.int32, int: 40 },
  ],
  seq: 1,
}

class Sender {
  constructor(readonly decoder: Decoder = decoderOf({ format: 'sparkplug' })) {}
  topic = (verb: string): string =>
    `spBv1.0/Sparkplug B Devices/${verb}/Raspberry Pi${verb.startsWith('D') ? '/Pibrella' : ''}`
  send = (verb: string, payload: TestPayload): Decoded[] | 'passed over' =>
    samplesOf(this.decoder, sparkplug(payload), this.topic(verb))
  reason = (verb: string, payload: TestPayload): string => reasonOf(this.decoder, sparkplug(payload), this.topic(verb))
  born(): this {
    this.send('NBIRTH', NBIRTH)
    this.send('DBIRTH', DBIRTH)
    return this
  }
}

const voltage = (value: number, timestamp = AT): TestMetric => ({ alias: 7, timestamp, float: value })

describe('births and data', () => {
  it('names metrics by their births; commands and the session number are no readings', () => {
    const sender = new Sender()
    expect(sender.send('NBIRTH', NBIRTH)).toEqual([[`Supply Voltage{${NODE}}`, 12.5, AT]])
    expect(sender.send('DBIRTH', DBIRTH)).toEqual([[`Level{${DEVICE}}`, 40, AT]])
    expect(sender.send('NDATA', { timestamp: AT + 9, metrics: [voltage(12.25, AT + 5)], seq: 2 })).toEqual([
      [`Supply Voltage{${NODE}}`, 12.25, AT + 5],
    ])
    // No time of its own: that of the payload.
    expect(sender.send('DDATA', { timestamp: AT + 10, metrics: [{ alias: 2, int: 41 }], seq: 3 })).toEqual([
      [`Level{${DEVICE}}`, 41, AT + 10],
    ])
  })

  it('makes truth values 1 and 0 where that is asked for', () => {
    const sender = new Sender(decoderOf({ format: 'sparkplug', booleans: true })).born()
    const data = { timestamp: AT, metrics: [{ alias: 1, boolean: true }], seq: 2 }
    expect(sender.send('DDATA', data)).toEqual([[`Inputs/A{${DEVICE}}`, 1, AT]])
  })

  it('takes chosen metrics, with their unit', () => {
    const sender = new Sender(decoderOf({ format: 'sparkplug', fields: [{ path: 'Level', unit: 'mm' }] }))
    expect(sender.send('NBIRTH', NBIRTH)).toEqual([])
    expect(sender.send('DBIRTH', DBIRTH)).toEqual([[`Level{${DEVICE}}`, 40, AT]])
    const texts = new Sender(decoderOf({ format: 'sparkplug', fields: [{ path: 'Properties/OS' }] }))
    expect(texts.reason('NBIRTH', NBIRTH)).toBe('field Properties/OS is not a number: "Raspbian"')
  })

  it.each<[string, number, TestMetric, number]>([
    ['int8 in 8 bits', TYPE.int8, { int: 0xff }, -1],
    ['int8 in 32 bits', TYPE.int8, { int: 0xffffff80 }, -128],
    ['int16', TYPE.int16, { int: 0x8000 }, -32768],
    ['int32', TYPE.int32, { int: 0xffffffff }, -1],
    ['int64', TYPE.int64, { long: -5n }, -5],
    ['int64, the least', TYPE.int64, { long: -(2n ** 63n) }, -(2 ** 63)],
    ['uint8', TYPE.uint8, { int: 255 }, 255],
    ['uint16', TYPE.uint16, { int: 65535 }, 65535],
    ['uint32', TYPE.uint32, { int: 4294967295 }, 4294967295],
    ['uint32 in a long', TYPE.uint32, { long: 4294967295n }, 4294967295],
    ['uint64', TYPE.uint64, { long: 2n ** 64n - 1n }, 2 ** 64],
    ['float', TYPE.float, { float: 1.5 }, 1.5],
    ['double', TYPE.double, { double: 0.1 }, 0.1],
    ['dateTime', TYPE.dateTime, { long: 1486144502122n }, 1486144502122],
    ['a number that is not', TYPE.double, { double: NaN }, NaN],
    ['infinity', TYPE.float, { float: Infinity }, NaN],
    ['null', TYPE.int32, { isNull: true }, NaN],
    ['no value', TYPE.int32, {}, NaN],
  ])('reads %s', (_what, datatype, value, expected) => {
    const birth = { timestamp: AT, metrics: [{ name: 'm', alias: 1, datatype, ...value }], seq: 0 }
    const sender = new Sender()
    expect(sender.send('NBIRTH', birth)).toEqual([[`m{${NODE}}`, expected, AT]])
    // Data does not repeat the type.
    expect(sender.send('NDATA', { timestamp: AT, metrics: [{ alias: 1, ...value }], seq: 1 })).toEqual([
      [`m{${NODE}}`, expected, AT],
    ])
  })

  it('takes texts, bytes and data sets for no readings', () => {
    const metrics = [
      { name: 'a', datatype: TYPE.text, string: 'x' },
      { name: 'b', datatype: 17, bytes: bytes('0102') },
      { name: 'c', datatype: 16 },
    ]
    expect(new Sender().send('NBIRTH', { timestamp: AT, metrics, seq: 0 })).toEqual([])
  })
})

describe('a birth that was missed', () => {
  it('is said, until it comes', () => {
    const sender = new Sender()
    const data = { timestamp: AT, metrics: [voltage(1)], seq: 5 }
    const missed = 'no birth seen yet of Sparkplug B Devices/Raspberry Pi; a rebirth is needed'
    expect(sender.reason('NDATA', data)).toBe(missed)
    expect(sender.reason('DBIRTH', DBIRTH)).toBe(missed)
    sender.send('NBIRTH', NBIRTH)
    expect(sender.send('NDATA', { ...data, seq: 1 })).toEqual([[`Supply Voltage{${NODE}}`, 1, AT]])
    expect(sender.reason('DDATA', { ...data, seq: 2 })).toBe(
      'no birth seen yet of Sparkplug B Devices/Raspberry Pi/Pibrella; a rebirth is needed',
    )
    expect(sender.reason('NDATA', { timestamp: AT, metrics: [{ alias: 99, int: 1 }], seq: 3 })).toBe(
      'alias 99 is not in the birth of Sparkplug B Devices/Raspberry Pi; a rebirth is needed',
    )
    expect(sender.reason('NDATA', { timestamp: AT, metrics: [{ name: 'new', int: 1 }], seq: 4 })).toBe(
      'metric "new" is not in the birth of Sparkplug B Devices/Raspberry Pi; a rebirth is needed',
    )
  })
  it('is not needed by data that says its names and types', () => {
    const metrics = [{ name: 'm', datatype: TYPE.int8, int: 0xff }]
    expect(new Sender().send('DDATA', { timestamp: AT, metrics, seq: 9 })).toEqual([[`m{${DEVICE}}`, -1, AT]])
  })
  it('renews the aliases when it comes again', () => {
    const sender = new Sender().born()
    const metrics = [{ name: 'Current', alias: 7, datatype: TYPE.float, float: 2 }]
    sender.send('NBIRTH', { timestamp: AT, metrics, seq: 0 })
    expect(sender.send('NDATA', { timestamp: AT, metrics: [voltage(3)], seq: 1 })).toEqual([
      [`Current{${NODE}}`, 3, AT],
    ])
  })
})

describe('nothing stale looks live', () => {
  it('the death of a node is a gap in all of its series, and a new birth is needed', () => {
    const sender = new Sender().born()
    expect(sender.send('NDEATH', { timestamp: 5, metrics: [sessionMetric(0n)] })).toEqual([
      [`Supply Voltage{${NODE}}`, NaN, null],
      [`Level{${DEVICE}}`, NaN, null],
    ])
    expect(sender.reason('NDATA', { timestamp: AT, metrics: [voltage(1)], seq: 2 })).toContain('a rebirth is needed')
    expect(sender.send('NDEATH', { metrics: [sessionMetric(0n)] })).toEqual([])
  })
  it('the will of an earlier session is passed over', () => {
    const sender = new Sender().born()
    sender.send('NBIRTH', { ...NBIRTH, metrics: [sessionMetric(1n), ...(NBIRTH.metrics ?? []).slice(1)] })
    expect(sender.send('NDEATH', { metrics: [sessionMetric(0n)] })).toBe('passed over')
  })
  it('the death of a device is a gap in its series alone', () => {
    const sender = new Sender().born()
    expect(sender.send('DDEATH', { timestamp: AT + 1, seq: 2 })).toEqual([[`Level{${DEVICE}}`, NaN, AT + 1]])
    expect(sender.reason('DDATA', { timestamp: AT, metrics: [{ alias: 2, int: 1 }], seq: 3 })).toContain('Pibrella')
    expect(sender.send('NDATA', { timestamp: AT, metrics: [voltage(1)], seq: 4 })).toHaveLength(1)
  })
  it('lost messages are a gap in what the next one does not tell', () => {
    const sender = new Sender().born()
    expect(sender.send('NDATA', { timestamp: AT + 2, metrics: [voltage(1)], seq: 4 })).toEqual([
      [`Level{${DEVICE}}`, NaN, AT + 2],
      [`Supply Voltage{${NODE}}`, 1, AT],
    ])
    expect(sender.send('NDATA', { timestamp: AT + 3, metrics: [voltage(2)], seq: 5 })).toHaveLength(1)
    // The same message once more is none that was lost.
    expect(sender.send('NDATA', { timestamp: AT + 3, metrics: [voltage(2)], seq: 5 })).toHaveLength(1)
  })
  it('255 is followed by 0', () => {
    const sender = new Sender().born()
    for (let i = 2; i <= 300; i++)
      expect(sender.send('NDATA', { timestamp: AT, metrics: [voltage(i)], seq: i % 256 })).toHaveLength(1)
  })
  it('a new session without a death ends the devices of the one before', () => {
    const sender = new Sender().born()
    const next = { ...NBIRTH, metrics: [sessionMetric(1n), voltage(1)].map((metric) => ({ name: 'x', ...metric })) }
    expect(sender.send('NBIRTH', next)).toContainEqual([`Level{${DEVICE}}`, NaN, AT])
  })
})

describe('what is not read', () => {
  it.each([['spBv1.0/g/NCMD/n'], ['spBv1.0/g/DCMD/n/d'], ['spBv1.0/STATE/host']])('passes over %s', (topic) => {
    expect(samplesOf(decoderOf({ format: 'sparkplug' }), 'whatever', topic)).toBe('passed over')
  })
  it.each([
    ['plant/a'],
    ['spBv1.0/g/NDATA'],
    ['spBv1.0/g/NDATA/n/d'],
    ['spBv1.0/g/DDATA/n'],
    ['spBv1.0/g/XDATA/n'],
    [''],
  ])('refuses the topic %j', (topic) => {
    const reason = `not a topic of Sparkplug B: ${JSON.stringify(topic)}`
    expect(reasonOf(decoderOf({ format: 'sparkplug' }), '', topic)).toBe(reason)
  })
  it.each([
    ['a metric longer than the payload', '12 ff ff ff ff 07', 'a metric of 2147483647 bytes ends behind the payload'],
    ['a name longer than the payload', '12 03 0a 7f 61', 'index out of range: 4 + 127 > 5'],
    ['a name longer than its metric', '12 02 0a 01 61 18 00', 'a metric ends within a value'],
    ['a name that is not UTF-8', '12 04 0a 02 c3 28', ''],
    ['a field 0', '00', 'illegal tag: field number 0'],
    ['groups without end', '3b'.repeat(5000), ''],
    ['a number cut off', '08 ff', ''],
    ['text', '7b7d', ''],
  ])('refuses %s', (_what, hex, reason) => {
    const said = reasonOf(decoderOf({ format: 'sparkplug' }), bytes(hex), 'spBv1.0/g/NDATA/n')
    expect(said).toContain(`not a Sparkplug B payload: ${reason}`)
  })
  it('refuses a birth without names and a time of another age', () => {
    const sender = new Sender()
    expect(sender.reason('NBIRTH', { timestamp: AT, metrics: [{ alias: 3, int: 1 }], seq: 0 })).toBe(
      'a birth has a metric without a name (alias 3)',
    )
    expect(sender.reason('NBIRTH', { ...NBIRTH, timestamp: 2 ** 50 })).toBe(
      'the timestamp is outside of the years 1830 to 2109: 1125899906842624',
    )
  })
})
