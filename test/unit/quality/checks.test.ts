import { describe, expect, it } from 'vitest'
import type { SeriesKeyRef } from '../../../main/contracts'
import { QualityChecks } from '../../../main/quality/checks'
import { conversion } from '../../../main/quality/units'
import { qualityCheck } from '../../../shared/config/quality'

type Rule = Parameters<typeof qualityCheck.parse>[0]
const ref = (name: string, labels = {}): SeriesKeyRef => ({ name, labels, id: undefined })
const START = 1_700_000_000_000

/** What becomes of values a second apart: what is stored, null where it is not. */
function run(
  rules: Rule[],
  values: readonly (number | [time: number, value: number])[],
  before: [number, number] | null = null,
) {
  const checks = new QualityChecks(
    rules.map((rule) => qualityCheck.parse(rule)),
    () => (before === null ? null : { time: START + before[0], value: before[1] }),
  )
  const program = checks.of(ref('t'))
  const reasons: string[] = []
  const kept = values.map((each, i) => {
    const [time, value] = typeof each === 'number' ? [i * 1000, each] : each
    const reading = { time: START + time, value, arrival: START + i * 1000 }
    const refusal = program?.refusal(reading) ?? null
    if (refusal !== null) reasons.push(refusal)
    return refusal === null ? reading.value : null
  })
  return { kept, reasons, counts: checks.counts }
}

describe('range', () => {
  const rule = { check: 'range', least: 0, most: 100 }
  it('rejects with the reason', () => {
    const { kept, reasons, counts } = run([rule], [-1, 0, 100, 101, NaN])
    expect(kept).toEqual([null, 0, 100, null, NaN])
    expect(reasons).toEqual(['range: t: -1 is below 0', 'range: t: 101 is above 100'])
    expect(counts).toEqual([{ series: '*', check: 'range', passed: 0, corrected: 0, rejected: 2 }])
  })
  it('corrects to the limit', () => {
    const { kept, counts } = run([{ ...rule, then: 'correct' }], [-1, 50, 101])
    expect(kept).toEqual([0, 50, 100])
    expect(counts[0]).toMatchObject({ corrected: 2, rejected: 0 })
  })
  it('passes and counts', () => {
    const { kept, counts } = run([{ ...rule, then: 'pass' }], [-1, 50])
    expect(kept).toEqual([-1, 50])
    expect(counts[0]).toMatchObject({ passed: 1, corrected: 0, rejected: 0 })
  })
  it('needs one limit only', () => expect(run([{ least: 1 }], [0, 1e300]).kept).toEqual([null, 1e300]))
})

describe('type', () => {
  it('whole numbers', () => {
    expect(run([{ check: 'type' }], [1, 1.5, -0, NaN]).kept).toEqual([1, null, -0, NaN])
    expect(run([{ check: 'type', then: 'correct' }], [1.4, 1.6]).kept).toEqual([1, 2])
  })
  it('0 and 1', () => {
    expect(run([{ check: 'type', type: 'boolean' }], [0, 1, 2]).kept).toEqual([0, 1, null])
    expect(run([{ check: 'type', type: 'boolean', then: 'correct' }], [0, -3]).kept).toEqual([0, 1])
  })
})

describe('step', () => {
  const rule = { check: 'step', most: 5 }
  it('a spike costs the one reading', () => {
    const { kept, reasons } = run([rule], [20, 21, 90, 22, 23])
    expect(kept).toEqual([20, 21, null, 22, 23])
    expect(reasons).toEqual(['step: t: a step from 21 to 90 is larger than 5'])
  })
  it('a new level is right once a second reading confirms it', () =>
    expect(run([rule], [20, 60, 61, 62, 61]).kept).toEqual([20, null, 61, 62, 61]))
  it('correct repeats the reading before', () =>
    expect(run([{ ...rule, then: 'correct' }], [20, 90, 21, 60, 61]).kept).toEqual([20, 20, 21, 21, 61]))
  it('goes on from what is stored, and leaves gaps and older readings alone', () => {
    expect(run([rule], [90, 20], [-1000, 20]).kept).toEqual([null, 20])
    expect(run([rule], [20, 21, [500, 80], NaN, 22]).kept).toEqual([20, 21, 80, NaN, 22])
  })
})

