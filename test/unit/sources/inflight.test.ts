/** Which MQTT packets are the same again. */
import { describe, expect, it } from 'vitest'
import { Inflight } from '../../../main/sources/inflight'
import { lane } from '../../../main/sources/message-hash'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the hash of a message', () => {
  it('is MurmurHash3_x86_32 as published', () => {
    expect(lane('', bytes(''), 0)).toBe(0)
    expect(lane('', bytes(''), 1)).toBe(0x514e28b7)
    expect(lane('', Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0)).toBe(0x76293b50)
    expect(lane('', Uint8Array.of(0x21, 0x43, 0x65, 0x87), 0)).toBe(0xf55b516b)
    expect(lane('', Uint8Array.of(0x21, 0x43, 0x65), 0)).toBe(0x7e4a8634)
    expect(lane('', bytes('Hello, world!'), 0x9747b28c)).toBe(0x24884cba)
  })
})

describe('packets taken before', () => {
  const reading = bytes('{"n":1}')

  it('are known by id, topic and payload, and only with DUP in a resumed session', () => {
    const inflight = new Inflight()
    expect(inflight.isRedelivery(7, false, 'a', reading)).toBe(false)
    expect(inflight.isRedelivery(7, true, 'a', reading)).toBe(true)
    expect(inflight.isRedelivery(8, true, 'a', reading)).toBe(false)
    expect(inflight.isRedelivery(7, true, 'b', reading)).toBe(false)
    // The last one was taken under id 7, so that the first is no longer.
    expect(inflight.isRedelivery(7, true, 'a', reading)).toBe(false)
    expect(inflight.isRedelivery(7, false, 'a', reading)).toBe(false)
  })

  it('come back from what commits stored, later ones over earlier ones', () => {
    const before = new Inflight()
    before.isRedelivery(65_535, false, 'a', reading)
    before.isRedelivery(1, false, 'a', reading)
    const first = before.pack([65_535, 1])
    before.isRedelivery(1, false, 'a', bytes('{"n":2}'))
    const second = before.pack([1])
    const after = new Inflight()
    for (const packed of [first, second]) after.load(packed)
    expect(after.isRedelivery(65_535, true, 'a', reading)).toBe(true)
    expect(after.isRedelivery(1, true, 'a', bytes('{"n":2}'))).toBe(true)
    expect(after.isRedelivery(1, true, 'a', reading)).toBe(false)
    after.clear()
    expect(after.empty).toBe(true)
    expect(after.isRedelivery(65_535, true, 'a', reading)).toBe(false)
  })
})
