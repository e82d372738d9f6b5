/**
 * What silence does to the clocks, live only: a silent member holds nobody back, and a clock that only silent ones have
 * goes on with real time, so that the windows of a sensor that stopped still close.
 */
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { Clocks } from './clocks'
import type { Silence } from './silence'

/** The operator, as seen from here. Clocks and members are dense indices. */
export interface MovedClocks {
  /** The earliest watermark of a clock at which something happens, here or downstream; +∞: nothing will. */
  dueOf(clock: number): EpochMs
  /** A clock has moved without a record. `idle`: those members hold it back no longer; empty: all of them do again. */
  mark(clock: number, idle?: readonly number[]): void
  /** Fires what the clock has passed. */
  advance(clock: number): void
}

/** Times of `now` are ms of the monotonic clock, watermarks ms since the epoch. */
export class QuietClocks {
  constructor(
    private readonly clocks: Clocks,
    private readonly silence: Silence,
    private readonly closeWhenQuiet: boolean,
    private readonly moved: MovedClocks,
  ) {}

  /** To be called about once a second. */
  tick(now: DurationMs): void {
    const { clocks, silence } = this
    if (!silence.live) {
      silence.tick(now)
      return
    }
    if (!silence.tick(now)) {
      this.wake()
      return
    }
    const idle: number[] = []
    for (let member = 0; member < clocks.members; member++) {
      if ((silence.idle[member] as number) === 0 && silence.isSilent(member, now)) idle.push(member)
    }
    if (idle.length > 0) this.becomeIdle(idle)
    if (this.closeWhenQuiet && silence.mayCloseByQuiet(now)) this.closeQuiet(now)
  }

  /** A record of a member after another time than its last: it is active (again), at the clock's present time. */
  returned(member: number, clock: number, now: DurationMs): void {
    const { silence } = this
    if (this.isSilent(clock) && this.closeWhenQuiet && silence.mayCloseByQuiet(now)) this.moveQuiet(clock, now)
    silence.idle[member] = 0
    silence.seen[member] = now
  }

  /** Silence starts anew: every member holds its clock back again. */
  wake(): void {
    const { clocks } = this
    if (clocks.isSingle || !clocks.anyIdle()) return
    clocks.wake()
    for (let clock = 0; clock < clocks.clocks; clock++) {
      if ((clocks.watermark[clock] as number) > -Infinity) {
        this.moved.mark(clock, [])
        return
      }
    }
  }

  private becomeIdle(members: readonly number[]): void {
    const { clocks, silence } = this
    const idle = new Map<number, number[]>()
    for (const member of members) {
      const clock = clocks.clockOf[member] as number
      silence.idle[member] = 1
      silence.base[member] = clocks.watermark[clock] as number
      if (clocks.isSingle || !clocks.isActive(member)) continue
      clocks.idle(member)
      const known = idle.get(clock)
      if (known === undefined) idle.set(clock, [member])
      else known.push(member)
    }
    for (const [clock, each] of idle) {
      this.moved.mark(clock, each)
      this.moved.advance(clock)
    }
  }

  /** Moves the clocks that only silent members have, where that makes something due. */
  private closeQuiet(now: DurationMs): void {
    const { clocks } = this
    for (let clock = 0; clock < clocks.clocks; clock++) {
      // What waits downstream may have been passed here before, while others hold it back: what comes after it is not
      // known then, and the clock goes on at every tick.
      if (this.isSilent(clock) && this.quietWatermark(clock, now) >= this.moved.dueOf(clock)) this.moveQuiet(clock, now)
    }
  }

  /** All members are idle. */
  private isSilent(clock: number): boolean {
    return this.clocks.isSingle ? this.silence.idle[clock] === 1 : this.clocks.allIdle(clock)
  }

  private moveQuiet(clock: number, now: DurationMs): void {
    if (!this.clocks.raise(clock, this.quietWatermark(clock, now))) return
    this.moved.mark(clock)
    this.moved.advance(clock)
  }

  /** W at the last record + the time since. */
  private quietWatermark(clock: number, now: DurationMs): EpochMs {
    const { clocks, silence } = this
    if (clocks.isSingle) return Math.floor((silence.base[clock] as number) + silence.silentFor(clock, now))
    let largest = -Infinity
    for (const member of clocks.of(clock)) {
      largest = Math.max(largest, (clocks.own[member] as number) + silence.silentFor(member, now))
    }
    return Math.floor(largest)
  }
}
