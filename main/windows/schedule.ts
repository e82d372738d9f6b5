/** When the keys of one shared clock are due, and their firing in the order of time. */
import type { EpochMs } from '../../shared/model/time'
import type { Members } from './members'
import type { Panes } from './panes'
import { Timers } from './timers'

/** Keys are dense indices; times are watermarks in ms since the epoch, +∞ where nothing is due. */
export class Schedule {
  /** The earliest time at which the timers look at each key; never later than it is due. */
  private readonly looked: EpochMs[] = []
  private readonly timers = new Timers((key) => this.looked[key] as number)

  constructor(
    private readonly panes: Panes,
    private readonly members: Members,
  ) {}

  addKey(): void {
    this.looked.push(Infinity)
  }

  /** A key may have become due earlier than it was looked at. */
  sooner(key: number, due: EpochMs): void {
    if (due < (this.looked[key] as number)) this.set(key, due)
  }

  set(key: number, due: EpochMs): void {
    this.looked[key] = due
    if (due < Infinity) this.timers.push(due, key)
  }

  /** The earliest time at which a key is looked at, or +∞. */
  earliest(): EpochMs {
    return this.timers.earliest()
  }

  /** Fires what is due at or before the watermark: by time, and keys due at the same one in their order. */
  fireUntil(watermark: EpochMs): void {
    const { panes, timers, members } = this
    for (;;) {
      const due = timers.earliest()
      if (due > watermark || due === Infinity) return
      const keys = timers.take(due).filter((key) => this.isDue(key, due))
      if (keys.length > 1)
        keys.sort((a, b) => (panes.order ? panes.order(a) - panes.order(b) : 0) || members.compare(a, b))
      for (const key of keys) {
        panes.fire(key, watermark)
        this.set(key, panes.due[key] as number)
      }
    }
  }

  /** A key may have become due later than it was scheduled: a session that grew. */
  private isDue(key: number, time: EpochMs): boolean {
    const due = this.panes.due[key] as number
    if (due > time) this.set(key, due)
    return due <= time
  }
}
