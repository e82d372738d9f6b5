/** Random pipelines, and what happens to them: samples out of order, ticks, losses of the connection, restarts. */
import { pipeline, type Pipeline } from '../../shared/config/pipeline'
import { CLOCK_ONLY } from '../../main/contracts'

export interface Event {
  readonly series: string
  readonly key: string
  readonly partition: string
  readonly t: number
  readonly v: number
}

/** `at`: the monotonic clock. */
export type Step =
  | { readonly do: 'samples'; readonly events: readonly Event[]; readonly at: number }
  | { readonly do: 'tick'; readonly at: number }
  | { readonly do: 'live'; readonly live: boolean; readonly at: number; readonly quietFrom: number }
  /** `crash`: from an older snapshot and the journal since; otherwise from a snapshot of this moment. */
  | { readonly do: 'restart'; readonly crash: boolean; readonly at: number }
  | { readonly do: 'advance'; readonly member: string; readonly to: number }
  | { readonly do: 'raise'; readonly to: number }
  | { readonly do: 'end' }

export interface Case {
  readonly config: Pipeline
  /** Reads the results of the first. */
  readonly downstream: Pipeline | null
  readonly mode: 'live' | 'replay'
  readonly movedBy: 'records' | 'given'
  readonly steps: readonly Step[]
}

const STATISTICS = ['sum', 'mean', 'min', 'max', 'range', 'varPop', 'varSamp', 'stddevPop', 'stddevSamp', 'missing']
const ORDERED = ['first', 'last', 'slope', 'timeWeightedMean']
const OTHERS = ['median', 'p90', 'distinct', 'delta', 'increase', 'rate', 'integral']
/** Whole numbers of whole numbers: no rounding makes a rise of what is none. */
const EXACT = ['count', 'sum', 'min', 'max', 'range', 'missing', 'first', 'last', 'distinct', 'delta', 'increase']

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

export function randomCase(seed: number): Case {
  const dice = new Dice(seed)
  const live = dice.chance(0.25)
  const given = !live && dice.chance(0.12)
  const [zone, transition] = dice.one(ZONES)
  const startsAt = dice.one(['00:00', '00:00', '01:30', '06:00', '23:45'])
  const calendar = { kind: 'calendar', unit: dice.one(['hour', 'day', 'week', 'month']), zone, startsAt }
  const isCalendar = !live && dice.chance(0.12)
  const scale = isCalendar
    ? { unit: dice.one([60_000, 600_000, 3_600_000]), origin: Date.parse(transition) }
    : { unit: live ? 1000 : 1, origin: 0 }
  const groupBy = dice.one([[], [], ['site'], ['site', 'unit']])
  const config = randomPipeline(dice, scale, groupBy, isCalendar ? calendar : null)
  const downstream = !given && !isCalendar && dice.chance(live ? 0.3 : 0.08) ? randomReader(dice, scale, config) : null
  const steps = live
    ? liveSteps(dice, scale, groupBy)
    : given
      ? givenSteps(dice, config, randomEvents(dice, scale, groupBy))
      : replaySteps(dice, randomEvents(dice, scale, groupBy))
  return { config, downstream, mode: live ? 'live' : 'replay', movedBy: given ? 'given' : 'records', steps }
}

function randomPipeline(dice: Dice, scale: TimeScale, groupBy: readonly string[], calendar: object | null): Pipeline {
  const ms = (n: number): string => `${n * scale.unit}ms`
  const time = {
    clock: dice.one(['series', 'source']),
    outOfOrderness: ms(dice.one([0, 0, dice.upTo(15)])),
    allowedLateness: ms(dice.one([0, 0, dice.upTo(25)])),
    idleAfter: ms(1 + dice.upTo(dice.one([6, 40]))),
    closeWhenQuiet: dice.chance(0.85),
  }
  const window = calendar ?? randomWindow(dice, ms)
  return pipeline.parse({ id: 'p', name: 'p', source: 's', window, time, groupBy, aggregates: some(dice, groupBy) })
}

function randomReader(dice: Dice, scale: TimeScale, { aggregates, groupBy }: Pipeline): Pipeline {
  const factor = dice.one([1, 4])
  const ms = (n: number): string => `${n * scale.unit * factor}ms`
  const group = dice.one([[], groupBy.slice(0, 1)])
  return pipeline.parse({
    id: 'down',
    name: 'down',
    upstream: { pipeline: 'p', statistic: dice.one(EXACT.filter((name) => aggregates.includes(name))) },
    window: randomWindow(dice, ms),
    time: { clock: dice.one(['series', 'source']), allowedLateness: ms(dice.one([0, 0, dice.upTo(25)])) },
    groupBy: group,
    aggregates: some(dice, group),
  })
}

function randomWindow(dice: Dice, ms: (n: number) => string): object {
  const step = 1 + dice.upTo(8)
  const offset = ms(dice.upTo(30) - 15)
  return dice.one([
    { kind: 'tumbling', size: ms(1 + dice.upTo(20)), offset },
    { kind: 'hopping', size: ms(1 + dice.upTo(30)), slide: ms(1 + dice.upTo(12)), offset },
    { kind: 'hopping', size: ms(step * (1 + dice.upTo(20))), slide: ms(step), offset },
    { kind: 'cumulative', size: ms(step * (1 + dice.upTo(5))), step: ms(step), offset },
    { kind: 'session', gap: ms(1 + dice.upTo(10)) },
    { kind: 'count', size: 1 + dice.upTo(8), slide: 1 + dice.upTo(8) },
    { kind: 'whole' },
  ])
}

