/**
 * Alert rules against twins: what fires is what has held for `for` by a look back over all readings; windows are what
 * the readings within them give; neither a restart at any point nor the size of batches makes a difference.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AlertEngine } from '../../main/alerts/alert-engine'
import type { AlertTransition } from '../../main/alerts/transition'
import { createAccumulators, createFollower } from '../../main/statistics'
import { BinaryReader, BinaryWriter } from '../../main/windows/state'
import { alertRule } from '../../shared/config/alert'
import { SampleBuffer } from '../../shared/model/samples'

const NOW = { monotonic: 0, wall: 0 }
const rule = (fields: object) =>
  alertRule.parse({ id: 'r', name: 'r', series: '*', condition: { kind: 'above', threshold: 5 }, ...fields })

function engineOf(rules: readonly object[], series: number, out: AlertTransition[]): AlertEngine {
  const engine = new AlertEngine((transition) => void out.push(transition), {
    createAccumulators: (statistics) => createAccumulators(statistics, { grouped: false }),
    createFollower,
    sourceDownAfter: 20,
  })
  engine.define(
    rules.map((fields, i) => rule({ id: `r${i}`, ...fields })),
    NOW,
  )
  for (let id = 1; id <= series; id++) engine.seriesAdded({ id, source: `s${id % 2}`, name: `n${id}`, labels: {} }, NOW)
  return engine
}

function restarted(engine: AlertEngine, rules: readonly object[], out: AlertTransition[], now = NOW): AlertEngine {
  const to = new BinaryWriter()
  engine.write(to, now)
  const next = engineOf(rules, 3, out)
  next.read(new BinaryReader(to.bytes()), now)
  return next
}

type Reading = readonly [series: number, time: number, value: number]

function batchOf(readings: readonly Reading[]): SampleBuffer {
  const batch = new SampleBuffer(8)
  for (const [series, time, value] of readings) batch.push(series, time, value, 0)
  return batch
}

const steps = fc.array(fc.record({ step: fc.integer({ min: 1, max: 4 }), value: fc.integer({ min: 0, max: 9 }) }))

/** Whether each reading meets the condition: the last one beyond a threshold decides. */
function holds(values: readonly number[], at: number): boolean {
  for (let i = at; i >= 0; i--) {
    if ((values[i] as number) > 5) return true
    if ((values[i] as number) <= 3) return false
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
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 12 }), (made, forMs) => {
      const out: AlertTransition[] = []
      const condition = { kind: 'above', threshold: 5, recovery: 3 }
      const engine = engineOf([{ condition, for: `${forMs}ms` }], 1, out)
      let now = 0
      const times = made.map(({ step }) => (now += step))
      const values = made.map(({ value }) => value)
      engine.samples(batchOf(times.map((time, i) => [1, time, values[i] as number])), NOW)
      const fired = out.filter(({ to }) => to === 'firing').map(({ eventTime }) => eventTime)
      expect(fired).toEqual(firesAt(times, values, forMs))
    }),
    { numRuns: 500 },
  )
})

const WINDOW = 20
/** The first of equal times stands first. */
const naive: Readonly<Record<string, (values: number[]) => number>> = {
  count: (values) => values.length,
  sum: (values) => values.reduce((a, b) => a + b, 0),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  p50: (values) => {
    const sorted = [...values].sort((a, b) => a - b)
    const rank = (sorted.length - 1) / 2
    return ((sorted[Math.floor(rank)] as number) + (sorted[Math.ceil(rank)] as number)) / 2
  },
}

test('a window holds the readings since so long before the newest, late ones too', () => {
  const readings = fc.array(
    fc.record({ step: fc.integer({ min: -15, max: 12 }), value: fc.integer({ min: 0, max: 9 }) }),
    { minLength: 1, maxLength: 400 },
  )
  fc.assert(
    fc.property(readings, fc.constantFrom(...Object.keys(naive)), (made, statistic) => {
      const condition = { kind: 'above', threshold: -1 }
      const out: AlertTransition[] = []
      const rules = [{ condition, reduce: { statistic, window: `${WINDOW}ms` } }]
      let engine = engineOf(rules, 3, out)
      let newest = -Infinity
      const taken: [number, number][] = []
      made.forEach(({ step, value }, i) => {
        const time = Math.max(newest, 0) + step
        engine.samples(batchOf([[1, time, value]]), NOW)
        newest = Math.max(newest, time)
        taken.push([time, value])
        const within = taken.filter(([at]) => at > newest - WINDOW).map(([, each]) => each)
        expect(engine.standing()[0]?.value).toBeCloseTo((naive[statistic] as (values: number[]) => number)(within), 9)
        if (i % 50 === 49) engine = restarted(engine, rules, out)
      })
    }),
    { numRuns: 60 },
  )
})

