/** What leaves for other systems: it waits in the store from the commit that caused it until it is confirmed. */
import type { AlertEvent } from '../../shared/model/alert'
import type { DurationMs, EpochMs } from '../../shared/model/time'

/** Of which series; of a group of series the labels are those of the group. */
interface Subject {
  readonly source: string
  /** Null: the source as a whole. */
  readonly series: string | null
  readonly labels: Readonly<Record<string, string>>
  readonly unit: string | null
}

/** A window result, as receivers get it. Times are epoch milliseconds. */
export interface ResultBody extends Subject {
  readonly kind: 'result'
  /** Stays the same for the same revision of the same window: receivers recognise what they have by it. */
  readonly id: string
  readonly pipeline: string
  readonly start: EpochMs
  readonly end: EpochMs
  /** Number of the firing of a count window. */
  readonly index?: number
  readonly revision: number
  readonly repaired?: boolean
  /** Start and end of the earlier results that this one takes the place of. */
  readonly replaces?: readonly (readonly [EpochMs, EpochMs])[]
  /** By name; null where there is none. */
  readonly statistics: Readonly<Record<string, number | null>>
}

/** A change of an alert, as receivers get it; fields as in the history of alerts. */
export interface AlertBody
  extends Subject, Pick<AlertEvent, 'id' | 'rule' | 'name' | 'severity' | 'from' | 'to' | 'time' | 'at' | 'reason'> {
  readonly kind: 'alert'
  readonly value: number | null
  readonly revised?: true
  readonly notify: AlertEvent['notify']
}

/** Sent when a person tries an output out. */
export interface TestBody {
  readonly kind: 'test'
  readonly id: string
  readonly time: EpochMs
}

export type OutputBody = ResultBody | AlertBody | TestBody

/** What an alert or result of a commit means for one output. */
export interface OutboxEntry {
  /** The id of the output. */
  readonly output: string
  /** Of an alert; results are not told apart. */
  readonly rule: string | null
  readonly created: EpochMs
  readonly body: ResultBody | AlertBody
}

export interface OutboxItem {
  /** Grows with the order in which they came. */
  readonly seq: number
  readonly rule: string | null
  readonly created: EpochMs
  readonly body: OutputBody
}

export interface OutboxCounts {
  readonly waiting: number
  /** Since the output was made. */
  readonly delivered: number
  readonly setAside: number
  /** Results that had to make room. */
  readonly dropped: number
  /** Why the last one was set aside. */
  readonly reason: string | null
}

export interface OutboxStore {
  /** The oldest that wait. */
  waiting(output: string, limit: number): Promise<readonly OutboxItem[]>
  /** They are confirmed and go. */
  delivered(output: string, items: readonly OutboxItem[]): Promise<void>
  setAside(output: string, items: readonly OutboxItem[], reason: string): Promise<void>
  counts(output: string): Promise<OutboxCounts>
  /** Removes the oldest results beyond so many that wait, never an alert. @returns how many */
  trim(output: string, keep: number): Promise<number>
  /** What was set aside waits again. */
  retry(output: string): Promise<void>
  /** What was set aside goes. */
  discard(output: string): Promise<void>
  /** The output is gone, with all that waited for it. */
  forget(output: string): Promise<void>
}

/** One kind of receiver. */
export interface Sender {
  /** Of servers: listens. Called once before anything is sent, and again after it failed. */
  open?(): Promise<void>
  /**
   * Resolves once the other side has confirmed all of them, in their order.
   * @throws Refused where the same items will never be taken; RetryAfter; any other error: tried again
   */
  send(items: readonly OutboxItem[], signal: AbortSignal): Promise<void>
  /** Tries it out as far as that leaves nothing behind; absent: by listening, or by sending a test. */
  test?(): Promise<void>
  /** Programs that are connected; of servers. */
  connected?(): number
  close(): Promise<void>
}

/** The receiver will not take these items, whenever they come. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** The receiver says when to come again. */
export class RetryAfter extends Error {
  override readonly name = 'RetryAfter'
  constructor(
    message: string,
    readonly wait: DurationMs,
  ) {
    super(message)
  }
}
