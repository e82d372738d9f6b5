/** An alert fires exactly when its condition has held for `for`, against a twin that looks back over all readings. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alertRule } from '../../shared/config/alert'
import { RunningRule } from '../../main/alerts/rule'

const THRESHOLD = 5
const RECOVERY = 3

/** Whether each reading meets the condition: the last one beyond a threshold decides. */
function holds(values: readonly number[], at: number): boolean {
  for (let i = at; i >= 0; i--) {
    if ((values[i] as number) > THRESHOLD) return true
    if ((values[i] as number) <= RECOVERY) return false
  }
  return false
}

function firesAt(times: readonly number[], values: readonly number[], forMs: number): number[] {
  const firing = times.map((time, at) => {
    let first = at + 1
    while (first > 0 && holds(values, first - 1)) first--
    return first <= at && time - (times[first] as number) >= forMs
  })
  return times.filter((_, at) => firing[at] && !(at > 0 && firing[at - 1]))
}

test('fires exactly where its condition has held for so long', () => {
  const readings = fc.array(fc.record({ step: fc.integer({ min: 1, max: 4 }), value: fc.integer({ min: 0, max: 9 }) }))
  fc.assert(
    fc.property(readings, fc.integer({ min: 0, max: 12 }), (steps, forMs) => {
      const condition = { kind: 'above', threshold: THRESHOLD, recovery: RECOVERY }
      const rule = new RunningRule(alertRule.parse({ id: 'r', name: 'r', series: '*', condition, for: `${forMs}ms` }))
      let now = 0
      const times = steps.map(({ step }) => (now += step))
      const values = steps.map(({ value }) => value)
      const fired: number[] = []
      times.forEach((time, at) =>
        rule.reading(0, time, values[at] as number, ({ to }) => void (to === 'firing' && fired.push(time))),
      )
      expect(fired).toEqual(firesAt(times, values, forMs))
    }),
    { numRuns: 500 },
  )
})
