/** Random trees printed, parsed and compiled equal a naive evaluation; garbage gives nothing but the parse error. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpression } from '../../main/transforms/expression'
import { ExpressionError } from '../../main/transforms/expression-tree'

interface Tree {
  readonly text: string
  readonly value: (variables: readonly number[]) => number
}

const NAMES = ['value', 'u', 'i']
const truth = (x: number): boolean => x !== 0 && !Number.isNaN(x)
const bit = (b: boolean): number => (b ? 1 : 0)

const BINARY: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  '==': (a, b) => bit(a === b),
  '!=': (a, b) => bit(a !== b),
  '<': (a, b) => bit(a < b),
  '<=': (a, b) => bit(a <= b),
  '>': (a, b) => bit(a > b),
  '>=': (a, b) => bit(a >= b),
  '&&': (a, b) => bit(truth(a) && truth(b)),
  '||': (a, b) => bit(truth(a) || truth(b)),
}
const ONE: Record<string, (x: number) => number> = {
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
}
const MANY: Record<string, (...xs: number[]) => number> = { min: Math.min, max: Math.max }
const TWO: Record<string, (a: number, b: number) => number> = {
  pow: (a, b) => a ** b,
  atan2: Math.atan2,
  hypot: Math.hypot,
}

const number = fc.oneof(fc.nat(100), fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0.5, 1e-3, 2.5e10))

const { tree } = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.oneof(
    number.map((n): Tree => ({ text: String(n), value: () => n })),
    fc.nat(NAMES.length - 1).map((k): Tree => ({ text: NAMES[k] as string, value: (xs) => xs[k] as number })),
    fc.constantFrom<Tree>({ text: 'pi', value: () => Math.PI }, { text: 'e', value: () => Math.E }),
  ),
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    tie('leaf'),
    fc
      .tuple(fc.constantFrom(...Object.keys(BINARY)), tie('tree'), tie('tree'), fc.constantFrom(' ', ''))
      .map(([op, a, b, space]): Tree => ({
        text: `(${a.text})${space}${op}${space}(${b.text})`,
        value: (xs) => (BINARY[op] as (a: number, b: number) => number)(a.value(xs), b.value(xs)),
      })),
    fc.tuple(fc.constantFrom('-', '!'), tie('tree')).map(([op, a]): Tree => ({
      text: `${op}(${a.text})`,
      value: (xs) => (op === '-' ? -a.value(xs) : bit(!truth(a.value(xs)))),
    })),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]): Tree => ({
      text: `(${a.text}) ? (${b.text}) : ${c.text}`,
      value: (xs) => (truth(a.value(xs)) ? b.value(xs) : c.value(xs)),
    })),
    fc.tuple(fc.constantFrom(...Object.keys(ONE)), tie('tree')).map(([name, a]): Tree => ({
      text: `${name}(${a.text})`,
      value: (xs) => (ONE[name] as (x: number) => number)(a.value(xs)),
    })),
    fc.tuple(fc.constantFrom(...Object.keys(TWO)), tie('tree'), tie('tree')).map(([name, a, b]): Tree => ({
      text: `${name}(${a.text}, ${b.text})`,
      value: (xs) => (TWO[name] as (a: number, b: number) => number)(a.value(xs), b.value(xs)),
    })),
    fc
      .tuple(fc.constantFrom(...Object.keys(MANY)), fc.array(tie('tree'), { minLength: 2, maxLength: 4 }))
      .map(([name, args]): Tree => ({
        text: `${name}(${args.map(({ text }) => text).join(',')})`,
        value: (xs) => (MANY[name] as (...xs: number[]) => number)(...args.map(({ value }) => value(xs))),
      })),
  ),
}))

describe('expressions', () => {
  it('printed and parsed again give what a naive evaluation gives', () => {
    fc.assert(
      fc.property(
        tree.filter(({ text }) => text.length <= 1000),
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }),
        ({ text, value }, variables) => {
          const naive = value(variables)
          const result = compileExpression(text, NAMES).run(Float64Array.from(variables))
          expect(result).toBe(Number.isFinite(naive) ? naive : NaN)
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('without parentheses bind as JavaScript does', () => {
    const operators = ['+', '-', '*', '/', '%', '&&', '||']
    const chain = fc.array(fc.tuple(fc.constantFrom(...operators), fc.nat(9)), { minLength: 1, maxLength: 8 })
    // JavaScript's && and || give an operand; Weir's give 1 or 0. What is compared is the truth of it.
    const js = (tokens: readonly (string | number)[]): number => {
      for (const level of [['||'], ['&&'], ['+', '-'], ['*', '/', '%']]) {
        const at = tokens.findLastIndex((token) => level.includes(token as string))
        if (at >= 0)
          return (BINARY[tokens[at] as string] as (a: number, b: number) => number)(
            js(tokens.slice(0, at)),
            js(tokens.slice(at + 1)),
          )
      }
      return tokens[0] as number
    }
    fc.assert(
      fc.property(fc.nat(9), chain, (first, rest) => {
        const tokens = [first, ...rest.flat()]
        const naive = js(tokens)
        expect(compileExpression(tokens.join(' '), []).run(new Float64Array(0))).toBe(
          Number.isFinite(naive) ? naive : NaN,
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('refuse garbage with the place, and with nothing else', () => {
    const piece = fc.constantFrom(
      ...'()+-*/%^<>=!&|?:,. e1x'.split(''),
      'value',
      'sqrt',
      '1e5',
      '&&',
      '||',
      '==',
      '0x1',
    )
    const garbage = fc.oneof(
      fc.string({ maxLength: 1200 }),
      fc.array(piece, { maxLength: 400 }).map((pieces) => pieces.join('')),
      fc.tuple(fc.constantFrom('(', '-', '!', '1^', '1?', 'abs('), fc.nat(900)).map(([s, n]) => s.repeat(n)),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        try {
          compileExpression(text, ['value']).run(Float64Array.of(1))
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error
          expect(error.position).toBeGreaterThanOrEqual(0)
          expect(error.position).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 5000 },
    )
  })
})
