/** Framing: any cut of the stream into chunks gives the same records; what is too long is bounded and counted. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFramer, delimiterBytes, FramingLost } from '../../../main/sources/framing'
import { framing } from '../../../shared/config/sources/tcp'
import type { z } from 'zod'

function cut(config: z.input<typeof framing>, chunks: readonly Buffer[], end = false) {
  const frames: string[] = []
  const rejected: string[] = []
  const views: Uint8Array[] = []
  const framer = createFramer(framing.parse(config), (payload, unreadable) =>
    unreadable === undefined ? views.push(payload) : rejected.push(unreadable),
  )
  // Records are read once the whole chunk has been cut.
  for (const chunk of chunks) {
    framer.push(chunk)
    frames.push(...latin1(views.splice(0)))
  }
  if (end) framer.end()
  return { frames, rejected }
}

/** The bytes cut at the given places. */
function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((to, i) => bytes.subarray(at[i], to))
}

const cuts = fc.array(fc.nat(), { maxLength: 40 })
const records = fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 12 })
const latin1 = (list: readonly Uint8Array[]) => list.map((bytes) => Buffer.from(bytes).toString('latin1'))

describe('framing', () => {
  it('does not depend on the chunks: lines, with what is too long rejected once', () => {
    const line = fc.stringMatching(/^[a-z]{0,30}\r?$/)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), cuts, (lines, at) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        const texts = lines.map((text) => text.replace(/\r$/, '')).filter((text) => text !== '')
        const { frames, rejected } = cut({ maxFrame: 20 }, chunksOf(bytes, at))
        expect(frames).toEqual(texts.filter((text) => text.length <= 20))
        expect(rejected).toHaveLength(texts.filter((text) => text.length > 20).length)
      }),
      { numRuns: 2000 },
    )
  })

  it('does not depend on the chunks: a delimiter that resembles the content', () => {
    const text = fc.stringMatching(/^[xa-]{0,30}$/)
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), cuts, (texts, at) => {
        const whole = texts.map((part) => `${part}--x`).join('')
        const expected = whole.split('--x').slice(0, -1)
        const { frames, rejected } = cut(
          { kind: 'delimiter', delimiter: '--x', maxFrame: 20 },
          chunksOf(Buffer.from(whole), at),
        )
        expect(frames).toEqual(expected.filter((part) => part !== '' && part.length <= 20))
        expect(rejected).toHaveLength(expected.filter((part) => part.length > 20).length)
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['u8', 'u16be', 'u16le', 'u32be', 'u32le'] as const)('does not depend on the chunks: length %s', (length) => {
    fc.assert(
      fc.property(records, fc.boolean(), cuts, (list, includesLength, at) => {
        const bytes = length === 'u8' ? 1 : length.startsWith('u16') ? 2 : 4
        const parts = list.flatMap((payload) => {
          const head = Buffer.alloc(bytes)
          const told = payload.length + (includesLength ? bytes : 0)
          if (length.endsWith('le')) head.writeUIntLE(told, 0, bytes)
          else head.writeUIntBE(told, 0, bytes)
          return [head, payload]
        })
        const { frames, rejected } = cut(
          { kind: 'length', length, includesLength },
          chunksOf(Buffer.concat(parts), at),
          true,
        )
        expect({ frames, rejected }).toEqual({ frames: latin1(list), rejected: [] })
      }),
      { numRuns: 500 },
    )
  })

  it('does not depend on the chunks: fixed size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), cuts, (content, at) => {
        const { frames, rejected } = cut({ kind: 'fixed', size: 7 }, chunksOf(Buffer.from(content), at), true)
        const whole = Math.floor(content.length / 7)
        expect(frames).toEqual(Array.from({ length: whole }, (_, i) => latin1([content.slice(i * 7, i * 7 + 7)])[0]))
        expect(rejected).toHaveLength(content.length % 7 === 0 ? 0 : 1)
      }),
      { numRuns: 1000 },
    )
  })

  it('loses the stream where a length cannot be', () => {
    expect(() => cut({ kind: 'length', maxFrame: 100 }, [Buffer.from([0, 0, 0, 101])])).toThrow(FramingLost)
    expect(() => cut({ kind: 'length', includesLength: true }, [Buffer.from([0, 0, 0, 3])])).toThrow(FramingLost)
  })

  it('rejects a record that the end of the connection cut short', () => {
    expect(cut({}, [Buffer.from('21.5\n21.')], true)).toEqual({
      frames: ['21.5'],
      rejected: ['the connection ended within this record'],
    })
  })

  it('reads the escapes of a delimiter', () => {
    expect([...delimiterBytes('\\r\\n;\\x00\\0\\\\é\\')]).toEqual([13, 10, 59, 0, 0, 92, 0xc3, 0xa9, 92])
  })
})
