/** The as-of join against a twin that keeps every event: random disorder, tolerance, lateness, batches and restarts. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { WindowOperator, WindowOutput } from '../../main/contracts'
import { createJoinOperator } from '../../main/pipeline/join-operator'
import { SeriesRegistry } from '../../main/pipeline/series-registry'
import { combination, timing } from '../../shared/config/pipeline'
import { SampleBuffer } from '../../shared/model/samples'

interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}
interface Event {
  readonly series: Series
  readonly time: number
  readonly value: number
  readonly partition: string
}
interface Setup {
  readonly on: boolean
  readonly third: boolean
  readonly clock: 'series' | 'source'
  readonly disorder: number
  readonly lateness: number
  readonly tolerance: number
}

const SERIES: readonly Series[] = ['a', 'b'].flatMap((device) => [
  { name: 'u', labels: { device } },
  { name: 'i', labels: { device } },
  { name: 'i', labels: { device, phase: '2' } },
  { name: 'ui', labels: { device } },
])
/** `ui` leads and follows: it is joined with itself. */
const INPUTS = [
  { as: 'u', series: 'u*' },
  { as: 'i', series: '*i' },
  { as: 'w', series: '?' },
]
const IS_INPUT = [
  (name: string) => name.startsWith('u'),
  (name: string) => name.endsWith('i'),
  (name: string) => name.length === 1,
]

const setup = fc.record<Setup>({
  on: fc.boolean(),
  third: fc.boolean(),
  clock: fc.constantFrom('series', 'source'),
  disorder: fc.nat(15),
  lateness: fc.oneof(fc.constant(0), fc.nat(20)),
  tolerance: fc.nat(25),
})
const events = fc.array(
  fc.record({
    series: fc.constantFrom(...SERIES),
    step: fc.integer({ min: -15, max: 20 }),
    value: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(NaN)),
    partition: fc.constantFrom('', 'p'),
  }),
  { maxLength: 120 },
)

it('joins what the twin joins, in its order, however the events are cut and the state restored', () => {
  fc.assert(
    fc.property(setup, events, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }), (given, steps, cuts) => {
      let now = 100
      const sent = steps.map(({ step, ...rest }): Event => ({ ...rest, time: (now += step) }))
      expect(byGroup(run(given, sent, cuts))).toEqual(byGroup(twin(given, sent)))
    }),
    { numRuns: 3000 },
  )
})

it('keeps no more than its tolerance and disorder ask for', () => {
  const joins = run(
    { on: true, third: false, clock: 'series', disorder: 5, lateness: 0, tolerance: 10 },
    Array.from({ length: 20_000 }, (_, n): Event => ({
      series: SERIES[n % 2] as Series,
      time: n,
      value: 1,
      partition: '',
    })),
    [1000],
  )
  expect(joins.largestState).toBeLessThan(2000)
})

interface Output {
  /** By group: time and value of the joined samples in their order, and `late` with the time. */
  readonly rows: readonly (readonly [group: string, what: string])[]
  readonly largestState?: number
}

function run(given: Setup, sent: readonly Event[], cuts: readonly number[]): Required<Output> {
  const registry = new SeriesRegistry()
  const rows: [string, string][] = []
  const make = (): WindowOperator =>
    createJoinOperator({
      pipeline: {
        id: 'j',
        time: timing.parse({
          clock: given.clock,
          outOfOrderness: `${given.disorder}ms`,
          allowedLateness: `${given.lateness}ms`,
        }),
      },
      combine: combination.parse({
        inputs: INPUTS.slice(0, given.third ? 3 : 2),
        on: given.on ? ['device'] : [],
        tolerance: `${given.tolerance}ms`,
        expression: given.third ? 'u * 100 + i * 10 + w' : 'u * 100 + i',
        name: 'joined',
      }),
      registry,
      options: { mode: 'replay' },
      joinedLate() {},
      joined: (key, time, value) => void rows.push([registry.labels(key)['device'] ?? '', `${time}=${value}`]),
    })
  const output: WindowOutput = {
    fire() {},
    late: (series, time) => void rows.push([given.on ? (registry.labels(series)['device'] ?? '') : '', `late ${time}`]),
    unassigned() {},
    mark() {},
  }
  let join = make()
  let largestState = 0
  const batch = new SampleBuffer(16)
  let partition = ''
  let cut = 0
  let left = cuts[0] ?? 8
  const flush = (): void => {
    join.process(batch, partition, 0, output)
    batch.clear()
  }
  for (const event of sent) {
    if (event.partition !== partition || left === 0) flush()
    if (left-- === 0) {
      left = cuts[++cut % Math.max(1, cuts.length)] ?? 8
      const state = join.snapshot()
      largestState = Math.max(largestState, state.length)
      join = make()
      join.restore(state)
    }
    partition = event.partition
    batch.push(registry.resolve('s', { ...event.series, id: undefined }), event.time, event.value, 0)
  }
  flush()
  join.end(output)
  return { rows, largestState }
}

function twin(given: Setup, sent: readonly Event[]): Output {
  const rows: [string, string][] = []
  const own = new Map<string, Map<string, number>>()
  const clock = new Map<string, number>()
  const seen: (Event & { readonly group: string })[] = []
  let waiting: (Event & { readonly group: string })[] = []
  const inputs = given.third ? 3 : 2
  const join = (lead: Event & { readonly group: string }): void => {
    const values = [lead.value]
    for (let input = 1; input < inputs; input++) {
      const candidates = seen.filter(
        (event) =>
          event.group === lead.group &&
          (IS_INPUT[input] as (name: string) => boolean)(event.series.name) &&
          event.time <= lead.time &&
          event.time >= lead.time - given.tolerance,
      )
      const newest = Math.max(...candidates.map(({ time }) => time))
      const found = candidates.filter(({ time }) => time === newest).at(-1)
      if (found === undefined) return
      values.push(found.value)
    }
    const [u, i, w] = values as [number, number, number]
    rows.push([lead.group, `${lead.time}=${given.third ? u * 100 + i * 10 + w : u * 100 + i}`])
  }
  const release = (group: string | null, watermark: number): void => {
    const due = waiting.filter((lead) => (group === null || lead.group === group) && lead.time < watermark)
    waiting = waiting.filter((lead) => !due.includes(lead))
    for (const lead of due.sort((a, b) => a.time - b.time)) join(lead)
  }
  for (const event of sent) {
    const group = given.on ? (event.series.labels['device'] as string) : ''
    const shared = given.clock === 'source'
    const clockName = shared ? '' : group
    const watermark = clock.get(clockName) ?? -Infinity
    const entry = { ...event, group }
    seen.push(entry)
    if ((IS_INPUT[0] as (name: string) => boolean)(event.series.name)) {
      if (event.time >= watermark) waiting.push(entry)
      else if (event.time >= watermark - given.lateness) join(entry)
      else rows.push([group, `late ${event.time}`])
    }
    const members = own.get(clockName) ?? new Map<string, number>()
    own.set(clockName, members)
    const member = shared ? event.partition : JSON.stringify(event.series)
    members.set(member, Math.max(members.get(member) ?? -Infinity, event.time - given.disorder))
    const next = Math.max(watermark, Math.min(...members.values()))
    clock.set(clockName, next)
    release(shared ? null : group, next)
  }
  release(null, Infinity)
  return { rows }
}

/** Groups are joined by themselves: the order is that within each. */
function byGroup({ rows }: Output): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const [group, what] of rows) (groups[group] ??= []).push(what)
  return groups
}
