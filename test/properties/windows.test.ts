/**
 * Random pipelines over random disorder, in random batches, restored in mid-run: equal to the naive twin. Most cases
 * are short, since a short one shows what is wrong; some fill a sketch and a whole batch.
 */
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SampleBuffer } from '../../shared/model/samples'
import { pipeline, type Pipeline } from '../../shared/config/pipeline'
import { CLOCK_ONLY, type WindowOutput } from '../../main/contracts'
import { createPipelineWindows } from '../../main/pipeline/windowing'
import { TestKeys } from '../scenarios/language'
import { Twin, type Event, type Fired } from './windows-twin'

const CASES = Number(process.env['WEIR_FUZZ_CASES'] ?? 10_000)
const SEED = Number(process.env['WEIR_FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9))

const STATISTICS = [
  'count',
  'sum',
  'mean',
  'min',
  'max',
  'range',
  'varPop',
  'varSamp',
  'stddevPop',
  'stddevSamp',
  'missing',
]
const ORDERED = ['first', 'last', 'slope', 'timeWeightedMean']
const OTHERS = ['median', 'p90', 'distinct', 'delta', 'increase', 'rate', 'integral']

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296
  }
}

class Dice {
  private readonly next: () => number
  constructor(seed: number) {
    this.next = random(seed)
  }
  upTo(n: number): number {
    return Math.floor(this.next() * (n + 1))
  }
  chance(p: number): boolean {
    return this.next() < p
  }
  one<T>(of: readonly T[]): T {
    return of[this.upTo(of.length - 1)] as T
  }
  some<T>(of: readonly T[]): T[] {
    return of.filter(() => this.chance(0.4))
  }
}

/** Zones, and times at which their clocks are changed: by an hour or half of one, at midnight, by a whole day. */
const ZONES = [
  ['UTC', '2024-02-29T00:00Z'],
  ['Europe/Berlin', '2021-03-28T01:00Z'],
  ['Europe/Berlin', '2021-10-31T01:00Z'],
  ['America/Los_Angeles', '2021-11-07T09:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00Z'],
  ['Australia/Lord_Howe', '2021-04-03T15:00Z'],
  ['Australia/Lord_Howe', '2021-10-02T15:30Z'],
  ['Asia/Kathmandu', '2023-12-31T18:15Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
] as const

/** What one unit of the random numbers below stands for, and the time around which events lie. */
interface TimeScale {
  readonly unit: number
  readonly origin: number
}

function randomCase(dice: Dice): { config: Pipeline; events: Event[] } {
  const [zone, transition] = dice.one(ZONES)
  const startsAt = dice.one(['00:00', '00:00', '01:30', '06:00', '23:45'])
  const calendar = { kind: 'calendar', unit: dice.one(['hour', 'day', 'week', 'month']), zone, startsAt }
  const scale = dice.chance(0.12)
    ? { unit: dice.one([60_000, 600_000, 3_600_000]), origin: Date.parse(transition) }
    : { unit: 1, origin: 0 }
  const groupBy = dice.one([[], [], ['site'], ['site', 'sensor']])
  const config = randomPipeline(dice, scale, groupBy, scale.unit > 1 ? calendar : null)
  return { config, events: randomEvents(dice, scale, groupBy) }
}

function randomPipeline(dice: Dice, scale: TimeScale, groupBy: readonly string[], calendar: object | null): Pipeline {
  const ms = (n: number): string => `${n * scale.unit}ms`
  const step = 1 + dice.upTo(8)
  const offset = ms(dice.upTo(30) - 15)
  const window =
    calendar ??
    dice.one([
      { kind: 'tumbling', size: ms(1 + dice.upTo(20)), offset },
      { kind: 'hopping', size: ms(1 + dice.upTo(30)), slide: ms(1 + dice.upTo(12)), offset },
      { kind: 'hopping', size: ms(step * (1 + dice.upTo(20))), slide: ms(step), offset },
      { kind: 'cumulative', size: ms(step * (1 + dice.upTo(5))), step: ms(step), offset },
      { kind: 'session', gap: ms(1 + dice.upTo(10)) },
      { kind: 'count', size: 1 + dice.upTo(8), slide: 1 + dice.upTo(8) },
      { kind: 'whole' },
    ])
  const grouped = groupBy.length > 0
  const aggregates = [
    ...dice.some(STATISTICS),
    ...(dice.chance(0.6) ? dice.some(OTHERS) : []),
    ...(grouped || dice.chance(0.5) ? [] : dice.some(ORDERED)),
  ]
  const time = {
    clock: dice.one(['series', 'source']),
    outOfOrderness: ms(dice.one([0, 0, dice.upTo(15)])),
    allowedLateness: ms(dice.one([0, 0, dice.upTo(25)])),
  }
  return pipeline.parse({
    id: 'p',
    name: 'p',
    source: 's',
    window,
    time,
    groupBy,
    aggregates: ['count', ...aggregates],
  })
}

function randomLength(dice: Dice): number {
  if (dice.chance(0.0002)) return 9000
  return dice.upTo(dice.chance(0.004) ? 1500 : 70)
}

function randomEvents(dice: Dice, { unit, origin }: TimeScale, groupBy: readonly string[]): Event[] {
  const events: Event[] = []
  const disorder = dice.one([0, 3, 20, 60])
  const pace = dice.one([0, 1, 4, 30])
  const fraction = dice.chance(0.2)
  const counter = dice.chance(0.3)
  let now = dice.upTo(200) - 100
  for (let left = randomLength(dice); left > 0; left--) {
    now += dice.upTo(pace) + (dice.chance(0.02) ? 500 : 0)
    const t = origin + unit * (now - dice.upTo(disorder)) + (fraction ? dice.upTo(999) / 1000 : 0)
    const v = dice.chance(0.08)
      ? dice.one([NaN, NaN, -Infinity, CLOCK_ONLY])
      : counter
        ? events.length * 3 - (dice.chance(0.1) ? 50 : 0)
        : dice.upTo(200) - 100
    const site = dice.one(['a', 'b'])
    const sensor = dice.upTo(groupBy.length > 0 ? 2 : 1)
    const series = `${site}.${sensor}`
    const key = groupBy.length === 0 ? series : groupBy.length === 1 ? `${site}*` : `${series}*`
    events.push({ series, key, partition: dice.one(['p', 'q']), t, v })
  }
  return events
}

function run(config: Pipeline, events: readonly Event[], dice: Dice): Fired[] {
  const keys = new TestKeys()
  const fired: Fired[] = []
  const say = (kind: 'late' | 'unassigned', series: number, t: number): void =>
    void fired.push({
      kind,
      key: keys.text(series),
      start: t,
      end: t,
      revision: 0,
      index: -1,
      replaces: '[]',
      values: [],
    })
  const out: WindowOutput = {
    fire: ({ key, start, end, index = -1, revision, replaces = [], values }) =>
      fired.push({
        kind: 'fire',
        key: keys.text(key),
        start,
        end,
        revision,
        index,
        replaces: JSON.stringify(replaces),
        values: [...values],
      }),
    late: (series, t) => say('late', series, t),
    unassigned: (series, t) => say('unassigned', series, t),
    mark: () => {},
  }
  let operator = createPipelineWindows(config, keys, 'replay')
  const largest = dice.one([1, 3, 20, 8192])
  for (let at = 0; at < events.length;) {
    const batch = new SampleBuffer()
    const { partition } = events[at] as Event
    for (let size = 1 + dice.upTo(largest - 1); size > 0 && events[at]?.partition === partition; size--, at++) {
      const { series, t, v } = events[at] as Event
      batch.push(keys.id(series), t, v, 0)
    }
    operator.process(batch, partition, 0, out)
    if (!dice.chance(0.1)) continue
    const state = operator.snapshot()
    operator = createPipelineWindows(config, keys, 'replay')
    operator.restore(state)
  }
  operator.end(out)
  return fired
}

function close(a: number, b: number, scale: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), scale)
}

