/**
 * The time of keys that are quiet while their source is live: it goes on from the newest reading, in the key's own
 * event time. Keys wait in a wheel, each at most once in what it is looked at for.
 */
import type { EpochMs } from '../../shared/model/time'
import type { AlertMachine } from './machine'
import { anchor, dueOfAll, stepClock } from './stepping'
import { TimingWheel } from './timing-wheel'
import type { WatchedKey } from './watched-key'
import type { WatchedSource } from './watched-source'

export class LiveClock {
  private readonly wheel = new TimingWheel<WatchedKey>()

  constructor(private readonly machine: AlertMachine) {}

  /** After the key has changed: something may be due sooner than the wheel looks at it. */
  arm(key: WatchedKey): void {
    if (key.due === Infinity || key.watched.live !== true) return
    const at = liveDue(key)
    if (at >= key.armedAt) return
    key.armedAt = at
    this.wheel.put(at, key)
  }

  /** What is due by `monotonic` happens, key by key in the order in which it was due. */
  advance(monotonic: number): void {
    const due: WatchedKey[] = []
    for (const { at, what: key } of this.wheel.take(monotonic)) {
      if (at !== key.armedAt) continue
      key.armedAt = Infinity
      if (key.watched.live === true && key.due <= timeAt(key, monotonic)) due.push(key)
      else this.arm(key)
    }
    due.sort((a, b) => liveDue(a) - liveDue(b) || a.id - b.id)
    for (const key of due) {
      stepClock(this.machine, key, timeAt(key, monotonic))
      this.arm(key)
    }
  }

  /** The source is live again: silence counts anew from where the key's time stood still. */
  resume(source: WatchedSource, monotonic: number): void {
    for (const key of source.keys) {
      if (key.clock === -Infinity) continue
      key.heard = Math.max(key.heard, key.clock)
      anchor(key, key.clock, monotonic)
      key.due = dueOfAll(this.machine, key)
      this.arm(key)
    }
  }
}

const liveDue = (key: WatchedKey): number => key.seenAt + (key.due - key.anchor)
const timeAt = (key: WatchedKey, monotonic: number): EpochMs => key.anchor + (monotonic - key.seenAt)
