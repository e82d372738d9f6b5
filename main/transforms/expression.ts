/**
 * Expressions as programs for a stack of doubles: no code is made from text, and nothing is allocated per sample
 * (closures would box every number they return).
 *
 * Truth: 0 and undefined values (such as sqrt(-1)) are false, everything else is true; comparisons, &&, || and ! give
 * 1 or 0. A gap stays a gap, whatever the expression; a result that is not finite is a gap.
 */
import { parseExpression } from './expression-tree'
import type { BinaryOperator, Expression } from './expression-tree'
import { FUNCTIONS, Op } from './functions'
import type { OpCode } from './functions'

const BINARY: Readonly<Record<BinaryOperator, OpCode>> = {
  '+': Op.add,
  '-': Op.subtract,
  '*': Op.multiply,
  '/': Op.divide,
  '%': Op.remainder,
  '^': Op.power,
  '==': Op.equal,
  '!=': Op.unequal,
  '<': Op.less,
  '<=': Op.lessOrEqual,
  '>': Op.greater,
  '>=': Op.greaterOrEqual,
  '&&': Op.and,
  '||': Op.or,
}

/** @param variables in the order in which `run` takes them. @throws ExpressionError */
export function compileExpression(text: string, variables: readonly string[]): Program {
  return new Program(parseExpression(text, variables), variables.length)
}

export class Program {
  private readonly code: Int32Array
  private readonly numbers: Float64Array
  private readonly stack: Float64Array
  /** The variables of `apply` and `keeps`. */
  private readonly single = new Float64Array(1)

  constructor(expression: Expression, variables: number) {
    const code: number[] = []
    const numbers: number[] = []
    const deepest = emit(expression, code, numbers, 0)
    this.code = Int32Array.from(code)
    this.numbers = Float64Array.from(numbers)
    this.stack = new Float64Array(deepest + 1)
    this.single = new Float64Array(Math.max(1, variables))
  }

  /** @param variables their values in the order of compilation. @returns the result, NaN where it is a gap. */
  run(variables: Float64Array): number {
    for (let i = 0; i < variables.length; i++) if (variables[i] !== variables[i]) return NaN
    this.evaluate(variables)
    const result = this.stack[0] as number
    return result - result === 0 ? result : NaN
  }

  /** What a reading becomes: for expressions of one variable. */
  apply(value: number): number {
    this.single[0] = value
    return this.run(this.single)
  }

  /** Whether a reading passes: for expressions of one variable. A gap passes, as the gap that it is. */
  keeps(value: number): boolean {
    if (value !== value) return true
    this.single[0] = value
    this.evaluate(this.single)
    return truth(this.stack[0] as number) === 1
  }

  private evaluate(variables: Float64Array): void {
    const { code, stack, numbers } = this
    let top = -1
    for (let i = 0; i < code.length; i++) {
      const op = code[i] as OpCode
      if (op === Op.number) stack[++top] = numbers[code[++i] as number] as number
      else if (op === Op.variable) stack[++top] = variables[code[++i] as number] as number
      else if (op >= Op.negate) stack[top] = ofOne(op, stack[top] as number)
      else if (op >= Op.choose) {
        top -= 2
        stack[top] = ofThree(op, stack[top] as number, stack[top + 1] as number, stack[top + 2] as number)
      } else {
        top -= 1
        stack[top] = ofTwo(op, stack[top] as number, stack[top + 1] as number)
      }
    }
  }
}

/** @returns the highest position of the stack that is used. */
function emit(expression: Expression, code: number[], numbers: number[], at: number): number {
  switch (expression.kind) {
    case 'number':
      code.push(Op.number, numbers.push(expression.value) - 1)
      return at
    case 'variable':
      code.push(Op.variable, expression.index)
      return at
    case 'unary': {
      const deepest = emit(expression.of, code, numbers, at)
      code.push(expression.operator === '-' ? Op.negate : Op.not)
      return deepest
    }
    case 'binary': {
      const left = emit(expression.left, code, numbers, at)
      const right = emit(expression.right, code, numbers, at + 1)
      code.push(BINARY[expression.operator])
      return Math.max(left, right)
    }
    case 'choice': {
      const parts = [expression.when, expression.then, expression.otherwise]
      const deepest = parts.map((part, i) => emit(part, code, numbers, at + i))
      code.push(Op.choose)
      return Math.max(...deepest)
    }
    case 'call':
      return emitCall(expression.name, expression.args, code, numbers, at)
  }
}

/** min and max of more than two are taken from the left, two at a time. */
function emitCall(name: string, args: readonly Expression[], code: number[], numbers: number[], at: number): number {
  const { op, atMost } = FUNCTIONS.get(name) as { op: OpCode; atMost?: number }
  const many = atMost === undefined
  let deepest = at
  args.forEach((arg, i) => {
    deepest = Math.max(deepest, emit(arg, code, numbers, many ? at + Math.min(i, 1) : at + i))
    if (many && i > 0) code.push(op)
  })
  if (!many) code.push(op)
  return deepest
}

const truth = (x: number): number => (x !== 0 && x === x ? 1 : 0)

function ofTwo(op: OpCode, a: number, b: number): number {
  switch (op) {
    case Op.add:
      return a + b
    case Op.subtract:
      return a - b
    case Op.multiply:
      return a * b
    case Op.divide:
      return a / b
    case Op.remainder:
      return a % b
    case Op.power:
      return a ** b
    case Op.equal:
      return a === b ? 1 : 0
    case Op.unequal:
      return a !== b ? 1 : 0
    case Op.less:
      return a < b ? 1 : 0
    case Op.lessOrEqual:
      return a <= b ? 1 : 0
    case Op.greater:
      return a > b ? 1 : 0
    case Op.greaterOrEqual:
      return a >= b ? 1 : 0
    case Op.and:
      return truth(a) & truth(b)
    case Op.or:
      return truth(a) | truth(b)
    case Op.min:
      return Math.min(a, b)
    case Op.max:
      return Math.max(a, b)
    case Op.atan2:
      return Math.atan2(a, b)
    default:
      return Math.hypot(a, b)
  }
}

function ofThree(op: OpCode, a: number, b: number, c: number): number {
  if (op === Op.choose) return truth(a) === 1 ? b : c
  return Math.min(Math.max(a, b), c)
}

function ofOne(op: OpCode, x: number): number {
  switch (op) {
    case Op.negate:
      return -x
    case Op.not:
      return 1 - truth(x)
    case Op.abs:
      return Math.abs(x)
    case Op.sqrt:
      return Math.sqrt(x)
    case Op.exp:
      return Math.exp(x)
    case Op.ln:
      return Math.log(x)
    case Op.log10:
      return Math.log10(x)
    case Op.log2:
      return Math.log2(x)
    case Op.floor:
      return Math.floor(x)
    case Op.ceil:
      return Math.ceil(x)
    case Op.round:
      return Math.round(x)
    case Op.sign:
      return Math.sign(x)
    case Op.sin:
      return Math.sin(x)
    case Op.cos:
      return Math.cos(x)
    case Op.tan:
      return Math.tan(x)
    case Op.asin:
      return Math.asin(x)
    case Op.acos:
      return Math.acos(x)
    default:
      return Math.atan(x)
  }
}
