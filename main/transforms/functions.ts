/** The names that expressions may use besides their variables, and the operations of a compiled expression. */

/** Operations on the two topmost entries of the stack, or on the topmost one; each leaves one number. */
export const Op = {
  number: 0,
  variable: 1,
  // of two
  add: 2,
  subtract: 3,
  multiply: 4,
  divide: 5,
  remainder: 6,
  power: 7,
  equal: 8,
  unequal: 9,
  less: 10,
  lessOrEqual: 11,
  greater: 12,
  greaterOrEqual: 13,
  and: 14,
  or: 15,
  min: 16,
  max: 17,
  atan2: 18,
  hypot: 19,
  // of three
  choose: 20,
  clamp: 21,
  // of one
  negate: 22,
  not: 23,
  abs: 24,
  sqrt: 25,
  exp: 26,
  ln: 27,
  log10: 28,
  log2: 29,
  floor: 30,
  ceil: 31,
  round: 32,
  sign: 33,
  sin: 34,
  cos: 35,
  tan: 36,
  asin: 37,
  acos: 38,
  atan: 39,
} as const
export type OpCode = (typeof Op)[keyof typeof Op]

export interface FunctionSpec {
  readonly op: OpCode
  readonly atLeast: number
  /** Without it: any number, taken two at a time. */
  readonly atMost?: number
  /** As messages and the guide show it. */
  readonly form: string
}

const ofOne = (name: string, op: OpCode): [string, FunctionSpec] => [
  name,
  { op, atLeast: 1, atMost: 1, form: `${name}(x)` },
]

/** Angles are in radians; `round` takes halves up, `%` has the sign of the left side. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSpec> = new Map<string, FunctionSpec>([
  ofOne('abs', Op.abs),
  ofOne('sqrt', Op.sqrt),
  ofOne('exp', Op.exp),
  ofOne('ln', Op.ln),
  ofOne('log10', Op.log10),
  ofOne('log2', Op.log2),
  ['pow', { op: Op.power, atLeast: 2, atMost: 2, form: 'pow(x, y)' }],
  ['min', { op: Op.min, atLeast: 2, form: 'min(x, y, …)' }],
  ['max', { op: Op.max, atLeast: 2, form: 'max(x, y, …)' }],
  ofOne('floor', Op.floor),
  ofOne('ceil', Op.ceil),
  ofOne('round', Op.round),
  ofOne('sign', Op.sign),
  ofOne('sin', Op.sin),
  ofOne('cos', Op.cos),
  ofOne('tan', Op.tan),
  ofOne('asin', Op.asin),
  ofOne('acos', Op.acos),
  ofOne('atan', Op.atan),
  ['atan2', { op: Op.atan2, atLeast: 2, atMost: 2, form: 'atan2(y, x)' }],
  ['clamp', { op: Op.clamp, atLeast: 3, atMost: 3, form: 'clamp(x, lo, hi)' }],
  ['hypot', { op: Op.hypot, atLeast: 2, atMost: 2, form: 'hypot(x, y)' }],
])

/** By the name that an expression gives them. */
export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])
