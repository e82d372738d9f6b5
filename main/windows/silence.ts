/**
 * Which members of the clocks are silent, on the monotonic clock. Silence counts only while the source is live and
 * the engine runs; it starts anew after each interruption.
 */
import type { DurationMs } from '../../shared/model/time'
import { widenDoubles, widenInts } from './columns'

/** The engine was stalled or suspended where ticks that come about every second are further apart than this. */
const STALL = 2000
/** After a stall there may be a backlog: nothing closes by quiet before this. */
const BACKLOG = 10_000

/** Members are dense indices; all times here are ms of the monotonic clock, watermarks alone are event time. */
export class Silence {
  live = false
  /** Per member: when its last record arrived; NaN: none since the engine started. */
  seen: Float64Array = new Float64Array(0)
  idle: Int32Array = new Int32Array(0)
  /** Per idle member: W at its last record. */
  base: Float64Array = new Float64Array(0)
  private since = 0
  private lastTick = NaN
  private quietFrom = 0

  constructor(private readonly idleAfter: DurationMs) {}

  addMember(member: number): void {
    this.seen = widenDoubles(this.seen, member + 1, NaN)
    this.idle = widenInts(this.idle, member + 1, 0)
    this.base = widenDoubles(this.base, member + 1, -Infinity)
  }

  setLive(live: boolean, now: DurationMs, quietFrom: DurationMs): void {
    this.live = live
    this.restart(now)
    this.quietFrom = quietFrom
    this.lastTick = now
  }

  /** True where silence goes on being counted; false where it has just started anew. */
  tick(now: DurationMs): boolean {
    const stalled = this.isStalled(now)
    this.lastTick = now
    if (!stalled) return this.live
    this.restart(now)
    this.quietFrom = now + BACKLOG
    return false
  }

  /** How long a member has been silent. */
  silentFor(member: number, now: DurationMs): DurationMs {
    const seen = this.seen[member] as number
    return now - (seen > this.since ? seen : this.since)
  }

  isSilent(member: number, now: DurationMs): boolean {
    return this.live && now >= this.quietFrom && this.silentFor(member, now) >= this.idleAfter
  }

  /** Not in a stall either that no tick has noticed yet: what was queued up meanwhile may arrive before the tick. */
  mayCloseByQuiet(now: DurationMs): boolean {
    return this.live && now >= this.quietFrom && !this.isStalled(now)
  }

  private isStalled(now: DurationMs): boolean {
    return now - this.lastTick > STALL
  }

  private restart(now: DurationMs): void {
    this.since = now
    this.idle.fill(0)
  }
}
