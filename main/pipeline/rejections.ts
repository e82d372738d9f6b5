/** Puts the records of one source that were rejected, or lost samples to checks, into the pending unit. */
import type { RawRecord } from '../contracts'
import type { EventTime } from '../../shared/config/decoding'
import type { FlowLedger, LikelyZone, RejectedRecord } from '../../shared/ipc/engine'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { PendingUnit } from './committer'
import { reasonKind } from './reason-kind'
import { ZoneHint } from './zone-hint'

export const MAX_RECORD_BYTES = 1 << 20

export class Rejections {
  last: RejectedRecord | null = null
  private readonly zone = new ZoneHint()

  constructor(
    private readonly source: string,
    private readonly ledger: FlowLedger,
    private readonly pending: () => PendingUnit,
  ) {}

  /** @param ahead of its arrival, where that is why */
  rejected(record: RawRecord, partition: string, reason: string, ahead: DurationMs): void {
    if (ahead > 0) this.zone.note(ahead)
    // While a wrong zone is likely nothing is thrown away before the user has decided.
    const capped = ahead === 0 || !this.zone.isUsual(this.ledger.received)
    const again = record.unreadable === undefined && record.payload.length <= MAX_RECORD_BYTES
    this.keep(record, partition, reason, { again, capped })
  }

  /** Some of its samples were taken out; the others are stored. */
  refused(record: RawRecord, partition: string, reason: string): void {
    this.keep(record, partition, reason, { again: false, capped: true })
  }

  likelyZone(time: EventTime, now: EpochMs): LikelyZone | null {
    return this.zone.likely(this.ledger.received, time, now)
  }

  private keep(record: RawRecord, partition: string, reason: string, how: { again: boolean; capped: boolean }): void {
    const { key, arrival, brokerTime, labels, header } = record
    const payload = Uint8Array.from(record.payload.subarray(0, MAX_RECORD_BYTES))
    const entry = {
      ...{ source: this.source, arrival, key, reason, payload, partition, kind: reasonKind(reason), ...how },
      ...(brokerTime === undefined ? {} : { brokerTime }),
      ...(labels === undefined ? {} : { labels }),
      ...(header === undefined ? {} : { header }),
    }
    const pending = this.pending()
    pending.rejected.push(entry)
    pending.rejectedBytes += payload.length
    this.last = rejectedRecord(entry)
  }
}

export function rejectedRecord(entry: {
  source: string
  arrival: EpochMs
  key: string
  reason: string
  payload: Uint8Array
}): RejectedRecord {
  const { source, arrival, key, reason, payload } = entry
  const text = Buffer.from(payload.subarray(0, 4000)).toString('utf8').slice(0, 1000)
  return { source, arrival, key, reason, payload: text }
}
