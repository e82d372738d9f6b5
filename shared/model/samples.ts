/** Samples travel in columns: one object per batch, never one per sample. */

export interface SampleBatch {
  /** How many entries of each column are in use. */
  length: number
  /** Series ids. */
  series: Uint32Array
  /** Event times, EpochMs with microseconds in the fraction. */
  time: Float64Array
  /** Finite numbers, or NaN for a gap. */
  value: Float64Array
  /** Arrival times (wall clock), EpochMs. */
  arrival: Float64Array
}

/** A columnar batch that grows by doubling; `clear` keeps the memory. */
export class SampleBuffer implements SampleBatch {
  length = 0
  series: Uint32Array
  time: Float64Array
  value: Float64Array
  arrival: Float64Array

  constructor(capacity = 1024) {
    this.series = new Uint32Array(capacity)
    this.time = new Float64Array(capacity)
    this.value = new Float64Array(capacity)
    this.arrival = new Float64Array(capacity)
  }

  push(series: number, time: number, value: number, arrival: number): void {
    if (this.length === this.series.length) this.grow(this.length + 1)
    const i = this.length++
    this.series[i] = series
    this.time[i] = time
    this.value[i] = value
    this.arrival[i] = arrival
  }

  /** Appends entries [from, to) of another batch. */
  append(batch: SampleBatch, from = 0, to = batch.length): void {
    const length = this.length + to - from
    if (length > this.series.length) this.grow(length)
    this.series.set(batch.series.subarray(from, to), this.length)
    this.time.set(batch.time.subarray(from, to), this.length)
    this.value.set(batch.value.subarray(from, to), this.length)
    this.arrival.set(batch.arrival.subarray(from, to), this.length)
    this.length = length
  }

  clear(): void {
    this.length = 0
  }

  private grow(atLeast: number): void {
    const capacity = Math.max(atLeast, this.series.length * 2)
    this.series = widen(this.series, new Uint32Array(capacity))
    this.time = widen(this.time, new Float64Array(capacity))
    this.value = widen(this.value, new Float64Array(capacity))
    this.arrival = widen(this.arrival, new Float64Array(capacity))
  }
}

function widen<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
