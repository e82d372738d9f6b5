/** What some rules compare of one key: its readings as they are, or reduced over a window, and how fast that changes. */
import type { Accumulators, Follower, StateReader, StateWriter } from '../contracts'
import { isFollowing } from '../../shared/config/alert'
import type { AlertReduction, FollowingReduction } from '../../shared/config/alert'
import { durationMs } from '../../shared/config/duration'
import type { EpochMs } from '../../shared/model/time'
import type { CompiledRule } from './compiled-rule'
import type { Subject } from './machine'
import { SlidingWindow } from './sliding-window'
import type { AlertReason } from './transition'

/** What a reading did: nothing, a value of a newer time, another value of the newest, or none can be computed. */
export const UNMOVED = 0
export const MOVED = 1
export const REVISED = 2
export const FAILED = 3

/** What computes the numbers that are compared. */
export interface Reducers {
  /** Slots of accumulators for one statistic of a window. */
  accumulatorsOf(statistic: string): Accumulators
  createFollower(of: FollowingReduction): Follower
}

export class Input implements Subject {
  time: EpochMs = -Infinity
  value = NaN
  change = NaN
  /** Why no value can be computed, and of what time, after FAILED. */
  failure: AlertReason = 'overflow'
  failedAt: EpochMs = -Infinity
  /** The rules that look at it, and the slots of their states. */
  rules: CompiledRule[] = []
  slots: number[] = []
  private previousTime: EpochMs = NaN
  private previousValue = NaN
  private readonly window: SlidingWindow | null
  private readonly follower: Follower | null
  /** Of the newest value that the follower saw. */
  private followed: EpochMs = -Infinity

  /** @param statistic of a result; null: the key has readings */
  constructor(
    readonly key: Subject['key'],
    reduce: AlertReduction,
    readonly statistic: string | null,
    reducers: Reducers,
  ) {
    this.follower = isFollowing(reduce) ? reducers.createFollower(reduce) : null
    this.window =
      'window' in reduce
        ? new SlidingWindow(durationMs(reduce.window), reducers.accumulatorsOf(reduce.statistic))
        : null
  }

  /** A finite value. */
  take(time: EpochMs, value: number): number {
    if (this.follower !== null) return this.follow(this.follower, time, value)
    return this.window === null ? this.move(time, value) : this.takeIntoWindow(this.window, time, value)
  }

  /** A result that another takes the place of: the next value is computed without it. */
  remove(time: EpochMs): void {
    this.window?.remove(time)
  }

  release(): void {
    this.window?.release()
  }

  write(to: StateWriter): void {
    to.numbers([this.time, this.value, this.change, this.previousTime, this.previousValue])
    this.window?.write(to)
    if (this.follower === null) return
    to.number(this.followed)
    this.follower.write(to)
  }

  /** @throws RangeError where the state ends too early. */
  read(from: StateReader): void {
    const numbers = from.numbers() as unknown as [number, number, number, number, number]
    ;[this.time, this.value, this.change, this.previousTime, this.previousValue] = numbers
    this.window?.read(from)
    if (this.follower === null) return
    this.followed = from.number()
    this.follower.read(from)
  }

  /** A late value, or another one of the newest time, is not looked at: what follows a series goes forward only. */
  private follow(follower: Follower, time: EpochMs, value: number): number {
    if (time <= this.followed) return UNMOVED
    this.followed = time
    const figure = follower.add(time, value)
    return Number.isNaN(figure) ? UNMOVED : this.move(time, figure)
  }

  private takeIntoWindow(window: SlidingWindow, time: EpochMs, value: number): number {
    if (!window.add(time, value, this.statistic !== null)) return UNMOVED
    if (!window.isWhole) return this.fail(window.newest, 'overfull')
    const result = window.result()
    // Null, such as the deviation of one value: there is nothing to compare.
    if (Number.isNaN(result)) return UNMOVED
    return Number.isFinite(result) ? this.move(window.newest, result) : this.fail(window.newest, 'overflow')
  }

  private fail(time: EpochMs, failure: AlertReason): number {
    this.failedAt = time
    this.failure = failure
    return FAILED
  }

  private move(time: EpochMs, value: number): number {
    const revised = time === this.time
    if (time < this.time || (revised && value === this.value)) return UNMOVED
    if (!revised) {
      this.previousTime = this.time
      this.previousValue = this.value
    }
    this.time = time
    this.value = value
    this.change = (value - this.previousValue) / ((time - this.previousTime) / 1000)
    return revised ? REVISED : MOVED
  }
}
