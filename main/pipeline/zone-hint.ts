/** Finds out that nearly all records of a source are ahead of their arrival because their zone is not the one set. */
import type { EventTime } from '../../shared/config/decoding'
import type { LikelyZone } from '../../shared/ipc/engine'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { zoneOffset } from '../decoding/event-time'

const LEAST_RECORDS = 20
const SHARE = 0.9
/** The newest that are looked at. */
const KEPT = 101
const STEP_MS = 15 * 60_000
/** Delivery takes time, and clocks differ. */
const TOLERANCE_MS = 5 * 60_000
const FARTHEST_MS = 14 * 3_600_000

/** Zones of many people, for an offset that the zone of this machine does not have. */
const COMMON = [
  ...['Asia/Shanghai', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Tokyo', 'Europe/Moscow', 'Asia/Dubai', 'Asia/Bangkok'],
  ...['Europe/Helsinki', 'Australia/Sydney', 'Australia/Adelaide', 'Asia/Karachi', 'Asia/Dhaka', 'Asia/Kathmandu'],
  ...['Asia/Tehran', 'Asia/Kabul', 'Asia/Colombo', 'Asia/Yangon', 'Pacific/Auckland', 'Europe/London', 'UTC'],
]

export class ZoneHint {
  private readonly aheads = new Float64Array(KEPT)
  private count = 0

  /** A record was rejected because it was that far ahead of its arrival. */
  note(ahead: DurationMs): void {
    this.aheads[this.count % KEPT] = ahead
    this.count += 1
  }

  /** Nearly all of what was received is ahead: something is wrong with the times, not with single records. */
  isUsual(received: number): boolean {
    return this.count >= LEAST_RECORDS && this.count > received * SHARE
  }

  /** The zone with which they would not be ahead; null where times have their own or it is not the zone. */
  likely(received: number, time: EventTime, now: EpochMs): LikelyZone | null {
    if (time.format !== 'iso' || !this.isUsual(received)) return null
    const seen = [...this.aheads.subarray(0, Math.min(this.count, KEPT))].sort((a, b) => a - b)
    const median = seen[seen.length >> 1] as number
    const ahead = Math.round(median / STEP_MS) * STEP_MS
    if (ahead === 0 || ahead > FARTHEST_MS || Math.abs(median - ahead) > TOLERANCE_MS) return null
    const zone = zoneWith(offsetOf(time.zone, now) + ahead, now)
    return zone === null ? null : { ahead, zone }
  }
}

const offsetOf = (zone: string, now: EpochMs): DurationMs => -zoneOffset(zone)(now)

function zoneWith(offset: DurationMs, now: EpochMs): string | null {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  const known = [here, ...COMMON].find((zone) => offsetOf(zone, now) === offset)
  if (known !== undefined) return known
  const hours = offset / 3_600_000
  // POSIX: the sign is the other way round.
  return Number.isInteger(hours) && Math.abs(hours) <= 12 ? `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}` : null
}
