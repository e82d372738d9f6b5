/** The hot path of an export against the plain way: numbers as String gives them, times as toISOString. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvBytes, POINT } from '../../main/engine/export/csv-bytes'
import { TimeText } from '../../main/engine/export/time-text'
import { ZoneClock } from '../../main/pipeline/zone-clock'

const RUNS = { numRuns: 20_000 }
const LIMIT_US = 2 ** 42 * 1000

describe('a number in a CSV', () => {
  const decimal = fc
    .tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), fc.nat(12))
    .map(([digits, places]) => Number(`${String(digits)}e-${String(places)}`))
  const edges = fc.constantFrom(
    ...[0, -0, 1e-6, 1e-7, 0.000001, 123e-6, 5e-324, 0.1 + 0.2, 999_999_999, 1e9, 1e21, 2 ** 53, NaN, Infinity],
    ...[999_999_999.999999, 999_999_999.9999999, 0.9999999, 0.99999999, 4.35, 1.005, 1.7976931348623157e308],
  )
  const anyNumber = fc.oneof(fc.double(), decimal, edges, fc.integer(), fc.float())

  it('has the digits that String gives, and a zero keeps its sign', () => {
    const bytes = new CsvBytes()
    fc.assert(
      fc.property(anyNumber, fc.boolean(), (magnitude, negative) => {
        const value = negative ? -magnitude : magnitude
        bytes.number(value, POINT)
        const text = Buffer.from(bytes.take()).toString()
        expect(text).toBe(Object.is(value, -0) ? '-0' : String(value))
        expect(Number(text)).toBe(value)
      }),
      RUNS,
    )
  })
})

describe('a time in a CSV', () => {
  const micros = fc.oneof(
    fc.integer({ min: 1_600_000_000_000_000, max: 1_800_000_000_000_000 }),
    fc.integer({ min: -LIMIT_US, max: LIMIT_US }),
    fc.constantFrom(0, -1, 999, 1000, -1_000_000, 86_399_999_999, 86_400_000_000),
  )
  const bytes = new CsvBytes()
  const written = (clock: TimeText, us: number): string => {
    clock.write(us / 1000, bytes)
    return Buffer.from(bytes.take()).toString()
  }
  /** Of whole microseconds, in a zone whose civil time at that instant is known. */
  const plain = (us: number, civilMs: number): string => {
    const rest = ((us % 1e6) + 1e6) % 1e6
    const fraction = String(rest).padStart(6, '0')
    return `${new Date(civilMs).toISOString().slice(0, -5)}.${rest % 1000 === 0 ? fraction.slice(0, 3) : fraction}`
  }

  it('is that of toISOString, with microseconds where there are any', () => {
    const clock = new TimeText('UTC')
    fc.assert(
      fc.property(micros, (us) => {
        expect(written(clock, us)).toBe(`${plain(us, Math.floor(us / 1e6) * 1000)}Z`)
      }),
      RUNS,
    )
  })

  it.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Africa/Monrovia'])(
    'is the civil one in %s, whatever was written before',
    (zone) => {
      const clock = new TimeText(zone)
      const civil = new ZoneClock(zone)
      fc.assert(
        fc.property(micros, (us) => {
          const text = written(clock, us)
          expect(text.slice(0, text.search(/[+-][\d:]+$/))).toBe(plain(us, civil.civil(us / 1000)))
        }),
        { numRuns: 2000 },
      )
    },
  )

  it('turns with the day and with the clocks', () => {
    const clock = new TimeText('Europe/Berlin')
    const at = (iso: string): string => written(clock, Date.parse(iso) * 1000)
    expect(at('2026-03-28T22:59:59.999Z')).toBe('2026-03-28T23:59:59.999+01:00')
    expect(at('2026-03-28T23:00:00Z')).toBe('2026-03-29T00:00:00.000+01:00')
    expect(at('2026-03-29T00:59:59Z')).toBe('2026-03-29T01:59:59.000+01:00')
    expect(at('2026-03-29T01:00:00Z')).toBe('2026-03-29T03:00:00.000+02:00')
    expect(at('2026-10-25T00:59:59Z')).toBe('2026-10-25T02:59:59.000+02:00')
    expect(at('2026-10-25T01:00:00Z')).toBe('2026-10-25T02:00:00.000+01:00')
  })
})
