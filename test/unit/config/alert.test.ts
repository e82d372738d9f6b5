/** What the schema of an alert rule accepts, and how it refuses. */
import { expect, test } from 'vitest'
import { alertRule } from '../../../shared/config/alert'
import { CONDITION_LIMIT } from '../../../shared/config/alert-condition'

const above = { kind: 'above', threshold: 80 }
const parse = (fields: object) => alertRule.safeParse({ id: 'r', name: 'r', series: '*', condition: above, ...fields })
const accepts = (fields: object): boolean => parse(fields).success

test('the defaults', () => {
  expect(parse({}).data).toEqual({
    id: 'r',
    name: 'r',
    enabled: true,
    series: '*',
    reduce: { statistic: 'last' },
    condition: above,
    for: '0s',
    keepFiringFor: '0s',
    silence: { after: '1m', means: 'keep' },
    severity: 'warning',
    notify: { desktop: true, sound: false, outputs: [] },
  })
})

test('a pattern that cannot be read is refused with its reason', () => {
  expect(parse({ series: 'temp{site=' }).error?.issues[0]).toMatchObject({
    path: ['series'],
    message: expect.stringContaining('at character') as unknown,
  })
})

test('a recovery lies on the side of the threshold that does not meet the condition', () => {
  expect(accepts({ condition: { ...above, recovery: 80 } })).toBe(true)
  expect(accepts({ condition: { ...above, recovery: 81 } })).toBe(false)
  expect(accepts({ condition: { kind: 'below', threshold: 10, recovery: 9 } })).toBe(false)
})

test('bounds lie in order, and outside leaves a value at which it recovers', () => {
  expect(accepts({ condition: { kind: 'inside', least: 2, most: 1 } })).toBe(false)
  expect(accepts({ condition: { kind: 'outside', least: 10, most: 20, margin: 5 } })).toBe(true)
  expect(accepts({ condition: { kind: 'outside', least: 10, most: 20, margin: 5.1 } })).toBe(false)
})

test('composite conditions nest, up to the limit of conditions on values', () => {
  expect(
    accepts({ condition: { kind: 'not', of: { kind: 'or', of: [above, { kind: 'and', of: [above, above] }] } } }),
  ).toBe(true)
  expect(accepts({ condition: { kind: 'and', of: [above] } })).toBe(false)
  const many = (count: number) => ({ condition: { kind: 'or', of: Array.from({ length: count }, () => above) } })
  expect(accepts(many(CONDITION_LIMIT))).toBe(true)
  expect(accepts(many(CONDITION_LIMIT + 1))).toBe(false)
})

test('a window needs a statistic that has one, and the last reading needs no window', () => {
  expect(accepts({ reduce: { statistic: 'p95', window: '1m' } })).toBe(true)
  expect(accepts({ reduce: { statistic: 'last' } })).toBe(true)
  expect(accepts({ reduce: { statistic: 'mean' } })).toBe(false)
  expect(accepts({ reduce: { statistic: 'missing', window: '1m' } })).toBe(false)
})

test('changes recover at or below their threshold', () => {
  expect(accepts({ condition: { kind: 'changes', faster: 5, per: 'min', recovery: 5 } })).toBe(true)
  expect(accepts({ condition: { kind: 'changes', faster: 5, recovery: 6 } })).toBe(false)
  expect(accepts({ condition: { kind: 'changes', faster: -1 } })).toBe(false)
})

test('silence is said once: by a condition or by what it means', () => {
  const condition = { kind: 'and', of: [above, { kind: 'silent', for: '1m' }] }
  expect(accepts({ condition })).toBe(true)
  expect(accepts({ condition, silence: { means: 'ok' } })).toBe(false)
})

test('it is not repeated more often than once a minute, and has not the name of the rule of every source', () => {
  expect(accepts({ repeatEvery: '1m' })).toBe(true)
  expect(accepts({ repeatEvery: '59s' })).toBe(false)
  expect(accepts({ id: 'source-down' })).toBe(false)
})
