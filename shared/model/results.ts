/** What a window gives when it fires. */
import type { EpochMs } from './time'

/** In the order of the pipeline's aggregates; NaN stands for null. */
export type StatisticValues = ArrayLike<number> & Iterable<number>

/** Identity: (pipeline, key, start, end), or (pipeline, key, index) for count windows. */
export interface WindowResult {
  readonly pipeline: string
  /** The key's id: the series id without `groupBy`, else the id of the group's derived series. */
  readonly key: number
  readonly start: EpochMs
  readonly end: EpochMs
  /** Number of the firing of a count window. */
  readonly index?: number
  /** Counts the firings of one identity from 0. */
  readonly revision: number
  readonly repaired?: boolean
  /** Results that this one takes the place of (sessions that grew). */
  readonly replaces?: readonly (readonly [EpochMs, EpochMs])[]
  readonly values: StatisticValues
}
