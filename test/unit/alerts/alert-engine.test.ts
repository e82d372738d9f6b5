/** What the engine keeps and gives up when rules, series and sources come and go, and what it refuses. */
import { expect, test } from 'vitest'
import { AlertEngine } from '../../../main/alerts/alert-engine'
import type { AlertTransition } from '../../../main/alerts/transition'
import { MOST_READINGS } from '../../../main/alerts/sliding-window'
import { createAccumulators, createFollower } from '../../../main/statistics'
import { BinaryReader, BinaryWriter } from '../../../main/windows/state'
import { alertRule } from '../../../shared/config/alert'
import { SampleBuffer } from '../../../shared/model/samples'

const NOW = { monotonic: 0, wall: 0 }
const above = { kind: 'above', threshold: 80 }

class World {
  readonly out: AlertTransition[] = []
  readonly engine: AlertEngine

  constructor(rules: readonly object[], lastTime?: (series: number) => number) {
    this.engine = new AlertEngine((transition) => void this.out.push(transition), {
      createAccumulators: (statistics) => createAccumulators(statistics, { grouped: false }),
      createFollower,
      ...(lastTime === undefined ? {} : { lastTime }),
    })
    this.define(rules)
  }

  define(rules: readonly object[]): this {
    this.engine.define(
      rules.map((fields, i) => alertRule.parse({ id: `r${i}`, name: 'r', series: '*', condition: above, ...fields })),
      NOW,
    )
    return this
  }

  series(id: number, source = 's', name = `n${id}`): this {
    this.engine.seriesAdded({ id, source, name, labels: {} }, NOW)
    return this
  }

  reading(series: number, time: number, value: number): this {
    const batch = new SampleBuffer(1)
    batch.push(series, time, value, time)
    this.engine.samples(batch, NOW)
    return this
  }

  state(): Uint8Array {
    const to = new BinaryWriter()
    this.engine.write(to, NOW)
    return to.bytes()
  }

  told(): string[] {
    return this.out.splice(0).map(({ rule, key, source, to, reason }) => `${rule} ${key ?? source} ${to} ${reason}`)
  }
}

test('a series that is erased, and a source that is removed, end their alerts', () => {
  const world = new World([{}]).series(1).series(2).series(3, 'other')
  world.reading(1, 1, 90).reading(2, 1, 90).reading(3, 1, 90).told()
  world.engine.seriesRemoved(1, NOW)
  expect(world.told()).toEqual(['r0 1 normal withdrawn'])
  world.engine.sourceState('s', false, NOW)
  world.engine.advance({ monotonic: 30_000, wall: 30_000 })
  expect(world.told()).toEqual(['source-down s firing met'])
  world.engine.sourceRemoved('s', { monotonic: 31_000, wall: 31_000 })
  expect(world.told()).toEqual(['source-down s normal unmet', 'r0 2 normal withdrawn'])
  expect(world.engine.standing().map(({ key }) => key)).toEqual([3])
  world.reading(1, 2, 95).reading(2, 2, 95)
  expect(world.told()).toEqual([])
})

test('a rule that is made while its series is long silent finds it silent after its time, live', () => {
  const rule = { silence: { after: '10s', means: 'alert' } }
  const world = new World([rule], () => 5000)
  world.engine.sourceState('s', true, NOW)
  world.series(1)
  world.engine.advance({ monotonic: 9999, wall: 9999 })
  expect(world.told()).toEqual([])
  world.engine.advance({ monotonic: 10_000, wall: 10_000 })
  expect(world.out.map(({ to, eventTime }) => [to, eventTime])).toEqual([['silent', 15_000]])
})

test('results of a key that no rule was for are looked at once there is one', () => {
  const world = new World([]).series(1)
  const result = (value: number, end: number) =>
    world.engine.results(
      {
        pipeline: 'p',
        source: 's',
        aggregates: ['mean'],
        results: [{ pipeline: 'p', key: 1, start: 0, end, revision: 0, values: [value] }],
      },
      NOW,
    )
  result(90, 10)
  world.define([{ results: { pipeline: 'p', statistic: 'mean' } }])
  result(90, 20)
  expect(world.told()).toEqual(['r0 1 firing met'])
  world.reading(1, 30, 10)
  expect(world.told()).toEqual([])
})

test('a state is taken over by rules of the same meaning and series that are still there, the rest is passed over', () => {
  const windowed = { reduce: { statistic: 'mean', window: '1m' } }
  const before = new World([{}, windowed, { for: '1h' }]).series(1).series(2)
  before.reading(1, 1, 90).reading(2, 1, 90)
  const after = new World([{}, {}, { for: '1h', name: 'other' }]).series(2)
  after.engine.read(new BinaryReader(before.state()), NOW)
  expect(after.told()).toEqual([])
  expect(after.engine.standing().map(({ rule, key, state }) => [rule, key, state])).toEqual([
    ['r0', 2, 'firing'],
    ['r2', 2, 'pending'],
  ])
  after.reading(2, 3_600_001, 90)
  expect(after.told()).toEqual(['r1 2 firing met', 'r2 2 firing held'])
})