const RULES = [
  { condition: { kind: 'above', threshold: 5, recovery: 3 }, for: '4ms', keepFiringFor: '6ms' },
  { silence: { after: '10ms', means: 'alert' }, repeatEvery: '1m', series: 'n*' },
  { silence: { after: '7ms', means: 'ok' }, condition: { kind: 'inside', least: 2, most: 6, margin: 1 } },
  { reduce: { statistic: 'mean', window: '12ms' }, for: '3ms', keepFiringFor: '2ms' },
  { reduce: { statistic: 'rate', window: '9ms' }, condition: { kind: 'above', threshold: 300 } },
  { condition: { kind: 'changes', faster: 900, direction: 'rise' }, keepFiringFor: '5ms' },
  {
    condition: {
      kind: 'and',
      of: [
        { kind: 'silent', for: '5ms' },
        {
          kind: 'or',
          of: [
            { kind: 'above', threshold: 4 },
            { kind: 'silent', for: '11ms' },
          ],
        },
      ],
    },
    for: '2ms',
  },
]

type Action =
  | { readonly kind: 'readings'; readonly made: readonly (readonly [number, number, number | null])[] }
  | { readonly kind: 'advance' | 'clock'; readonly by: number }
  | { readonly kind: 'source'; readonly live: boolean }
  | { readonly kind: 'silence' | 'acknowledge'; readonly rule: number; readonly series: number; readonly by: number }

const series = fc.integer({ min: 1, max: 3 })
const by = fc.integer({ min: 1, max: 30 })
const ruleNumber = fc.integer({ min: 0, max: RULES.length - 1 })
const value = fc.option(fc.integer({ min: 0, max: 9 }), { freq: 12 })
const readings = fc.array(fc.tuple(series, fc.integer({ min: -6, max: 9 }), value), { minLength: 1, maxLength: 8 })
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('readings' as const), made: readings }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('advance' as const, 'clock' as const), by }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('source' as const), live: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('silence' as const, 'acknowledge' as const),
      rule: ruleNumber,
      series,
      by,
    }),
  },
)

/** Repeats the same course; `each` may put another engine in the place of the one after every action. */
class Course {
  readonly out: AlertTransition[] = []
  engine = engineOf(RULES, 3, this.out)
  now = { monotonic: 0, wall: 1000 }
  private readonly times = [0, 0, 0, 0]

  constructor(private readonly alone: boolean) {}

  take(next: Action): void {
    if (next.kind === 'readings') this.readings(next.made)
    else if (next.kind === 'source') this.engine.sourceState('s1', next.live, this.now, this.now.monotonic + 3)
    else if (next.kind === 'silence') this.engine.silence(`r${next.rule}`, next.series, this.now.wall + next.by)
    else if (next.kind === 'acknowledge') this.engine.acknowledge(`r${next.rule}`, next.series)
    else if (next.kind === 'clock') this.engine.clock(null, Math.max(...this.times) + next.by, this.now)
    else {
      this.now = { monotonic: this.now.monotonic + next.by, wall: this.now.wall + next.by }
      this.engine.advance(this.now)
    }
  }

  private readings(made: readonly (readonly [number, number, number | null])[]): void {
    const rows = made.map(([id, step, each]): Reading => {
      const time = Math.max(0, (this.times[id] as number) + step)
      this.times[id] = Math.max(this.times[id] as number, time)
      return [id, time, each ?? NaN]
    })
    if (this.alone) for (const row of rows) this.engine.samples(batchOf([row]), this.now)
    else this.engine.samples(batchOf(rows), this.now)
  }
}

test('a restart after any step, and batches of one, give what an uninterrupted run gives', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (actions, every) => {
      const whole = new Course(false)
      const parts = new Course(true)
      actions.forEach((next, i) => {
        whole.take(next)
        parts.take(next)
        if (i % every === 0) parts.engine = restarted(parts.engine, RULES, parts.out, parts.now)
      })
      expect(parts.out).toEqual(whole.out)
      expect(parts.engine.standing()).toEqual(whole.engine.standing())
    }),
    { numRuns: 400 },
  )
})

test('no two changes have one id, and each begins in the state in which the one before ended', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const course = new Course(false)
      for (const next of actions) course.take(next)
      const changes = course.out.filter(({ from, to }) => from !== to)
      expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length)
      const states = new Map<string, string>()
      let at = new Map<string, number>()
      for (const { rule: id, key, source, from, to, eventTime } of changes) {
        const name = `${id} ${key ?? source}`
        expect(from).toBe(states.get(name) ?? 'normal')
        expect(eventTime).toBeGreaterThanOrEqual(at.get(name) ?? -Infinity)
        states.set(name, to)
        at = at.set(name, eventTime)
      }
    }),
    { numRuns: 400 },
  )
})
