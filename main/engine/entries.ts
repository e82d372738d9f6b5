/** Changes of the lists in a workspace. */
interface Entry {
  readonly id: string
}

/** With this entry in the place of the one with its id, or as the last. */
export function withEntry<T extends Entry>(list: readonly T[], entry: T): T[] {
  const known = list.some(({ id }) => id === entry.id)
  return known ? list.map((other) => (other.id === entry.id ? entry : other)) : [...list, entry]
}

export const withEnabled = <T extends Entry>(list: readonly T[], id: string, enabled: boolean): T[] =>
  list.map((entry) => (entry.id === id ? { ...entry, enabled } : entry))
