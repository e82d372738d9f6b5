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

/** Numbers have no units here. @param variables in the order in which `run` takes them. @throws ExpressionError */
export function compileExpression(text: string, variables: readonly string[]): Program {
  return new Program(parseExpression(text, variables), variables.length)
}

/** A compiled expression. It keeps its stack: one run at a time. */
export class Program {
  private readonly code: Int32Array
  private readonly numbers: Float64Array
  private readonly stack: Float64Array
  /** The variable of `applyAt` and `keepsAt`. */
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

  /** Replaces an entry of a column by what it becomes: for expressions of one variable. */
  applyAt(column: Float64Array, at: number): void {
    const { single, stack } = this
    single[0] = column[at] as number
    if (single[0] !== single[0]) return
    this.evaluate(single)
    const result = stack[0] as number
    column[at] = result - result === 0 ? result : NaN
  }

  /** Whether an entry of a column passes: for expressions of one variable. A gap passes, as the gap that it is. */
  keepsAt(column: Float64Array, at: number): boolean {
    const { single, stack } = this
    single[0] = column[at] as number
    if (single[0] !== single[0]) return true
    this.evaluate(single)
    const result = stack[0] as number
    return result !== 0 && result === result
  }

  /** Numbers stay within the stack: passed to or from a function, a double may be boxed. */
  private evaluate(variables: Float64Array): void {
    const { code, stack, numbers } = this
    let top = -1
    for (let i = 0; i < code.length; i++) {
      const op = code[i] as OpCode
      if (op === Op.number) stack[++top] = numbers[code[++i] as number] as number
      else if (op === Op.variable) stack[++top] = variables[code[++i] as number] as number
      else if (op >= Op.negate) ofOne(op, stack, top)
      else if (op >= Op.choose) ofThree(op, stack, (top -= 2))
      else ofTwo(op, stack, (top -= 1))
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

/** Of the entries at and after `at`, into the one at it; so below. */
function ofTwo(op: OpCode, stack: Float64Array, at: number): void {
  const a = stack[at] as number
  const b = stack[at + 1] as number
  switch (op) {
    case Op.add:
      stack[at] = a + b
      break
    case Op.subtract:
      stack[at] = a - b
      break
    case Op.multiply:
      stack[at] = a * b
      break
    case Op.divide:
      stack[at] = a / b
      break
    case Op.remainder:
      stack[at] = a % b
      break
    case Op.power:
      stack[at] = a ** b
      break
    case Op.equal:
      stack[at] = a === b ? 1 : 0
      break
    case Op.unequal:
      stack[at] = a !== b ? 1 : 0
      break
    case Op.less:
      stack[at] = a < b ? 1 : 0
      break
    case Op.lessOrEqual:
      stack[at] = a <= b ? 1 : 0
      break
    case Op.greater:
      stack[at] = a > b ? 1 : 0
      break
    case Op.greaterOrEqual:
      stack[at] = a >= b ? 1 : 0
      break
    case Op.and:
      stack[at] = truth(a) & truth(b)
      break
    case Op.or:
      stack[at] = truth(a) | truth(b)
      break
    case Op.min:
      stack[at] = Math.min(a, b)
      break
    case Op.max:
      stack[at] = Math.max(a, b)
      break
    case Op.atan2:
      stack[at] = Math.atan2(a, b)
      break
    default:
      stack[at] = Math.hypot(a, b)
      break
  }
}

function ofThree(op: OpCode, stack: Float64Array, at: number): void {
  const a = stack[at] as number
  const b = stack[at + 1] as number
  const c = stack[at + 2] as number
  if (op === Op.choose) stack[at] = truth(a) === 1 ? b : c
  else stack[at] = Math.min(Math.max(a, b), c)
}

function ofOne(op: OpCode, stack: Float64Array, at: number): void {
  const x = stack[at] as number
  switch (op) {
    case Op.negate:
      stack[at] = -x
      break
    case Op.not:
      stack[at] = 1 - truth(x)
      break
    case Op.abs:
      stack[at] = Math.abs(x)
      break
    case Op.sqrt:
      stack[at] = Math.sqrt(x)
      break
    case Op.exp:
      stack[at] = Math.exp(x)
      break
    case Op.ln:
      stack[at] = Math.log(x)
      break
    case Op.log10:
      stack[at] = Math.log10(x)
      break
    case Op.log2:
      stack[at] = Math.log2(x)
      break
    case Op.floor:
      stack[at] = Math.floor(x)
      break
    case Op.ceil:
      stack[at] = Math.ceil(x)
      break
    case Op.round:
      stack[at] = Math.round(x)
      break
    case Op.sign:
      stack[at] = Math.sign(x)
      break
    case Op.sin:
      stack[at] = Math.sin(x)
      break
    case Op.cos:
      stack[at] = Math.cos(x)
      break
    case Op.tan:
      stack[at] = Math.tan(x)
      break
    case Op.asin:
      stack[at] = Math.asin(x)
      break
    case Op.acos:
      stack[at] = Math.acos(x)
      break
    default:
      stack[at] = Math.atan(x)
      break
  }
}
