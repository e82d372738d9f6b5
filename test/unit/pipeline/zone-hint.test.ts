import { describe, expect, it } from 'vitest'
import { ZoneHint } from '../../../main/pipeline/zone-hint'
import { eventTime } from '../../../shared/config/decoding'

const NOW = Date.UTC(2026, 0, 15)
const HOUR = 3_600_000
const utc = eventTime.parse({ format: 'iso', zone: 'UTC' })

function hintOf(aheads: readonly number[]): ZoneHint {
  const hint = new ZoneHint()
  for (const ahead of aheads) hint.note(ahead)
  return hint
}
const times = (n: number, ahead: number): number[] => Array.from({ length: n }, (_, i) => ahead - i)

describe('the zone that the times of a source look like', () => {
  it('is one with the offset by which nearly all records are ahead', () => {
    const found = hintOf(times(50, 8 * HOUR)).likely(52, utc, NOW)
    expect(found).toEqual({ ahead: 8 * HOUR, zone: 'Asia/Shanghai' })
    expect(hintOf(times(50, 5.5 * HOUR)).likely(50, utc, NOW)?.zone).toBe('Asia/Kolkata')
    // From the zone that is set, not from UTC.
    const berlin = eventTime.parse({ format: 'iso', zone: 'Europe/Berlin' })
    expect(hintOf(times(50, 7 * HOUR)).likely(50, berlin, NOW)?.zone).toBe('Asia/Shanghai')
  })

  it('is not guessed from a few records, from a small share, or where times have a zone of their own', () => {
    expect(hintOf(times(19, 8 * HOUR)).likely(19, utc, NOW)).toBeNull()
    expect(hintOf(times(50, 8 * HOUR)).likely(60, utc, NOW)).toBeNull()
    expect(hintOf(times(50, 8 * HOUR)).likely(50, eventTime.parse({ format: 'ms' }), NOW)).toBeNull()
  })

  it('is none where the difference is no offset of a zone', () => {
    expect(hintOf(times(50, 8 * HOUR + 7 * 60_000)).likely(50, utc, NOW)).toBeNull()
    expect(hintOf(times(50, 40 * HOUR)).likely(50, utc, NOW)).toBeNull()
  })
})
