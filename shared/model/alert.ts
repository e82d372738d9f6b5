/** Changes of alerts, as they are stored and shown. */
import type { SeriesId } from './series'
import type { EpochMs } from './time'

export const ALERT_STATES = ['normal', 'pending', 'firing', 'recovering', 'silent', 'error'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** An alert that a person has to know of. */
export const isAlertState = (state: AlertState): boolean => ALERT_STATES.indexOf(state) >= 2

/**
 * Why. met, unmet: the condition of a reading; held: for `for`; over: `keepFiringFor` has passed; silence: no reading;
 * overfull: more readings in the window than are kept; overflow: a value beyond the doubles; repeat: it still lasts;
 * unsilenced: it began while notifications were silenced and still lasts; withdrawn: the rule was changed or removed.
 */
export type AlertReason =
  'met' | 'held' | 'unmet' | 'over' | 'silence' | 'overfull' | 'overflow' | 'repeat' | 'unsilenced' | 'withdrawn'

/** What people do with an alert; the state stays. */
export type AlertDeed = 'acknowledged' | 'silenced' | 'heard'

export type AlertSeverity = 'info' | 'warning' | 'critical'

/** A change of one rule and key, or what somebody did with it. */
export interface AlertEvent {
  /** Counts them from 1, in the order in which they happened. */
  readonly number: number
  /** The same for the same change, also where it is told twice. */
  readonly id: string
  readonly rule: string
  /** Of the rule, as it was then. */
  readonly name: string
  readonly severity: AlertSeverity
  readonly source: string
  /** Null: the source as a whole. */
  readonly series: SeriesId | null
  readonly from: AlertState
  /** The same as `from` where nothing but a notification or a deed is told. */
  readonly to: AlertState
  /** Event time. */
  readonly time: EpochMs
  /** When it was found, by the clock. */
  readonly at: EpochMs
  /** What the rule compares; NaN: nothing. */
  readonly value: number
  readonly reason: AlertReason | AlertDeed
  /** The newest reading was judged anew, because its value or that of its window changed. */
  readonly revised: boolean
  /** What there is to tell people. */
  readonly notify: 'firing' | 'resolved' | 'repeat' | null
  /** Until when notifications are silenced; null in all but `silenced`. */
  readonly until: EpochMs | null
}
