/**
 * Random pipelines over random disorder, live and replayed, in random batches, stopped and recovered in mid-run: equal
 * to the naive twin, step by step. Most cases are short, since a short one shows what is wrong; some fill a sketch and
 * a whole batch.
 */
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { randomCase, type Case, type Step } from './windows-cases'
import { lateOf, Subject } from './windows-subject'
import type { Fired } from './windows-panes'
import { Twin } from './windows-twin'

const CASES = Number(process.env['WEIR_FUZZ_CASES'] ?? 10_000)
const SEED = Number(process.env['WEIR_FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9))

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
  aggregatesOf: (pipeline: string) => readonly string[],
): string | null {
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    const [a, b] = [actual[i], expected[i]]
    if (a === undefined || b === undefined) return `${JSON.stringify(a)} instead of ${JSON.stringify(b)}`
    const { values: got, ...restA } = a
    const { values: wanted, ...restB } = b
    const names = aggregatesOf(a.pipeline)
    const same =
      JSON.stringify(restA) === JSON.stringify(restB) &&
      got.every((value, j) => equals(names[j] as string, value, wanted[j] as number, wanted[0] as number))
    if (!same) return `#${i} ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`
  }
  return null
}

/** Gives the twin the same step; what the operator says of its clocks is believed where nothing else depends on it. */
function follow(twin: Twin, step: Step, quiet: ReadonlyMap<string, number>): void {
  if (step.do === 'samples') for (const event of step.events) twin.record(event, step.at)
  else if (step.do === 'tick') twin.tick(step.at, new Set(quiet.keys()))
  else if (step.do === 'live') twin.setLive(step.live, step.at, step.quietFrom)
  else if (step.do === 'advance') twin.advance(step.member, step.to)
  else if (step.do === 'raise') twin.raise(step.to)
  else if (step.do === 'end') twin.end()
}

/** One cause fires in order; the clocks of different keys have no order among each other. */
function ordered(fired: readonly Fired[], step: Step, { config, downstream }: Case): Fired[] {
  const pipelines = [config, ...(downstream === null ? [] : [downstream])]
  return pipelines.flatMap(({ id }) => {
    const mine = fired.filter(({ pipeline }) => pipeline === id)
    return step.do === 'samples' || (step.do === 'end' && downstream === null) ? mine : mine.sort(byKey)
  })
}

const byKey = (a: Fired, b: Fired): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** Null where the windows do at every step what the twin does. */
function difference(of: Case): string | null {
  const { config, downstream, movedBy } = of
  const subject = new Subject(of)
  const twin = new Twin(config, movedBy === 'given', downstream)
  const aggregates = (id: string): readonly string[] => (id === downstream?.id ? downstream : config).aggregates
  for (const [i, step] of of.steps.entries()) {
    const { fired, quiet } = subject.run(step)
    follow(twin, step, quiet)
    const expected = [...twin.out.splice(0), ...(twin.downstream?.out.splice(0) ?? [])].flatMap((each) => {
      if (downstream === null || each.kind === 'fire') return [each]
      return each.kind === 'late' ? [lateOf(each.pipeline)] : []
    })
    const found = firstDifference(ordered(fired, step, of), ordered(expected, step, of), aggregates)
    if (found !== null) return report(of, i, found)
    for (const [clock, w] of quiet)
      if (step.do === 'tick' && w !== Math.floor(twin.watermark(clock)))
        return report(of, i, `the clock ${clock} at ${w} instead of ${twin.watermark(clock)}`)
  }
  return null
}

/** All that led to it, the last step last. */
function report({ config, downstream, mode, movedBy, steps }: Case, at: number, what: string): string {
  const { window, time, aggregates, groupBy } = config
  const lines = steps.slice(0, at + 1).map((step, i) => `${i} ${JSON.stringify(step)}`)
  const setting = JSON.stringify({ mode, movedBy, window, time, aggregates, groupBy, downstream })
  return `step ${at}: ${what}\n${setting}\n${lines.join('\n')}`
}

test(`${CASES} random cases from seed ${SEED} equal the naive twin`, { timeout: 3_600_000 }, async () => {
  for (let i = 0; i < CASES; i++) {
    // The runner must hear of its worker now and then.
    if (i % 1000 === 0) await setImmediate()
    const seed = SEED + i
    const of = randomCase(seed)
    const found = difference(of)
    if (found === null) continue
    expect.fail(`WEIR_FUZZ_SEED=${seed}: ${found}`)
  }
})
