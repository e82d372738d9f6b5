/** The condition of a rule as the form shows it: simple ones in a list, joined by and, or or. Pure. */
export type PartDraft = Readonly<Record<string, unknown>>

export interface ConditionPart {
  /** It must not hold. */
  readonly not: boolean
  readonly of: PartDraft
}

export interface ConditionParts {
  readonly join: 'and' | 'or'
  /** At least one. */
  readonly parts: readonly ConditionPart[]
}

/** @returns null where it is nested deeper than a list. */
export function partsOf(condition: unknown): ConditionParts | null {
  const draft = isRecord(condition) ? condition : {}
  const { kind, of } = draft
  if (kind !== 'and' && kind !== 'or') {
    const part = partOf(draft)
    return part === null ? null : { join: 'and', parts: [part] }
  }
  const parts = Array.isArray(of) ? of.map((each) => (isRecord(each) ? partOf(each) : null)) : []
  return parts.length === 0 || parts.includes(null) ? null : { join: kind, parts: parts as ConditionPart[] }
}

export function conditionOf({ join, parts }: ConditionParts): PartDraft {
  const drafts = parts.map(({ not, of }) => (not ? { kind: 'not', of } : of))
  return drafts.length === 1 ? (drafts[0] as PartDraft) : { kind: join, of: drafts }
}

/** Where a part stands in the condition: `condition`, `condition.of.1`, `condition.of.1.of`. */
export function pathOfPart({ parts }: ConditionParts, at: number): string {
  const own = parts.length === 1 ? 'condition' : `condition.of.${at}`
  return parts[at]?.not === true ? `${own}.of` : own
}

function partOf(draft: PartDraft): ConditionPart | null {
  const { kind, of } = draft
  if (kind === 'and' || kind === 'or') return null
  if (kind !== 'not') return { not: false, of: draft }
  return isRecord(of) && !['and', 'or', 'not'].includes(String(of['kind'])) ? { not: true, of } : null
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
