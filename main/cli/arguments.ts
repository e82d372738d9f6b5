/** Arguments of the form `--name value`. */

/** A mistake in the command line, said in one line. */
export class Usage extends Error {
  override readonly name = 'Usage'
}

/** @throws Usage on an unknown name, a missing value or a missing required option. */
export function parseOptions<R extends string, O extends string>(
  args: readonly string[],
  required: readonly R[],
  optional: readonly O[],
): Record<R, string> & Partial<Record<O, string>> {
  const found = new Map<string, string>()
  for (let i = 0; i < args.length; i += 2) {
    const name = (args[i] as string).replace(/^--/, '')
    const known = args[i]?.startsWith('--') === true && ([...required, ...optional] as string[]).includes(name)
    if (!known)
      throw new Usage(
        `unknown option ${args[i] as string}; known are ${[...required, ...optional].map((option) => `--${option}`).join(', ')}`,
      )
    const value = args[i + 1]
    if (value === undefined) throw new Usage(`--${name} needs a value`)
    found.set(name, value)
  }
  for (const name of required) if (!found.has(name)) throw new Usage(`--${name} is missing`)
  return Object.fromEntries(found) as Record<R, string> & Partial<Record<O, string>>
}
