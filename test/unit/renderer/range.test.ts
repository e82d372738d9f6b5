import { describe, expect, it } from 'vitest'
import { formatRange, parseRange, sameRange } from '../../../renderer/state/range'

const now = new Date(2014, 1, 7, 18, 0).getTime()
const at = (day: number, hour = 0, minute = 0): number => new Date(2014, 1, day, hour, minute).getTime()

describe('typed ranges', () => {
  it.each([
    ['now-15m', { kind: 'live', span: 900_000 }],
    ['15m', { kind: 'live', span: 900_000 }],
    ['now-6h to now', { kind: 'live', span: 21_600_000 }],
    ['now-6h to now-1h', { kind: 'fixed', from: now - 21_600_000, to: now - 3_600_000 }],
    ['2014-02-07 06:00 – 12:00', { kind: 'fixed', from: at(7, 6), to: at(7, 12) }],
    ['2014-02-07 06:00 - 2014-02-08 12:30', { kind: 'fixed', from: at(7, 6), to: at(8, 12, 30) }],
    ['2014-02-07', { kind: 'fixed', from: at(7), to: at(8) }],
    ['2014-02-06 to 2014-02-07', { kind: 'fixed', from: at(6), to: at(7) }],
  ])('%s', (text, range) => {
    expect(parseRange(text, now)).toEqual(range)
  })

  it.each(['', 'yesterday', '2014-02-30', '2014-02-07 12:00 – 06:00', 'now+5m', 'now to now', '5 parsecs'])(
    'refuses %j',
    (text) => {
      expect(parseRange(text, now)).toBeNull()
    },
  )

  it('writes what it reads, also in Chinese', () => {
    const live = parseRange('now-15m 至 now', now)
    expect(live && formatRange(live, '至')).toBe('now-15m 至 now')
    for (const text of ['now-15m to now', '2014-02-07 06:00 – 12:00', '2014-02-06 22:00 – 2014-02-07 12:00']) {
      const range = parseRange(text, now)
      expect(range && formatRange(range)).toBe(text)
    }
  })

  it('compares by content', () => {
    expect(sameRange({ kind: 'live', span: 1 }, { kind: 'live', span: 1 })).toBe(true)
    expect(sameRange({ kind: 'live', span: 1 }, { kind: 'fixed', from: 0, to: 1 })).toBe(false)
  })
})
