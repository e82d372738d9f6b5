/** The slices of a bulk read take every sample once, and none is much larger than its budget. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slicesOfSeries, slicesOfTime } from '../../main/engine/export/slices'

describe('slices of a read', () => {
  const BUDGET = 1000
  const EVERYTHING = { from: null, to: null }
  /** Evenly spread, so that what lies in a slice can be counted. */
  const spans = (sizes: readonly number[], periodMs: number) => {
    let next = 1_700_000_000_000
    return sizes.map((samples) => {
      const from = next
      next += samples * periodMs
      return { series: 1, from, to: next - periodMs, samples }
    })
  }
  const sizes = fc.array(
    fc.oneof(fc.constantFrom(1, 250, 500, BUDGET, 2 * BUDGET), fc.integer({ min: 1, max: 3000 })),
    {
      minLength: 1,
      maxLength: 20,
    },
  )

  it('take every sample once and no slice much more than its budget', () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(0.25, 1, 1000, 60_000), (each, periodMs) => {
        const all = spans(each, periodMs)
        const slices = slicesOfTime(new Set([1]), all, EVERYTHING, BUDGET)
        const times = all.flatMap(({ from, samples }) => Array.from({ length: samples }, (_, i) => from + i * periodMs))
        const counts = slices.map(
          ({ from, to }) => times.filter((time) => time >= (from ?? -Infinity) && time <= (to ?? Infinity)).length,
        )
        expect(counts.reduce((sum, count) => sum + count)).toBe(times.length)
        expect(Math.max(...counts)).toBeLessThanOrEqual(BUDGET * 1.1 + 1)
      }),
      { numRuns: 100 },
    )
  })

  it('go on after spans that fill one to the last sample', () => {
    const whole = slicesOfSeries(
      [1],
      spans(
        Array.from({ length: 20 }, () => BUDGET / 4),
        1000,
      ),
      EVERYTHING,
      BUDGET,
    )
    expect(whole).toHaveLength(5)
  })

  it('do not part samples of one instant', () => {
    const instant = { series: 1, from: 1000, to: 1000, samples: 10 * BUDGET }
    const later = { series: 1, from: 5000, to: 9000, samples: BUDGET / 2 }
    const slices = slicesOfTime(new Set([1]), [instant, later], EVERYTHING, BUDGET)
    expect(slices.some(({ from, to }) => (from ?? 0) <= 1000 && (to ?? Infinity) >= 1000)).toBe(true)
    expect(slices.at(-1)).toMatchObject({ last: true, to: null })
  })
})