function some(dice: Dice, groupBy: readonly string[]): string[] {
  return [
    'count',
    ...dice.some(STATISTICS),
    ...(dice.chance(0.6) ? dice.some(OTHERS) : []),
    ...(groupBy.length > 0 || dice.chance(0.5) ? [] : dice.some(ORDERED)),
  ]
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
  const value = randomValues(dice)
  let now = dice.upTo(200) - 100
  for (let left = randomLength(dice); left > 0; left--) {
    now += dice.upTo(pace) + (dice.chance(0.02) ? 500 : 0)
    const t = origin + unit * (now - dice.upTo(disorder)) + (fraction ? dice.upTo(999) / 1000 : 0)
    events.push(randomEvent(dice, groupBy, t, value(events.length)))
  }
  return events
}

function randomValues(dice: Dice): (n: number) => number {
  const counter = dice.chance(0.3)
  return (n) => {
    if (dice.chance(0.08)) return dice.one([NaN, NaN, -Infinity, CLOCK_ONLY])
    return counter ? n * 3 - (dice.chance(0.1) ? 50 : 0) : dice.upTo(200) - 100
  }
}

function randomEvent(dice: Dice, groupBy: readonly string[], t: number, v: number): Event {
  const series = `${dice.one(['a', 'b'])}.${dice.upTo(groupBy.length > 0 ? 2 : 1)}`
  return { series, key: keyOf(series, groupBy), partition: dice.one(['p', 'q']), t, v }
}

/** Series are called `site.unit`, groups by what they have in common. */
export function keyOf(series: string, groupBy: readonly string[]): string {
  return groupBy.length === 0 ? series : `${groupBy.length === 1 ? series.slice(0, 1) : series}*`
}

/** Batches of any size, each of one partition, with restarts between them. */
function replaySteps(dice: Dice, events: readonly Event[]): Step[] {
  const steps: Step[] = []
  const largest = dice.one([1, 3, 20, 8192])
  for (let at = 0; at < events.length;) {
    const first = at
    for (let size = 1 + dice.upTo(largest - 1); size > 0; size--, at++)
      if (events[at]?.partition !== events[first]?.partition) break
    steps.push({ do: 'samples', events: events.slice(first, at), at: 0 })
    if (dice.chance(0.08)) steps.push({ do: 'restart', crash: false, at: 0 })
    if (dice.chance(0.005)) steps.push({ do: 'raise', to: (events[first] as Event).t + dice.upTo(20) })
  }
  return [...steps, { do: 'end' }]
}

/** A member's samples, then its watermark. It may be behind them, and may have been passed before. */
function givenSteps(dice: Dice, { time, groupBy }: Pipeline, events: readonly Event[]): Step[] {
  const steps: Step[] = []
  const slack = dice.one([0, 5, 30])
  for (let at = 0; at < events.length;) {
    const { series, partition, t } = events[at] as Event
    const mine = (event: Event | undefined): boolean => event?.series === series && event.partition === partition
    const first = at++
    while (mine(events[at])) at++
    const batch = events.slice(first, at).filter(({ v }) => v !== CLOCK_ONLY)
    if (batch.length > 0) steps.push({ do: 'samples', events: batch, at: 0 })
    if (time.clock === 'series' && groupBy.length > 0 && batch.length === 0) continue
    const to = Math.floor(t) + dice.upTo(slack) - dice.upTo(slack)
    steps.push({ do: 'advance', member: time.clock === 'source' ? partition : series, to })
    if (dice.chance(0.08)) steps.push({ do: 'restart', crash: false, at: 0 })
    if (dice.chance(0.03)) steps.push({ do: 'raise', to: to + dice.upTo(slack) })
  }
  return [...steps, { do: 'end' }]
}

/** Event times follow the monotonic clock, which goes on by ticks of a second and by whatever is between them. */
function liveSteps(dice: Dice, { unit }: TimeScale, groupBy: readonly string[]): Step[] {
  const steps: Step[] = []
  const disorder = dice.one([0, 2, 10, 40])
  const largest = dice.one([1, 4])
  const value = randomValues(dice)
  const grace = dice.one([0, 0, 10_000])
  let at = dice.upTo(5000)
  let live = false
  const toggle = (): void => void steps.push({ do: 'live', live: (live = !live), at, quietFrom: at + grace })
  const samples = (): void => {
    const { partition } = randomEvent(dice, groupBy, 0, 0)
    const events = Array.from({ length: 1 + dice.upTo(largest - 1) }, (_, i) => {
      const t = at - unit * dice.upTo(disorder) + (dice.chance(0.05) ? unit * dice.upTo(30) : 0)
      return { ...randomEvent(dice, groupBy, t, value(steps.length + i)), partition }
    })
    steps.push({ do: 'samples', events, at })
  }
  if (dice.chance(0.9)) toggle()
  for (let left = 5 + dice.upTo(45); left > 0; left--) {
    const what = dice.upTo(99)
    if (what < 50) {
      at += dice.chance(0.5) ? dice.upTo(900) : 0
      samples()
    } else if (what < 85) {
      const ticks = dice.chance(0.3) ? dice.upTo(45) : 1 + dice.upTo(5)
      for (let i = 0; i < ticks; i++) steps.push({ do: 'tick', at: (at += 1000 + dice.one([0, 0, dice.upTo(200)])) })
    } else if (what < 89) at += 1500 + dice.upTo(dice.one([1000, 60_000]))
    else if (what < 95 || !live) toggle()
    else {
      steps.push({ do: 'restart', crash: dice.chance(0.5), at })
      live = true
      toggle()
    }
  }
  return [...steps, { do: 'end' }]
}
