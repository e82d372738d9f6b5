/** What people get and when: many alerts at once are one message, and no rule fills a mailbox. */
import type { OutboxItem } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'

export interface GroupingLimits {
  /** Alerts that come within this time are one message. */
  readonly groupFor: DurationMs
  /** Of one rule not more than one message in this time. */
  readonly atMostEvery: DurationMs
}

export interface Due {
  readonly items: readonly OutboxItem[]
  /** When there will be something, where there is nothing now; Infinity: not before more comes. */
  readonly at: EpochMs
}

/** @param told when each rule was last told of */
export function dueForPeople(
  waiting: readonly OutboxItem[],
  { groupFor, atMostEvery }: GroupingLimits,
  told: ReadonlyMap<string, EpochMs>,
  now: EpochMs,
): Due {
  const results = waiting.filter(({ rule }) => rule === null)
  const oldest = new Map<string, EpochMs>()
  for (const { rule, created } of waiting) if (rule !== null && !oldest.has(rule)) oldest.set(rule, created)
  const free = (rule: string): EpochMs => (told.get(rule) ?? -Infinity) + atMostEvery
  const dueAt = [...oldest].map(([rule, created]) => Math.max(created + groupFor, free(rule)))
  const at = Math.min(Infinity, ...dueAt)
  // Once there is a message, whatever may be told goes along.
  const items = at > now ? [] : waiting.filter(({ rule }) => rule !== null && free(rule) <= now)
  if (items.length > 0) return { items, at: now }
  return results.length > 0 ? { items: results, at: now } : { items: [], at }
}
