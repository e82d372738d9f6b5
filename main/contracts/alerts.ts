/** The history of alerts. */
import type { AlertEvent } from '../../shared/model/alert'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'

export interface AlertQuery {
  /** Null: of all rules. */
  readonly rule: string | null
  /** Null: of all series, and of sources as a whole. */
  readonly series: ReadonlySet<SeriesId> | null
  /** Event times, [from, to]; null: without bound. */
  readonly from: EpochMs | null
  readonly to: EpochMs | null
  /** Only those with smaller numbers. */
  readonly before: number
  readonly limit: number
}

/** An event with what becomes of it on this desktop. */
export interface AlertEntry extends AlertEvent {
  /** It is to be shown as a notification, and was not yet. */
  readonly desktop: boolean
}

export interface AlertStore {
  /** Newest first. */
  events(query: AlertQuery): Promise<readonly AlertEvent[]>
  /** With greater numbers than this, oldest first. */
  after(number: number): AsyncIterable<AlertEvent>
  /** Those that are to be shown on the desktop, oldest first. */
  untold(): Promise<readonly AlertEvent[]>
  told(ids: readonly string[]): Promise<void>
  lastNumber(): Promise<number>
}
