import { describe, expect, it } from 'vitest'
import { thresholdsOf } from '../../../renderer/state/alertWords'
import { periodsOf } from '../../../renderer/state/alertPeriods'
import { flatIssues } from '../../../renderer/state/unionIssues'
import { alertRule } from '../../../shared/config/alert'
import type { AlertEvent } from '../../../shared/model/alert'

const event = (number: number, to: AlertEvent['to'], time: number, over: Partial<AlertEvent> = {}): AlertEvent => ({
  number,
  id: String(number),
  rule: 'hot',
  name: 'Too hot',
  severity: 'critical',
  source: 'plant',
  series: 1,
  from: to === 'firing' ? 'normal' : 'firing',
  to,
  time,
  at: time,
  value: 1,
  reason: to === 'firing' ? 'met' : 'unmet',
  revised: false,
  notify: null,
  until: null,
  ...over,
})

describe('alert periods on charts', () => {
  it('reach from firing to normal, the last one on and on', () => {
    const newestFirst = [event(3, 'firing', 30), event(2, 'normal', 20), event(1, 'firing', 10)]
    expect(periodsOf(newestFirst).get(1)).toEqual([
      { from: 30, to: Infinity, tone: 'critical' },
      { from: 10, to: 20, tone: 'critical' },
    ])
  })

  it('are those of each rule and series by themselves; deeds and sources as a whole have none', () => {
    const found = periodsOf([
      event(4, 'normal', 40, { rule: 'other' }),
      event(3, 'firing', 30, { series: 2 }),
      event(2, 'firing', 20, { from: 'firing', reason: 'acknowledged' }),
      event(1, 'firing', 10, { series: null, rule: 'source-down' }),
    ])
    expect([...found.keys()]).toEqual([2])
  })
})

describe('thresholds on charts', () => {
  const rule = (over: object) =>
    alertRule.parse({ id: 'r', name: 'r', series: 'x', condition: { kind: 'above', threshold: 9 }, ...over })

  it('are lines in the colour of the severity, with the recovery', () => {
    expect(thresholdsOf(rule({ condition: { kind: 'above', threshold: 9, recovery: 8 } }), 'r')).toEqual([
      { value: 9, label: 'r', tone: 'warning' },
      { value: 8, label: '', tone: 'recovery' },
    ])
    expect(thresholdsOf(rule({ condition: { kind: 'outside', least: 1, most: 2 } }), '')).toHaveLength(2)
  })

  it('are none where the number compared is on another scale than the readings', () => {
    expect(thresholdsOf(rule({ reduce: { statistic: 'count', window: '1m' } }), '')).toEqual([])
    expect(thresholdsOf(rule({ reduce: { statistic: 'p95', window: '1m' } }), '')).toHaveLength(1)
    expect(thresholdsOf(rule({ condition: { kind: 'silent', for: '1m' } }), '')).toEqual([])
  })
})

describe('what is wrong with a condition', () => {
  const issues = (condition: object) => {
    const parsed = alertRule.safeParse({ id: 'r', name: 'r', series: 'x', condition })
    return parsed.success ? [] : flatIssues(parsed.error.issues).map(({ path, code }) => [path.join('.'), code])
  }

  it('stands at the setting of the kind that was chosen', () => {
    expect(issues({ kind: 'above' })).toEqual([['condition.threshold', 'invalid_type']])
    expect(issues({ kind: 'below', threshold: 'much' })).toEqual([['condition.threshold', 'invalid_type']])
    expect(issues({ kind: 'outside', least: 1 })).toEqual([['condition.most', 'invalid_type']])
    expect(issues({ kind: 'not', of: { kind: 'above' } })).toEqual([['condition.of.threshold', 'invalid_type']])
    expect(issues({ kind: 'above', threshold: 1 })).toEqual([])
  })

  it('is one issue of the whole where there is no such kind', () => {
    expect(issues({ kind: 'nonsense' }).every(([path]) => path === 'condition')).toBe(true)
  })
})
