/** Which keys are due by event time, for a clock that many keys share: a binary heap with lazy deletion. */

/** Times are watermarks in ms since the epoch. A key may be pushed any number of times; O(log n) each. */
export class Timers {
  private times: number[] = []
  private keys: number[] = []

  /** `due` of a key is the only valid time of that key; older entries are skipped. */
  constructor(private readonly due: (key: number) => number) {}

  push(time: number, key: number): void {
    let child = this.times.length
    this.times.push(time)
    this.keys.push(key)
    while (child > 0) {
      const parent = (child - 1) >> 1
      if ((this.times[parent] as number) <= time) break
      this.move(parent, child)
      child = parent
    }
    this.times[child] = time
    this.keys[child] = key
  }

  /** The earliest valid time, or +∞. */
  earliest(): number {
    while (this.times.length > 0) {
      if (this.due(this.keys[0] as number) === this.times[0]) return this.times[0] as number
      this.pop()
    }
    return Infinity
  }

  /** Takes out all keys that are due at exactly this time; each once. */
  take(time: number): number[] {
    const taken = new Set<number>()
    while (this.earliest() === time) {
      taken.add(this.keys[0] as number)
      this.pop()
    }
    return [...taken]
  }

  private pop(): void {
    const time = this.times.pop() as number
    const key = this.keys.pop() as number
    const length = this.times.length
    if (length === 0) return
    let parent = 0
    for (;;) {
      let child = parent * 2 + 1
      if (child >= length) break
      if (child + 1 < length && (this.times[child + 1] as number) < (this.times[child] as number)) child++
      if ((this.times[child] as number) >= time) break
      this.move(child, parent)
      parent = child
    }
    this.times[parent] = time
    this.keys[parent] = key
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from] as number
    this.keys[to] = this.keys[from] as number
  }
}
