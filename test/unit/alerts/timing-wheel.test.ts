/** The wheel gives what a sorted list gives. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimingWheel } from '../../../main/alerts/timing-wheel'

test('everything that is due, once, in the order of its time and then of its putting', () => {
  const step = fc.record({ put: fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 5 }), on: fc.nat(3000) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const wheel = new TimingWheel<number>()
      let waiting: { at: number; what: number }[] = []
      let now = 0
      let made = 0
      for (const { put, on } of steps) {
        for (const at of put) {
          wheel.put(at, made)
          waiting.push({ at, what: made++ })
        }
        now += on
        const due = waiting.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)
        waiting = waiting.filter(({ at }) => at > now)
        expect(wheel.take(now)).toEqual(due)
      }
    }),
  )
})
