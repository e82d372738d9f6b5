/** Compressed bytes as other programs make them, damaged ones, and the text of a position. */
import { gzipSync } from 'node:zlib'
import { compress as compressSnappy } from 'snappyjs'
import { describe, expect, it } from 'vitest'
import { kafkaConnection } from '../../../shared/config/sources/kafka'
import { DECOMPRESSORS } from '../../../main/connections/kafka-codecs'
import { describeKafka } from '../../../main/connections/kafka-connection'
import { decompressLz4 } from '../../../main/connections/kafka-lz4'
import { parseCursor, PartitionPosition, witnessOf } from '../../../main/sources/kafka-position'

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex')

describe('LZ4 frames', () => {
  it('reads literals, overlapping matches and stored blocks', () => {
    expect(decompressLz4(hex('04224d18 6040 82 03000080 616263 00000000'), 100).toString()).toBe('abc')
    // Three literals, then 15 + 2 + 4 bytes from three bytes back, then four literals.
    const block = '3f 616263 0300 02 40 6162630a'
    expect(decompressLz4(hex(`04224d18 6040 82 0c000000 ${block} 00000000`), 100).toString()).toBe(
      `${'abc'.repeat(9)}\n`,
    )
  })
  it.each([
    ['another magic', '04224d19 6040 82 00000000', 'not an LZ4 frame'],
    ['a block that is cut off', '04224d18 6040 82 10000000 61', 'the LZ4 frame is cut off'],
    ['literals beyond the block', '04224d18 6040 82 02000000 f061 00000000', 'the LZ4 block is cut off'],
    [
      'a match before the data',
      '04224d18 6040 82 07000000 10 61 0500 10 62 00 00000000',
      'an LZ4 match begins before the data',
    ],
    [
      'an offset of zero',
      '04224d18 6040 82 07000000 10 61 0000 10 62 00 00000000',
      'an LZ4 match begins before the data',
    ],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => decompressLz4(hex(bytes), 100)).toThrow(message)
  })
  it('refuses what has no end mark, or becomes too much', () => {
    expect(() => decompressLz4(hex('04224d18 6040 82 03000080 616263'), 100)).toThrow()
    expect(() => decompressLz4(hex('04224d18 6040 82 03000080 616263 00000000'), 2)).toThrow('more than 2 bytes')
  })
})

describe('codecs', () => {
  it('read gzip, and Snappy with and without the framing of its Java library', async () => {
    const text = Buffer.from('temperature '.repeat(1000))
    expect(await DECOMPRESSORS.gzip(gzipSync(text))).toEqual(text)
    const block = compressSnappy(text)
    expect(Buffer.from(await DECOMPRESSORS.snappy(block))).toEqual(text)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(block.length)
    const framed = Buffer.concat([hex('82534e41505059 00 00000001 00000001'), length, block, length, block])
    expect(await DECOMPRESSORS.snappy(framed)).toEqual(Buffer.concat([text, text]))
  })
  it.each(Object.entries(DECOMPRESSORS))('refuse noise (%s)', async (_name, decompress) => {
    const noise = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 167 + 13) & 0xff))
    await expect((async () => decompress(noise))()).rejects.toThrow()
  })
})

describe('the position of a partition', () => {
  const message = { offset: '41', timestamp: '1700000000000', key: Buffer.from('k'), value: Buffer.from('v') }

  it('is the same after it was stored', () => {
    const position = new PartitionPosition('plant.a', 3, 42)
    expect(parseCursor(position.name, position.cursor)).toMatchObject({ topic: 'plant.a', partition: 3, next: 42 })
    position.witness = witnessOf(message)
    expect(parseCursor(position.name, position.cursor)?.witness).toEqual(position.witness)
  })
  it('tells another log by its witness, and trusts a compacted one', () => {
    const at = () => {
      const position = new PartitionPosition('a', 0, 42)
      position.witness = witnessOf(message)
      position.checked = false
      return position
    }
    expect(at().seekOffset()).toBe(41)
    expect(at().check(message)).toBe(true)
    expect(at().check({ ...message, timestamp: '1700000000001' })).toBe(false)
    expect(at().check({ ...message, value: Buffer.from('w') })).toBe(false)
    expect(at().check({ ...message, offset: '44', value: null })).toBe(true)
  })
  it('is none where the text is something else', () => {
    for (const [name, cursor] of [
      ['a', '1'],
      ['a/b', '1'],
      ['/0', '1'],
      ['a/0', 'x'],
    ] as const)
      expect(parseCursor(name, cursor)).toBeUndefined()
  })
})

describe('reasons', () => {
  const config = kafkaConnection.parse({ kind: 'kafka', brokers: ['kafka:9092'], topics: ['a'] })
  const refused = (broker: string) => Object.assign(new Error('Connection error'), { code: 'ECONNREFUSED', broker })

  it('say that an address comes from the cluster', () => {
    expect(describeKafka(refused('kafka:9092'), config, '').reason).toBe('nothing listens at kafka:9092')
    expect(describeKafka(refused('10.0.0.7:9092'), config, '').reason).toBe(
      'nothing listens at 10.0.0.7:9092 (the cluster gives this address itself: see advertised.listeners)',
    )
  })
  it('look behind what wraps an error', () => {
    const wrapped = new Error('retries exceeded', { cause: new Error('again', { cause: refused('kafka:9092') }) })
    expect(describeKafka(wrapped, config, '').reason).toBe('nothing listens at kafka:9092')
  })
})

describe('the settings', () => {
  const parse = (over: object) =>
    kafkaConnection.safeParse({ kind: 'kafka', brokers: ['kafka:9092'], topics: ['a'], ...over }).success

  it('want addresses with ports, names of topics, and a time where reading starts at one', () => {
    expect(parse({})).toBe(true)
    expect(parse({ brokers: ['kafka'] })).toBe(false)
    expect(parse({ topics: ['a b'] })).toBe(false)
    expect(parse({ start: 'time' })).toBe(false)
    expect(parse({ start: 'time', startTime: '2026-01-31T06:00:00Z' })).toBe(true)
  })
})
