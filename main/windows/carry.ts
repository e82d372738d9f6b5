/** Samples that reach into a window from before its start, one per series. */
import type { Reading, StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'

/** By series (0 where they are not told apart) its newest sample: ms since the epoch, the value's own unit. */
export class Carried {
  private readonly bySeries = new Map<number, Reading>()

  /** Keeps the sample where none of the series is newer; ties: the last to arrive. */
  offer(series: number, time: EpochMs, value: number): void {
    const known = this.bySeries.get(series)
    if (known === undefined) this.bySeries.set(series, { time, value })
    else if (time >= known.time) {
      known.time = time
      known.value = value
    }
  }

  /** False, and `into` as it was, where there is none. */
  get(series: number, into: Reading): boolean {
    const known = this.bySeries.get(series)
    if (known === undefined) return false
    into.time = known.time
    into.value = known.value
    return true
  }

  copyInto(to: Carried): void {
    for (const [series, { time, value }] of this.bySeries) to.offer(series, time, value)
  }

  write(to: StateWriter): void {
    to.number(this.bySeries.size)
    for (const [series, { time, value }] of this.bySeries) {
      to.number(series)
      to.number(time)
      to.number(value)
    }
  }

  static read(from: StateReader): Carried {
    const carried = new Carried()
    for (let left = from.number(); left > 0; left--) {
      const series = from.number()
      const time = from.number()
      carried.offer(series, time, from.number())
    }
    return carried
  }
}
