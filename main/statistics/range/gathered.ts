/** The readings of a range in two columns: all of them, or where they are too many the means of short stretches. */
import type { DurationMs, EpochMs } from '../../../shared/model/time'

/** Times in ms, ascending. */
export interface Readings {
  readonly times: Float64Array
  readonly values: Float64Array
  /** Readings that came in. */
  readonly count: number
  /** Each is the mean of what lies in a stretch of this length; null: each is a reading. */
  readonly averagedOver: DurationMs | null
}

export class Gathered {
  private times = new Float64Array(1024)
  private values = new Float64Array(1024)
  private length = 0
  private count = 0
  private stretch: DurationMs | null = null
  private stretchEnd = -Infinity
  private stretchCount = 0

  /** @param most kept, a whole number from 2 on */
  constructor(
    private readonly most: number,
    private readonly range: { readonly from: EpochMs; readonly to: EpochMs },
  ) {}

  /** A gap is no reading. @param time not earlier than the one before */
  add(time: EpochMs, value: number): void {
    if (!Number.isFinite(value)) return
    this.count += 1
    if (this.stretch === null && this.length === this.most) this.average()
    if (this.stretch === null) this.push(time, value)
    else this.addTo(this.stretch, time, value)
  }

  readings(): Readings {
    const { length, count, stretch } = this
    return {
      times: this.times.slice(0, length),
      values: this.values.slice(0, length),
      count,
      averagedOver: stretch,
    }
  }

  private push(time: EpochMs, value: number): void {
    if (this.length === this.times.length) {
      const wider = (from: Float64Array): Float64Array<ArrayBuffer> => {
        const to = new Float64Array(from.length * 2)
        to.set(from)
        return to
      }
      this.times = wider(this.times)
      this.values = wider(this.values)
    }
    this.times[this.length] = time
    this.values[this.length] = value
    this.length += 1
  }

  /** From now on: half as many stretches as there is room for. */
  private average(): void {
    const { times, values, length, most } = this
    const { from, to } = this.range
    this.stretch = Math.max((to - from) / (most >> 1), Number.MIN_VALUE)
    this.length = 0
    for (let i = 0; i < length; i++) this.addTo(this.stretch, times[i] as number, values[i] as number)
  }

  private addTo(stretch: DurationMs, time: EpochMs, value: number): void {
    const last = this.length - 1
    if (this.length === 0 || time >= this.stretchEnd) {
      const into = (((time - this.range.from) % stretch) + stretch) % stretch
      this.stretchEnd = time + stretch - into
      this.push(time, value)
      this.stretchCount = 1
      return
    }
    const n = ++this.stretchCount
    this.times[last] = (this.times[last] as number) + (time - (this.times[last] as number)) / n
    this.values[last] = (this.values[last] as number) * ((n - 1) / n) + value / n
  }
}
