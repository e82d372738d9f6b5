/** Paths into a record: `temperature`, `motor.current`, `sensors[0].temp`, with or without a leading `$.`. */

export type PathSteps = readonly (string | number)[]

/** @throws SyntaxError naming the path. */
export function parsePath(path: string): PathSteps {
  const steps: (string | number)[] = []
  const text = path.startsWith('$.') ? path.slice(2) : path
  const step = /([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y
  while (step.lastIndex < text.length) {
    if (text[step.lastIndex] === '.') step.lastIndex += 1
    const at = step.lastIndex
    const match = step.exec(text)
    if (match === null) throw new SyntaxError(`the path ${path} cannot be read at position ${at + 1}`)
    if (match[2] !== undefined) steps.push(Number(match[2]))
    else steps.push(match[1] ?? (JSON.parse(`"${match[3] ?? ''}"`) as string))
  }
  if (steps.length === 0) throw new SyntaxError('the path is empty')
  return steps
}

/** Own properties only: `constructor` in a path finds nothing that the record does not hold. */
export function valueAt(root: unknown, steps: PathSteps): unknown {
  let value = root
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
