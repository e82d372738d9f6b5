/**
 * Watermarks. A clock (of a key, or of the whole source) follows its members: the key's own series, the series of a
 * group, or the partitions of the source. W = max(before, the smallest W of its active members).
 */
import type { StateReader, StateWriter } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { ActiveMinimum } from './minimum'
import { widenDoubles, widenInts } from './columns'

/**
 * Clocks and members are dense indices from 0; watermarks are ms since the epoch, −∞ before the first record.
 * Source: Flink's bounded out-of-orderness watermarks, the minimum over the partitions that are not idle.
 */
export class Clocks {
  /** W of each clock. */
  watermark: Float64Array = new Float64Array(0)
  /** W of each member by its records alone; not kept where the clock is its own. */
  own: Float64Array = new Float64Array(0)
  /** The clock of each member. */
  clockOf: Int32Array = new Int32Array(0)
  members = 0
  clocks = 0
  /** Where every clock has one member the minimum is not needed; `of` lists nothing then. */
  private readonly minima: ActiveMinimum[] = []
  private readonly membersOf: number[][] = []

  constructor(
    private readonly outOfOrderness: DurationMs,
    /** Every clock has one member, with the same number. */
    readonly isSingle: boolean,
  ) {}

  addClock(): number {
    const clock = this.clocks++
    this.watermark = widenDoubles(this.watermark, this.clocks, -Infinity)
    if (!this.isSingle) {
      this.minima.push(new ActiveMinimum((member) => this.own[member] as number))
      this.membersOf.push([])
    }
    return clock
  }

  /** A member holds its clock back from its first record on. */
  addMember(clock: number): number {
    const member = this.members++
    this.own = widenDoubles(this.own, this.members, -Infinity)
    this.clockOf = widenInts(this.clockOf, this.members, -1)
    this.clockOf[member] = clock
    if (!this.isSingle) (this.membersOf[clock] as number[]).push(member)
    return member
  }

  /** A record of a member at t; true where its clock moved. */
  record(member: number, clock: number, t: EpochMs): boolean {
    const w = t - this.outOfOrderness
    if (this.isSingle) return this.raise(clock, w)
    if (w > (this.own[member] as number)) {
      this.own[member] = w
      return this.raised(member, clock)
    }
    return this.joined(member, clock)
  }

  /** Moves a clock on; it never goes back. */
  raise(clock: number, w: EpochMs): boolean {
    if (w <= (this.watermark[clock] as number)) return false
    this.watermark[clock] = w
    return true
  }

  isActive(member: number): boolean {
    return this.isSingle || (this.minima[this.clockOf[member] as number] as ActiveMinimum).has(member)
  }

  /** The member no longer holds its clock back; true where the clock moved. */
  idle(member: number): boolean {
    if (this.isSingle) return false
    const clock = this.clockOf[member] as number
    const minimum = this.minima[clock] as ActiveMinimum
    minimum.remove(member)
    if (minimum.size > 0) return this.raise(clock, minimum.get())
    let largest = -Infinity
    for (const each of this.membersOf[clock] as number[]) largest = Math.max(largest, this.own[each] as number)
    return this.raise(clock, largest)
  }

  allIdle(clock: number): boolean {
    return !this.isSingle && (this.minima[clock] as ActiveMinimum).size === 0
  }

  anyIdle(): boolean {
    for (let member = 0; member < this.members; member++) {
      if ((this.own[member] as number) > -Infinity && !this.isActive(member)) return true
    }
    return false
  }

  /** Members of a clock that several may share. */
  of(clock: number): readonly number[] {
    return this.membersOf[clock] ?? []
  }

  /** All members hold their clocks back again, those that never had a record excepted. */
  wake(): void {
    if (this.isSingle) return
    for (let member = 0; member < this.members; member++) {
      if ((this.own[member] as number) > -Infinity)
        (this.minima[this.clockOf[member] as number] as ActiveMinimum).add(member)
    }
  }

  write(to: StateWriter): void {
    to.numbers(this.watermark, 0, this.clocks)
    to.numbers(this.own, 0, this.members)
    const active: number[] = []
    for (let member = 0; member < this.members; member++) active.push(this.isActive(member) ? 1 : 0)
    to.numbers(active)
  }

  /** Members and clocks must have been added as they were when the state was written. */
  read(from: StateReader): void {
    this.watermark.set(from.numbers())
    this.own.set(from.numbers())
    const active = from.numbers()
    if (this.isSingle) return
    for (let member = 0; member < this.members; member++) {
      if (active[member] === 1) (this.minima[this.clockOf[member] as number] as ActiveMinimum).add(member)
    }
  }

  private raised(member: number, clock: number): boolean {
    const minimum = this.minima[clock] as ActiveMinimum
    if (minimum.has(member)) minimum.raised(member)
    else minimum.add(member)
    return this.raise(clock, minimum.get())
  }

  /** A record that is not the newest may still make an idle member active. */
  private joined(member: number, clock: number): boolean {
    const minimum = this.minima[clock] as ActiveMinimum
    if (!minimum.has(member)) minimum.add(member)
    return false
  }
}
