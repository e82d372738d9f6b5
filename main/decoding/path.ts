/**
 * Paths into a record: `temperature`, `motor.current`, `sensors[0].temp`, with or without a leading `$.`. `[*]` and
 * `.*` stand for every element or member; `~` at the end for its name, as in `sensors.*~` (known from JSONPath-Plus).
 */

/** A step to every element of a list or member of an object. */
export const EVERY = Symbol('every')

export type PathStep = string | number | typeof EVERY
export type PathSteps = readonly PathStep[]

const STEP = /([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]/y

/** @throws SyntaxError naming the path. */
export function parsePath(path: string): PathSteps {
  const steps: PathStep[] = []
  const text = plainPath(path)
  STEP.lastIndex = 0
  while (STEP.lastIndex < text.length) {
    if (text[STEP.lastIndex] === '.') STEP.lastIndex += 1
    const at = STEP.lastIndex
    const match = STEP.exec(text)
    if (match === null) throw new SyntaxError(`the path ${path} cannot be read at position ${at + 1}`)
    const [, name, index, quoted, every] = match
    if (index !== undefined) steps.push(Number(index))
    else if (every !== undefined || name === '*') steps.push(EVERY)
    else steps.push(name ?? (JSON.parse(`"${quoted ?? ''}"`) as string))
  }
  if (steps.length === 0) throw new SyntaxError('the path is empty')
  return steps
}

/** `$.a` and `a` are one path, and so one series. */
export const plainPath = (path: string): string => path.replace(/^\$\.?/, '')

/** Own properties only: `constructor` in a path finds nothing that the record does not hold. */
export function valueAt(root: unknown, steps: PathSteps): unknown {
  let value = root
  for (const step of steps) {
    value = memberOf(value, step)
    if (value === undefined) return undefined
  }
  return value
}

/** Maps are what CBOR has for objects, since their keys may be numbers. */
export function memberOf(value: unknown, step: PathStep): unknown {
  if (typeof value !== 'object' || value === null || step === EVERY) return undefined
  if (value instanceof Map) return value.get(step) ?? value.get(otherKey(step))
  return Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined
}

const otherKey = (step: string | number): string | number =>
  typeof step === 'number' ? String(step) : /^-?\d{1,15}$/.test(step) ? Number(step) : step

/** The place of an inner value, in the form that `parsePath` reads. */
export const innerPath = (path: string, name: string, list: boolean): string =>
  list ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
