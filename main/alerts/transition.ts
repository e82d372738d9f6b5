/** What the rules put out: a change of state of one rule and key, or that a standing alert must be told of. */
import { ALERT_STATES } from '../../shared/model/alert'
import type { AlertReason, AlertState } from '../../shared/model/alert'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'

export { ALERT_STATES }
export type { AlertReason, AlertState } from '../../shared/model/alert'

export const NORMAL = 0
export const PENDING = 1
export const FIRING = 2
export const RECOVERING = 3
export const SILENT = 4
export const ERROR = 5

/** An alert that a person has to know of. */
export const isAlert = (state: number): boolean => state >= FIRING

export interface AlertTransition {
  /** Of rule, key, state and event time: the same input gives the same, also after a recovery. */
  readonly id: string
  readonly rule: string
  /** The series, or the key of a pipeline's results; null: the source as a whole. */
  readonly key: SeriesId | null
  readonly source: string
  readonly from: AlertState
  /** The same as `from` where only a notification is due. */
  readonly to: AlertState
  /** When it was due, not when somebody looked. Of a source: real time. */
  readonly eventTime: EpochMs
  /** What the rule compares, at the newest reading; NaN before there was one. */
  readonly value: number
  readonly reason: AlertReason
  /** The newest reading was judged anew, because its value or that of its window changed. */
  readonly revised?: true
  /** What there is to tell of it; absent: nothing. */
  readonly notify?: 'firing' | 'resolved' | 'repeat'
}
export type TransitionSink = (transition: AlertTransition) => void

/** When something happens: timers are monotonic, what people set is by the clock on the wall. */
export interface Now {
  readonly monotonic: number
  readonly wall: EpochMs
}
