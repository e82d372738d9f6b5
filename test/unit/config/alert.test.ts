/** What the schema of an alert rule accepts, and how it refuses. */
import { expect, test } from 'vitest'
import { alertRule, CONDITION_LIMIT } from '../../../shared/config/alert'

const above = { kind: 'above', threshold: 80 }
const parse = (fields: object) => alertRule.safeParse({ id: 'r', name: 'r', series: '*', condition: above, ...fields })
const accepts = (fields: object): boolean => parse(fields).success

test('the defaults', () => {
  expect(parse({}).data).toEqual({
    id: 'r',
    name: 'r',
    enabled: true,
    series: '*',
    condition: above,
    for: '0s',
    keepFiringFor: '0s',
    silence: { after: '1m', means: 'keep' },
    severity: 'warning',
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
