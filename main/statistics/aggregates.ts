/** The table of a window's statistics: what each needs to be kept, and how it is read from what is kept. */

import { MOMENT, type MomentName } from './moment-results'
import type { StepStatistic } from './steps'

export type Aggregate =
  | { readonly kind: 'moment'; readonly name: MomentName }
  | { readonly kind: 'step'; readonly name: StepStatistic }
  | { readonly kind: 'percentile'; readonly fraction: number }
  | { readonly kind: 'distinct' }

const PERCENTILE = /^p(100|\d{1,2}(?:\.\d+)?)$/

/** `p99.9` is the fraction 0.999, `median` 0.5. @throws Error where the name is none of a window's statistics. */
export function parseAggregate(name: string): Aggregate {
  if (Object.hasOwn(MOMENT, name)) return { kind: 'moment', name: name as MomentName }
  switch (name) {
    case 'delta':
    case 'increase':
    case 'rate':
    case 'integral':
    case 'timeWeightedMean':
      return { kind: 'step', name }
    case 'median':
      return { kind: 'percentile', fraction: 0.5 }
    case 'distinct':
      return { kind: 'distinct' }
  }
  const percent = PERCENTILE.exec(name)?.[1]
  if (percent === undefined) throw new Error(`not a statistic of a window: ${name}`)
  return { kind: 'percentile', fraction: Number(percent) / 100 }
}

const NOT_GROUPED: ReadonlySet<string> = new Set(['first', 'last', 'timeWeightedMean', 'slope'])

/** Why a statistic cannot be taken of several series together, or null where it can. */
export function refusalInGroups(name: string): string | null {
  if (!NOT_GROUPED.has(name)) return null
  return `${name} belongs to one series and cannot be added up over a group; leave out groupBy or ${name}`
}