describe('stuck', () => {
  const rule = { check: 'stuck', after: '3s' }
  it('judges by event time, from the first of the equal values', () => {
    const { kept, reasons } = run([rule], [7, 7, 7, 7, 7, 8, 8])
    expect(kept).toEqual([7, 7, 7, null, null, 8, 8])
    expect(reasons[0]).toBe(`stuck: t: 7 since ${new Date(START).toISOString()}`)
  })
  it('correct makes a gap', () =>
    expect(run([{ ...rule, then: 'correct' }], [7, 7, 7, 7, 8]).kept).toEqual([7, 7, 7, NaN, 8]))
  it('a gap ends it', () => expect(run([rule], [7, 7, NaN, 7, 7]).kept).toEqual([7, 7, NaN, 7, 7]))
})

describe('duplicate', () => {
  const twice: [number, number][] = [
    [0, 1],
    [0, 1],
    [0, 2],
    [1000, 2],
  ]
  it('rejects the second of two with the same time and value', () =>
    expect(run([{ check: 'duplicate' }], twice).kept).toEqual([1, null, 2, 2]))
  it('correct keeps one of them without a word', () => {
    const { kept, reasons, counts } = run([{ check: 'duplicate', then: 'correct' }], twice)
    expect({ kept, reasons }).toEqual({ kept: [1, null, 2, 2], reasons: [''] })
    expect(counts[0]).toMatchObject({ corrected: 1, rejected: 0 })
  })
})

describe('future', () => {
  it('rejects, or takes the arrival', () => {
    expect(
      run(
        [{ check: 'future', after: '10s' }],
        [
          [10_000, 1],
          [11_001, 2],
        ],
      ).kept,
    ).toEqual([1, null])
    const checks = new QualityChecks(
      [qualityCheck.parse({ check: 'future', after: '10s', then: 'correct' })],
      () => null,
    )
    const reading = { time: START + 60_000, value: 1, arrival: START }
    expect(checks.of(ref('t'))?.refusal(reading)).toBeNull()
    expect(reading.time).toBe(START)
  })
})

describe('unit', () => {
  const of = (then: string, labels: Record<string, string>) => {
    const checks = new QualityChecks([qualityCheck.parse({ check: 'unit', unit: '°C', then })], () => null)
    const program = checks.of(ref('t', labels))
    const reading = { time: START, value: 212, arrival: START }
    return { refusal: program?.refusal(reading), value: reading.value, labels: program?.ref.labels }
  }
  it('rejects another one, and none', () => {
    expect(of('reject', { unit: '°F' }).refusal).toBe('unit: t: in °F, not °C')
    expect(of('reject', {}).refusal).toBe('unit: t: no unit, not °C')
    expect(of('reject', { unit: '°C' }).refusal).toBeNull()
  })
  it('correct converts, and the series is that of the unit', () => {
    const { refusal, value, labels } = of('correct', { unit: '°F', site: 'A' })
    expect(refusal).toBeNull()
    expect(value).toBeCloseTo(100, 9)
    expect(labels).toEqual({ unit: '°C', site: 'A' })
  })
  it('what cannot be converted is rejected', () => expect(of('correct', { unit: 'bar' }).refusal).toContain('in bar'))
  it.each([
    ['K', '°C', 273.15, 0],
    ['°C', '°F', -40, -40],
    ['bar', 'psi', 1, 14.503773773020923],
    ['km/h', 'm/s', 36, 10],
    ['kWh', 'MJ', 1, 3.6],
    ['1', '%', 0.5, 50],
  ])('%s to %s', (from, to, value, expected) => expect(conversion(from, to)?.(value)).toBeCloseTo(expected, 9))
})

it('checks run in their order, the first refusal is the last, and only matching series are looked at', () => {
  const rules = [{ check: 'range', most: 10, then: 'correct' }, { check: 'range', most: 5 }, { check: 'type' }]
  const { kept, counts } = run(rules, [12, 3])
  expect(kept).toEqual([null, 3])
  expect(counts.map(({ corrected, rejected }) => corrected + rejected)).toEqual([1, 1, 0])
  const checks = new QualityChecks([qualityCheck.parse({ series: 'pump*{site="A"}', most: 1 })], () => null)
  expect(checks.of(ref('pump1', { site: 'B' }))).toBeNull()
  expect(checks.of(ref('pump1', { site: 'A' }))).not.toBeNull()
})

it.each([
  [{ check: 'range' }, 'least'],
  [{ check: 'range', least: 2, most: 1 }, 'most'],
  [{ check: 'step' }, 'most'],
  [{ check: 'stuck' }, 'after'],
  [{ check: 'future' }, 'after'],
  [{ check: 'unit' }, 'unit'],
  [{ check: 'range', least: 1, series: 't{' }, 'series'],
])('%j is refused, naming the field', (rule, field) => {
  expect(qualityCheck.safeParse(rule).error?.issues[0]?.path).toEqual([field])
})