/** @param count values in the window: beyond 1,024 percentiles and the number of different values are sketched. */
function equals(aggregate: string, actual: number, expected: number, count: number): boolean {
  if (count > 1024 && aggregate === 'distinct') return Math.abs(actual - expected) <= 0.02 * expected
  // Neighbours in the order of size, between which a percentile lies, differ by a few at most here.
  if (count > 1024 && (aggregate === 'median' || aggregate === 'p90'))
    return Math.abs(actual - expected) <= 0.005 * (Math.abs(expected) + 3)
  return close(actual, expected, 1)
}

function firstDifference(
  actual: readonly Fired[],
  expected: readonly Fired[],
  aggregates: readonly string[],
): string | null {
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    const [a, b] = [actual[i], expected[i]]
    if (a === undefined || b === undefined) return `${JSON.stringify(a)} instead of ${JSON.stringify(b)}`
    const { values: got, ...restA } = a
    const { values: wanted, ...restB } = b
    const same =
      JSON.stringify(restA) === JSON.stringify(restB) &&
      got.every((value, j) => equals(aggregates[j] as string, value, wanted[j] as number, wanted[0] as number))
    if (!same) return `#${i} ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`
  }
  return null
}

test(`${CASES} random cases from seed ${SEED} equal the naive twin`, { timeout: 3_600_000 }, async () => {
  for (let i = 0; i < CASES; i++) {
    // The runner must hear of its worker now and then.
    if (i % 1000 === 0) await setImmediate()
    const seed = SEED + i
    const dice = new Dice(seed)
    const { config, events } = randomCase(dice)
    const twin = new Twin(config)
    for (const event of events) twin.record(event)
    twin.end()
    const difference = firstDifference(run(config, events, dice), twin.out, config.aggregates)
    if (difference !== null) {
      const { window, time, aggregates, groupBy } = config
      expect.fail(
        `WEIR_FUZZ_SEED=${seed}: ${difference}\n${JSON.stringify({ window, time, aggregates, groupBy })}\n${JSON.stringify(events)}`,
      )
    }
  }
})