test('a state is as long as what is going on', () => {
  const world = new World(Array.from({ length: 100 }, () => ({})))
  for (let id = 1; id <= 100; id++) world.series(id).reading(id, 1, 10)
  const atRest = world.state().length
  world.reading(1, 2, 90)
  expect(world.state().length - atRest).toBeGreaterThan(100 * 100)
  expect(atRest).toBeLessThan(60_000)
})

test('a state of another version is refused, and one that ends too early', () => {
  const world = new World([{}]).series(1).reading(1, 1, 90)
  const state = world.state()
  expect(() => new World([{}]).series(1).engine.read(new BinaryReader(state.subarray(0, -1)), NOW)).toThrow(RangeError)
  new DataView(state.buffer).setFloat64(0, 99, true)
  expect(() => new World([{}]).series(1).engine.read(new BinaryReader(state), NOW)).toThrow(/version 99/)
})

test('more readings in a window than are kept are an error, until the window holds all of its readings again', () => {
  const world = new World([
    { reduce: { statistic: 'count', window: '1h' }, condition: { kind: 'below', threshold: 0 } },
  ])
  world.series(1)
  const batch = new SampleBuffer(MOST_READINGS + 1)
  for (let i = 0; i <= MOST_READINGS; i++) batch.push(1, i, 1, 0)
  batch.length--
  world.engine.samples(batch, NOW)
  expect(world.told()).toEqual([])
  world.reading(1, MOST_READINGS, 1)
  expect(world.told()).toEqual(['r0 1 error overfull'])
  world.reading(1, MOST_READINGS + 1000, 1)
  expect(world.told()).toEqual([])
  world.reading(1, MOST_READINGS + 3_600_000, 1)
  expect(world.told()).toEqual(['r0 1 normal unmet'])
})

test('rules that are not for a key are neither acknowledged nor silenced', () => {
  const world = new World([{ series: 'n1' }]).series(1).series(2).reading(1, 1, 90)
  expect(world.engine.acknowledge('r0', 2)).toBe(false)
  expect(world.engine.silence('r0', 2, 9)).toBe(false)
  expect(world.engine.silence('gone', 1, 9)).toBe(false)
  expect(world.engine.acknowledge('r0', 1)).toBe(true)
  expect([world.engine.stateOf('r0', 1), world.engine.stateOf('r0', 2)]).toEqual(['firing', null])
})

const MINUTE = 60_000
/** Minutes of a wave; one of them is far off. */
const wave = (minute: number): number => 20 + 3 * Math.sin(minute / 10) + ((minute * 7919) % 13) / 13
const spiked = (minute: number): number => (minute === 900 ? 60 : wave(minute))

test.each([
  ['anomaly', { reduce: { statistic: 'anomaly' }, condition: { kind: 'above', threshold: 0.45 } }],
  ['forecast-error', { reduce: { statistic: 'forecast-error' }, condition: { kind: 'outside', least: -8, most: 8 } }],
])('%s fires on the one reading that is far off, also from a state and with late readings between', (_name, rule) => {
  const run = (world: World, from: number, to: number): World => {
    for (let minute = from; minute < to; minute++) {
      world.reading(1, minute * MINUTE, spiked(minute))
      // Late, and another one of the newest time: what follows a series passes over both.
      if (minute % 50 === 49) world.reading(1, (minute - 20) * MINUTE, 500).reading(1, minute * MINUTE, -500)
    }
    return world
  }
  const firing = ({ out }: World): number[] =>
    out.filter(({ to }) => to === 'firing').map(({ eventTime }) => eventTime / MINUTE)
  const whole = run(new World([rule]).series(1), 0, 1000)
  expect(firing(whole)).toEqual([900])
  const before = run(new World([rule]).series(1), 0, 700)
  const after = new World([rule]).series(1)
  after.engine.read(new BinaryReader(before.state()), NOW)
  expect(firing(run(after, 700, 1000))).toEqual([900])
  expect(after.out.at(-1)).toEqual(whole.out.at(-1))
})

test('the state of a rule that follows its series is passed over where the rule is gone', () => {
  const rules = [{ reduce: { statistic: 'anomaly' }, condition: { kind: 'above', threshold: 0.3 } }, {}]
  const before = new World(rules).series(1)
  before.reading(1, 1, 90)
  const after = new World([{ id: 'r1' }]).series(1)
  after.engine.read(new BinaryReader(before.state()), NOW)
  expect(after.engine.stateOf('r1', 1)).toBe('firing')
})
