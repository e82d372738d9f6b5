import { describe, expect, it } from 'vitest'
import { reasonKind } from '../../../main/pipeline/reason-kind'

describe('what rejected records are counted by', () => {
  it.each([
    ['not JSON: Unexpected token h at position 12', 'not JSON: Unexpected token h at position …'],
    ['range: temp: 25 is above 24', 'range: temp: … is above …'],
    ['the field "temp" is "hot", no number', 'the field … is …, no number'],
    ['time 2026-01-01T08:00:00.000Z is ahead', 'time … is ahead'],
    ['-1.5e+300 is beyond', '… is beyond'],
    ['column h2o of b_3 is missing', 'column h2o of b_3 is missing'],
  ])('%s', (reason, kind) => {
    expect(reasonKind(reason)).toBe(kind)
  })

  it('is short, however long the reason, and the same for an unended text', () => {
    expect(reasonKind(`no ${'x'.repeat(1000)}`)).toHaveLength(160)
    expect(reasonKind('bad "abc')).toBe(reasonKind('bad "defg'))
  })
})
