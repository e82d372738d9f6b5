/** Replay at the pace of the records' own times. */
import type { RawRecord } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'

/** A record that is due sooner than this is not waited for: timers are no finer. */
const GRAIN_MS = 5

/** The time that a record's readings will have; null where it has none of its own. */
export type TimeOf = (record: RawRecord) => EpochMs | null

export class Pace {
  /** How long until the record is due that was last found not to be. */
  wait: DurationMs = 0
  private anchor: { readonly event: EpochMs; readonly monotonic: DurationMs } | undefined

  /** @param speed seconds of the records' time in a second. */
  constructor(
    private readonly speed: number,
    private readonly timeOf: TimeOf,
  ) {}

  /** A record that goes back in time, or has none, is due at once. */
  isDue(record: RawRecord, now: DurationMs): boolean {
    const event = this.timeOf(record)
    if (event === null) return true
    this.anchor ??= { event, monotonic: now }
    this.wait = this.anchor.monotonic + (event - this.anchor.event) / this.speed - now
    return this.wait < GRAIN_MS
  }
}
