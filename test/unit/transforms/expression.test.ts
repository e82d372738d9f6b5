import { describe, expect, it } from 'vitest'
import { compileExpression } from '../../../main/transforms/expression'
import { ExpressionError } from '../../../main/transforms/expression-tree'

const of = (text: string, variables: Record<string, number> = {}): number =>
  compileExpression(text, Object.keys(variables)).run(Float64Array.from(Object.values(variables)))

describe('an expression', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['7 % 4', 3],
    ['-7 % 4', -3],
    ['1.5e3 + .5', 1500.5],
    ['1 < 2', 1],
    ['2 <= 1', 0],
    ['1 == 1 && 2 != 3', 1],
    ['0 || 3', 1],
    ['!0', 1],
    ['!5', 0],
    ['1 ? 2 : 0 ? 3 : 4', 2],
    ['0 ? 2 : 0 ? 3 : 4', 4],
    ['pi', Math.PI],
    ['ln(e)', 1],
    ['clamp(12, 0, 10)', 10],
    ['min(3, 1, 2)', 1],
    ['max(3, 1, 2)', 3],
    ['hypot(3, 4)', 5],
    ['round(-2.5)', -2],
    ['sign(-3)', -1],
    ['pow(2, 10)', 1024],
    ['atan2(1, 1) * 4 == pi', 1],
    ['sqrt(-1) > 0 || 1', 1],
    ['!sqrt(-1)', 1],
  ])('%s = %d', (text, value) => expect(of(text)).toBe(value))

  it('sees its variables; those go before the constants', () => {
    expect(of('u * i', { u: 230, i: 2 })).toBe(460)
    expect(of('e * 2', { e: 21 })).toBe(42)
  })

  it('a gap stays a gap, whether it is looked at or not; what is not finite is a gap', () => {
    expect(of('value * 2', { value: NaN })).toBeNaN()
    expect(of('u > 0 ? 1 : i', { u: 1, i: NaN })).toBeNaN()
    for (const text of ['1 / 0', 'ln(0)', 'sqrt(-1)', '10 ^ 400', '0 / 0']) expect(of(text)).toBeNaN()
  })

  it('as a filter keeps what is true, and gaps as the gaps that they are', () => {
    const filter = compileExpression('value > 0 && value < 100', ['value'])
    expect([-1, 0, 1, 99, 100, NaN].map((value) => filter.keepsAt(Float64Array.of(value), 0))).toEqual([
      false,
      false,
      true,
      true,
      false,
      true,
    ])
    expect(compileExpression('ln(value)', ['value']).keepsAt(Float64Array.of(-1), 0)).toBe(false)
  })

  it.each([
    ['', 'expected a number, a name or (, found the end at character 1'],
    ['1 +', 'expected a number, a name or (, found the end at character 4'],
    ['(1', 'expected ), found the end at character 3'],
    ['1 2', 'expected an operator or the end, found 2 at character 3'],
    ['1 $ 2', '"$" does not belong in an expression at character 3'],
    ['volts * 2', 'volts is not known; there is value, pi and e, at character 1'],
    ['log(2)', 'there is no function log; there is abs, sqrt'],
    ['sqrt(1, 2)', 'expected sqrt(x), not 2 arguments, at character 1'],
    ['clamp(1)', 'expected clamp(x, lo, hi), not 1 arguments, at character 1'],
    ['sqrt + 1', 'expected ( after the function sqrt at character 6'],
    ['0 < value < 10', 'comparisons do not chain'],
    ['1 ? 2', 'expected :, found the end at character 6'],
    ['1e999', 'the number is too large at character 1'],
    ['value = 1', '"=" does not belong in an expression at character 7'],
  ])('%s is refused with the place', (text, message) => {
    expect(() => compileExpression(text, ['value'])).toThrow(ExpressionError)
    expect(() => compileExpression(text, ['value'])).toThrow(message)
  })

  it.each(['('.repeat(900), '-'.repeat(900), '1^'.repeat(400), '1?'.repeat(400), '!'.repeat(999), 'abs('.repeat(200)])(
    'cannot exhaust the stack: %#',
    (text) => expect(() => compileExpression(`${text}1`, ['value'])).toThrow('nested too deeply'),
  )

  it('is at most 1,000 characters long', () => {
    expect(of(`1${'+1'.repeat(499)}`)).toBe(500)
    expect(() => of(`1${'+1'.repeat(500)}`)).toThrow('longer than 1000 characters')
  })
})
