import { describe, expect, it } from 'vitest'
import { conditionOf, partsOf, pathOfPart } from '../../../renderer/state/conditionParts'
import { alertRule } from '../../../shared/config/alert'
import { flatIssues } from '../../../renderer/state/unionIssues'

const above = { kind: 'above', threshold: 5 }
const silent = { kind: 'silent', for: '1m' }

describe('the conditions of a rule in a list', () => {
  it.each([
    [above],
    [{ kind: 'not', of: above }],
    [{ kind: 'and', of: [above, silent] }],
    [{ kind: 'or', of: [{ kind: 'not', of: silent }, above, { kind: 'below' }] }],
  ])('%j goes into the list and comes out as it was', (condition) => {
    const parts = partsOf(condition)
    expect(parts && conditionOf(parts)).toEqual(condition)
  })

  it.each([
    [{ kind: 'and', of: [above, { kind: 'or', of: [above, silent] }] }],
    [{ kind: 'not', of: { kind: 'not', of: above } }],
    [{ kind: 'not', of: { kind: 'and', of: [above, silent] } }],
  ])('%j is nested deeper', (condition) => {
    expect(partsOf(condition)).toBeNull()
  })

  it('begins with one that nothing is known of', () => {
    expect(partsOf(undefined)).toEqual({ join: 'and', parts: [{ not: false, of: {} }] })
  })

  it('finds what is wrong with each by the path that the schema names', () => {
    const condition = { kind: 'or', of: [above, { kind: 'not', of: { kind: 'above', threshold: 'hot' } }] }
    const parsed = alertRule.safeParse({ id: 'a', name: 'A', series: 'a', condition })
    const paths = flatIssues(parsed.error?.issues ?? []).map(({ path }) => path.join('.'))
    const parts = partsOf(condition)
    expect(paths).toEqual([`${parts && pathOfPart(parts, 1)}.threshold`])
    expect(parts && pathOfPart(parts, 0)).toBe('condition.of.0')
    expect(pathOfPart({ join: 'and', parts: [{ not: false, of: above }] }, 0)).toBe('condition')
  })
})
