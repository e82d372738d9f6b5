/** Figures along a series against a twin that sorts all readings: random disorder, batches and restarts. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAlongOperator } from '../../main/pipeline/along-operator'
import { createAlong } from '../../main/statistics'
import type { WindowOperator, WindowOutput } from '../../main/contracts'
import { along } from '../../shared/config/along'
import type { Along } from '../../shared/config/along'
import { timing } from '../../shared/config/pipeline'
import { SampleBuffer } from '../../shared/model/samples'

interface Event {
  readonly series: number
  readonly time: number
  readonly value: number
}

const FIGURES: readonly Along[] = [
  { figure: 'ewma', over: '20ms' },
  { figure: 'ewma', readings: 5 },
  { figure: 'moving-average', over: '15ms' },
  { figure: 'moving-average', readings: 4 },
  { figure: 'cumulative-sum' },
  { figure: 'derivative', per: 'min' },
  { figure: 'derivative', counter: true },
  { figure: 'z-score', readings: 6 },
  { figure: 'trend', period: '40ms' },
  { figure: 'season', period: '40ms' },
  { figure: 'residual', period: '40ms' },
  { figure: 'change-point', learning: 5, threshold: 2 },
  { figure: 'forecast' },
  { figure: 'forecast', bound: 'high', season: '40ms' },
  { figure: 'forecast-error' },
  { figure: 'anomaly' },
  { figure: 'autocorrelation', readings: 8, lag: 2 },
  { figure: 'period', readings: 16 },
  { figure: 'randomness', readings: 10 },
  { figure: 'power', period: '7ms', readings: 8 },
  { figure: 'share', least: -3, most: 3, readings: 8 },
].map((given) => along.parse(given))

const KEYS = { labels: () => ({}), group: () => 0, text: (key: number) => `s${key}` }
const setup = fc.record({
  figure: fc.constantFrom(...FIGURES),
  clock: fc.constantFrom<'series' | 'source'>('series', 'source'),
  disorder: fc.nat(12),
})
const events = fc.array(
  fc.record({
    series: fc.nat(2),
    step: fc.integer({ min: -12, max: 20 }),
    value: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -9, max: 9 }) },
      { weight: 1, arbitrary: fc.constantFrom(NaN, 1e300, 1e-300) },
    ),
  }),
  { maxLength: 200 },
)

it('gives what the sorted readings give, however the events are cut and the state restored', () => {
  fc.assert(
    fc.property(setup, events, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }), (given, steps, cuts) => {
      let now = 100
      const sent = steps.map(({ step, ...rest }): Event => ({ ...rest, time: (now += step) }))
      expect(run(given, sent, cuts)).toEqual(twin(given, sent))
    }),
    { numRuns: 3000 },
  )
})

type Setup = Readonly<{ figure: Along; clock: 'series' | 'source'; disorder: number }>

/** By series: what its readings became, in their order; and how many were late. */
function run({ figure, clock, disorder }: Setup, sent: readonly Event[], cuts: readonly number[]): unknown {
  const rows: Record<number, string[]> = { 0: [], 1: [], 2: [] }
  let late = 0
  const time = timing.parse({ clock, outOfOrderness: `${disorder}ms` })
  const make = (): WindowOperator =>
    createAlongOperator(
      { id: 'p', time },
      figure,
      KEYS,
      { mode: 'replay' },
      {
        sample: (key, at, value) => void rows[key]?.push(`${at}=${value}`),
        flush() {},
      },
    )
  const output: WindowOutput = { fire() {}, late: () => void late++, unassigned() {}, mark() {}, clock() {} }
  let operator = make()
  let at = 0
  for (let cut = 0; at < sent.length; cut++) {
    const batch = new SampleBuffer(8)
    const length = cuts[cut % Math.max(1, cuts.length)] ?? 7
    for (const { series, time: t, value } of sent.slice(at, at + length)) batch.push(series, t, value, 0)
    operator.process(batch, '', 0, output)
    at += length
    const state = operator.snapshot()
    operator = make()
    operator.restore(state)
  }
  operator.end(output)
  return { rows, late }
}

function twin({ figure, clock, disorder }: Setup, sent: readonly Event[]): unknown {
  const taken: Record<number, Event[]> = { 0: [], 1: [], 2: [] }
  const newest = new Map<number, number>()
  let late = 0
  for (const event of sent) {
    const by = clock === 'source' ? 0 : event.series
    if (event.time < (newest.get(by) ?? -Infinity) - disorder) late++
    else taken[event.series]?.push(event)
    newest.set(by, Math.max(newest.get(by) ?? -Infinity, event.time))
  }
  const rows = Object.fromEntries(
    Object.entries(taken).map(([series, list]) => {
      const follower = createAlong(figure)
      const sorted = list.map((event, i) => ({ ...event, i })).sort((a, b) => a.time - b.time || a.i - b.i)
      const told = sorted.map(({ time, value }) => {
        if (Number.isNaN(value)) return `${time}=NaN`
        const became = follower.add(time, value)
        return Number.isNaN(became) ? '' : `${time}=${became}`
      })
      return [series, told.filter((row) => row !== '')]
    }),
  )
  return { rows, late }
}
