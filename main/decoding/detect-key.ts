/** What the topics of some records tell apart. */

export interface KeyProposal {
  readonly template: string
  readonly reason: string
}

/**
 * Levels in which the topics differ become labels: `plant/p1/temp` and `plant/p2/temp` propose `plant/{device}/temp`.
 * @returns null where they do not differ or are of different length.
 */
export function proposeTemplate(keys: readonly string[]): KeyProposal | null {
  const topics = [...new Set(keys)].map((key) => key.split('/'))
  const first = topics[0]
  if (first === undefined || topics.length < 2 || topics.some((topic) => topic.length !== first.length)) return null
  const differing = first.flatMap((_, level) => (new Set(topics.map((topic) => topic[level])).size > 1 ? [level] : []))
  const nameOf = (level: number): string => (differing.length === 1 ? 'device' : `level${level + 1}`)
  return {
    template: first.map((name, level) => (differing.includes(level) ? `{${nameOf(level)}}` : name)).join('/'),
    reason: `${topics.length} topics differ in level ${differing.map((level) => level + 1).join(', ')}`,
  }
}
