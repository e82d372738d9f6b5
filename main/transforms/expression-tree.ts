/**
 * The grammar of formulas such as `u * i` or `value > 0 && value < 100`, from the loosest to the tightest:
 *
 *     choice     = or [ "?" choice ":" choice ]
 *     or         = and { "||" and }
 *     and        = equality { "&&" equality }
 *     equality   = comparison [ ( "==" | "!=" ) comparison ]
 *     comparison = sum [ ( "<" | "<=" | ">" | ">=" ) sum ]
 *     sum        = product { ( "+" | "-" ) product }
 *     product    = unary { ( "*" | "/" | "%" ) unary }
 *     unary      = ( "-" | "!" ) unary | power
 *     power      = primary [ "^" unary ]                       2^3^2 = 2^9, -2^2 = -4
 *     primary    = number | name | name "(" choice { "," choice } ")" | "(" choice ")"
 *     number     = 12, 0.5, .5, 1.5e-3                         name = letters, digits, _ ; not a digit first
 *
 * Names are the variables, then the constants pi and e. Comparisons do not chain: `0 < x < 1` is refused, because it
 * would not mean what it says. Text that comes from outside cannot exhaust the stack: nesting is limited.
 */
import { CONSTANTS, FUNCTIONS } from './functions'

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** Position in the list of variables. */
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly of: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'choice'; readonly when: Expression; readonly then: Expression; readonly otherwise: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||'

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'

  /** @param position of the character that does not fit, from 0; the message counts from 1. */
  constructor(
    reason: string,
    readonly position: number,
  ) {
    super(`${reason} at character ${position + 1}`)
  }
}

const MAX_LENGTH = 1000
/** A pair of parentheses counts as two. */
const MAX_DEPTH = 128
const MAX_ARGUMENTS = 16

/**
 * @param variables the names that the expression may use
 * @throws ExpressionError with the position, where it is no expression, names something unknown, or is nested too deep
 */
export function parseExpression(text: string, variables: readonly string[]): Expression {
  if (text.length > MAX_LENGTH) throw new ExpressionError(`longer than ${MAX_LENGTH} characters`, MAX_LENGTH)
  return new Parser(text, variables).whole()
}

/** Binding of the operators from || to *; those that stand alone do not chain. */
const LEVELS: readonly { readonly operators: readonly string[]; readonly chains: boolean }[] = [
  { operators: ['||'], chains: true },
  { operators: ['&&'], chains: true },
  { operators: ['==', '!='], chains: false },
  { operators: ['<', '<=', '>', '>='], chains: false },
  { operators: ['+', '-'], chains: true },
  { operators: ['*', '/', '%'], chains: true },
]

const TOKEN =
  /\s*(?:((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(\|\||&&|[=!<>]=|[-+*/%^<>!?:(),]))/y

type TokenKind = 'number' | 'name' | 'sign' | 'end'

class Parser {
  private kind: TokenKind = 'end'
  private token = ''
  /** Of the token. */
  private start = 0
  private next = 0
  private depth = 0

  constructor(
    private readonly text: string,
    private readonly variables: readonly string[],
  ) {
    this.advance()
  }

  whole(): Expression {
    const expression = this.choice()
    if (this.kind !== 'end') this.fail('expected an operator or the end')
    return expression
  }

  private choice(): Expression {
    return this.nested(() => {
      const when = this.level(0)
      if (!this.accept('?')) return when
      const then = this.choice()
      this.expect(':')
      return { kind: 'choice', when, then, otherwise: this.choice() }
    })
  }

  private level(index: number): Expression {
    const level = LEVELS[index]
    if (level === undefined) return this.unary()
    let left = this.level(index + 1)
    for (let count = 0; this.kind === 'sign' && level.operators.includes(this.token); count++) {
      if (count > 0 && !level.chains)
        throw new ExpressionError('comparisons do not chain: write a < b && b < c instead of a < b < c,', this.start)
      const operator = this.token as BinaryOperator
      this.advance()
      left = { kind: 'binary', operator, left, right: this.level(index + 1) }
    }
    return left
  }

  private unary(): Expression {
    return this.nested(() => {
      const operator = this.kind === 'sign' && (this.token === '-' || this.token === '!') ? this.token : null
      if (operator === null) return this.power()
      this.advance()
      return { kind: 'unary', operator, of: this.unary() }
    })
  }

  private power(): Expression {
    const left = this.primary()
    return this.accept('^') ? { kind: 'binary', operator: '^', left, right: this.unary() } : left
  }

  private primary(): Expression {
    if (this.kind === 'number') return this.number()
    if (this.kind === 'name') return this.name()
    if (!this.accept('(')) this.fail('expected a number, a name or (')
    const inner = this.choice()
    this.expect(')')
    return inner
  }

  private number(): Expression {
    const value = Number(this.token)
    if (!Number.isFinite(value)) throw new ExpressionError('the number is too large', this.start)
    this.advance()
    return { kind: 'number', value }
  }

  private name(): Expression {
    const { token: name, start } = this
    this.advance()
    if (this.accept('(')) return this.call(name, start)
    const index = this.variables.indexOf(name)
    if (index >= 0) return { kind: 'variable', index }
    const value = CONSTANTS.get(name)
    if (value !== undefined) return { kind: 'number', value }
    if (FUNCTIONS.has(name)) throw new ExpressionError(`expected ( after the function ${name}`, this.start)
    throw new ExpressionError(
      `${name} is not known; there is ${list([...this.variables, ...CONSTANTS.keys()])},`,
      start,
    )
  }

  private call(name: string, start: number): Expression {
    const known = FUNCTIONS.get(name)
    if (known === undefined)
      throw new ExpressionError(`there is no function ${name}; there is ${list([...FUNCTIONS.keys()])},`, start)
    const args: Expression[] = []
    if (!(this.kind === 'sign' && this.token === ')'))
      do args.push(this.choice())
      while (this.accept(','))
    this.expect(')')
    const { atLeast, atMost = MAX_ARGUMENTS, form } = known
    if (args.length < atLeast || args.length > atMost)
      throw new ExpressionError(`expected ${form}, not ${args.length} arguments,`, start)
    return { kind: 'call', name, args }
  }

  private nested(parse: () => Expression): Expression {
    if (++this.depth > MAX_DEPTH) throw new ExpressionError('nested too deeply', this.start)
    const expression = parse()
    this.depth -= 1
    return expression
  }

  private accept(sign: string): boolean {
    if (this.kind !== 'sign' || this.token !== sign) return false
    this.advance()
    return true
  }

  private expect(sign: string): void {
    if (!this.accept(sign)) this.fail(`expected ${sign}`)
  }

  private fail(expected: string): never {
    throw new ExpressionError(`${expected}, found ${this.kind === 'end' ? 'the end' : this.token}`, this.start)
  }

  private advance(): void {
    TOKEN.lastIndex = this.next
    const match = TOKEN.exec(this.text)
    if (match === null) {
      this.start = this.text.length - this.text.slice(this.next).trimStart().length
      if (this.start < this.text.length)
        throw new ExpressionError(
          `${JSON.stringify(this.text[this.start])} does not belong in an expression`,
          this.start,
        )
      this.kind = 'end'
      return
    }
    this.next = TOKEN.lastIndex
    this.token = (match[1] ?? match[2] ?? match[3]) as string
    this.kind = match[1] !== undefined ? 'number' : match[2] !== undefined ? 'name' : 'sign'
    this.start = this.next - this.token.length
  }
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1] as string}`
}
