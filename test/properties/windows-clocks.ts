/** The clocks of the naive twin: the rules of "Clocks and watermarks" over all members, anew at every record and tick. */
import { durationMs } from '../../shared/config/duration'
import type { Pipeline } from '../../shared/config/pipeline'

/** Ticks come every second; one that is late by more than a second means that the engine was stalled. */
const STALLED = 2000
const BACKLOG = 10_000

interface Member {
  /** Of its records alone, or as it was given. */
  w: number
  arrived: number
  idle: boolean
}

interface Clock {
  w: number
  /** W at the last record, or where silence started anew. */
  atLastRecord: number
  readonly members: Map<string, Member>
}

export class NaiveClocks {
  private readonly clocks = new Map<string, Clock>()
  private live = false
  /** Idle time counts from here. */
  private since = 0
  /** The backlog is read. */
  private quietFrom = 0
  private lastTick = NaN

  constructor(
    private readonly time: Pipeline['time'],
    /** Every clock is that of one series. */
    private readonly alone: boolean,
  ) {
    if (time.clock === 'source') this.clock('')
  }

  get names(): string[] {
    return [...this.clocks.keys()]
  }

  w(name: string): number {
    return this.clock(name).w
  }

  /** A record comes: silence ends now, and W is where it has gone by then. */
  arrival(name: string, now: number): boolean {
    const clock = this.clock(name)
    if (!this.mayClose(now) || now - this.lastTick > STALLED || !allIdle(clock)) return false
    return this.raise(name, this.quiet(clock, now))
  }

  record(name: string, member: string, t: number, now: number): boolean {
    const moved = this.give(name, member, t - durationMs(this.time.outOfOrderness), now)
    const clock = this.clock(name)
    clock.atLastRecord = clock.w
    return moved
  }

  /** A member's own W; true where the clock's moved. */
  give(name: string, member: string, w: number, now = 0): boolean {
    const { members } = this.clock(name)
    members.set(member, { w: Math.max(members.get(member)?.w ?? -Infinity, w), arrived: now, idle: false })
    return this.raise(name, this.slowest(name))
  }

  raise(name: string, w: number): boolean {
    const clock = this.clock(name)
    const moved = w > clock.w
    clock.w = Math.max(clock.w, w)
    return moved
  }

  setLive(live: boolean, now: number, quietFrom: number): void {
    this.live = live
    this.lastTick = now
    this.interrupted(now, quietFrom)
  }

  /** @param needed whether a clock that nothing holds back is to move to this W */
  tick(now: number, needed: (name: string, w: number) => boolean, moved: (name: string) => void): void {
    const stalled = now - this.lastTick > STALLED
    this.lastTick = now
    if (!this.live) return
    if (stalled) {
      this.interrupted(now, now + BACKLOG)
      return
    }
    if (now < this.quietFrom) return
    for (const [name, clock] of this.clocks) {
      for (const member of clock.members.values())
        if (this.silence(member, now) >= durationMs(this.time.idleAfter)) member.idle = true
      if (this.raise(name, this.slowest(name))) moved(name)
    }
    if (!this.mayClose(now)) return
    for (const [name, clock] of this.clocks) {
      const w = this.quiet(clock, now)
      if (allIdle(clock) && w > clock.w && needed(name, w) && this.raise(name, w)) moved(name)
    }
  }

  private clock(name: string): Clock {
    let clock = this.clocks.get(name)
    if (clock === undefined)
      this.clocks.set(name, (clock = { w: -Infinity, atLastRecord: -Infinity, members: new Map<string, Member>() }))
    return clock
  }

  private mayClose(now: number): boolean {
    return this.live && this.time.closeWhenQuiet && now >= this.quietFrom
  }

  private interrupted(now: number, quietFrom: number): void {
    this.since = now
    this.quietFrom = quietFrom
    for (const clock of this.clocks.values()) {
      clock.atLastRecord = clock.w
      for (const member of clock.members.values()) member.idle = false
    }
  }

  private silence({ arrived }: Member, now: number): number {
    return now - Math.max(arrived, this.since)
  }

  /** The smallest W of the active members, or the largest where all are idle. */
  private slowest(name: string): number {
    const members = [...this.clock(name).members.values()]
    const active = members.filter(({ idle }) => !idle)
    if (members.length === 0) return -Infinity
    return active.length > 0 ? Math.min(...active.map(({ w }) => w)) : Math.max(...members.map(({ w }) => w))
  }

  private quiet(clock: Clock, now: number): number {
    const of = (member: Member): number => (this.alone ? clock.atLastRecord : member.w) + this.silence(member, now)
    return Math.max(...[...clock.members.values()].map(of))
  }
}

function allIdle({ members }: Clock): boolean {
  return members.size > 0 && [...members.values()].every(({ idle }) => idle)
}
