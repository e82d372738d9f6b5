/** What a window asks of alerts, and is told. */
import { z } from 'zod'
import { alertRule } from '../config/alert'
import type { AlertRule } from '../config/alert'
import type { AlertCondition } from '../config/alert-condition'
import type { AlertEvent, AlertSeverity, AlertState } from '../model/alert'
import type { SeriesId } from '../model/series'
import type { DurationMs, EpochMs } from '../model/time'
import { seriesIds } from './export'

/** What is not normal now. */
export interface StandingAlert {
  readonly rule: string
  /** Null: the source as a whole. */
  readonly series: SeriesId | null
  readonly source: string
  readonly state: AlertState
  readonly severity: AlertSeverity
  /** Event time. */
  readonly since: EpochMs
  /** NaN where there is none. */
  readonly value: number
  readonly acknowledged: boolean
  /** Null: notifications are not silenced. */
  readonly silencedUntil: EpochMs | null
}

/** What a rule would have done over a stretch of stored history. */
export interface AlertPreview {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly series: number
  readonly readings: number
  readonly alerts: number
  /** Of these, those that had not ended. */
  readonly lasting: number
  readonly alertMs: DurationMs
  readonly longestMs: DurationMs
  readonly notifications: number
  readonly suggestions: readonly { readonly condition: AlertCondition; readonly alerts: number }[]
  /** Of the series with the most alerts; null: nothing fits. */
  readonly shown: {
    readonly series: SeriesId
    /** When it was an alert. */
    readonly periods: readonly (readonly [EpochMs, EpochMs])[]
    /** Time, smallest and largest reading of each column, one after the other. */
    readonly columns: Float64Array
  } | null
  /** The newest that were read are all that was looked at. */
  readonly cut: boolean
}

const key = z.union([z.number().int(), z.string()])

export const alertParams = {
  /** Creates or replaces the rule of that id. */
  saveAlertRule: z.strictObject({ rule: alertRule }),
  removeAlertRule: z.strictObject({ id: z.string() }),
  setAlertRuleEnabled: z.strictObject({ id: z.string(), enabled: z.boolean() }),
  /** Event times; over what is stored. */
  previewAlert: z.strictObject({ rule: alertRule, from: z.number(), to: z.number() }),
  /** What is pending, firing, recovering, silent or in error. */
  standingAlerts: z.undefined(),
  /** Newest first; `before`: only those with smaller numbers. */
  alertHistory: z.strictObject({
    rule: z.string().nullable(),
    series: seriesIds.nullable(),
    from: z.number().nullable(),
    to: z.number().nullable(),
    before: z.number().nullable(),
    limit: z.number().int().min(1).max(10_000),
  }),
  /** `key`: a series, or the id of a source for `source-down`. False: it is over already. */
  acknowledgeAlert: z.strictObject({ rule: z.string(), key }),
  /** No notifications of it until then; null: they come again. */
  silenceAlert: z.strictObject({ rule: z.string(), key, until: z.number().nullable() }),
  /** These were shown on the desktop. */
  notified: z.strictObject({ ids: z.array(z.string()).max(100_000) }),
} as const

export interface AlertValues {
  saveAlertRule: AlertRule
  removeAlertRule: null
  setAlertRuleEnabled: null
  previewAlert: AlertPreview
  standingAlerts: readonly StandingAlert[]
  alertHistory: readonly AlertEvent[]
  acknowledgeAlert: boolean
  silenceAlert: boolean
  notified: null
}

/** A notification with what its text needs. */
export interface AlertNotice extends AlertEvent {
  readonly sound: boolean
  /** Of the series, or of the source. */
  readonly title: string
  readonly unit: string
}

export interface AlertEvents {
  /** Changes that are stored now. */
  alerts: readonly AlertEvent[]
  /** To be shown on the desktop; they come again until `notified` names them. */
  notifications: readonly AlertNotice[]
}
