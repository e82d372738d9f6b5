/** The yardstick: one hand-written loop with the same statistics, tumbling windows that close at the first later sample. */

export class BareLoop {
  fired = 0
  private readonly start: Float64Array
  private readonly count: Float64Array
  private readonly sum: Float64Array
  private readonly compensation: Float64Array
  private readonly mean: Float64Array
  private readonly m2: Float64Array
  private readonly min: Float64Array
  private readonly max: Float64Array

  constructor(
    keys: number,
    private readonly size: number,
  ) {
    const column = (): Float64Array => new Float64Array(keys)
    this.start = column().fill(-Infinity)
    this.count = column()
    this.sum = column()
    this.compensation = column()
    this.mean = column()
    this.m2 = column()
    this.min = column()
    this.max = column()
  }

  process(series: Uint32Array, time: Float64Array, value: Float64Array): void {
    const { start, count, sum, compensation, mean, m2, min, max, size } = this
    for (let i = 0; i < series.length; i++) {
      const k = series[i] as number
      const t = time[i] as number
      const v = value[i] as number
      if (t >= (start[k] as number) + size) {
        if ((count[k] as number) > 0) this.fire(k)
        start[k] = Math.floor(t / size) * size
        count[k] = sum[k] = compensation[k] = mean[k] = m2[k] = 0
        min[k] = Infinity
        max[k] = -Infinity
      }
      const n = (count[k] = (count[k] as number) + 1)
      const before = sum[k] as number
      const total = (sum[k] = before + v)
      compensation[k] =
        (compensation[k] as number) + (Math.abs(before) >= Math.abs(v) ? before - total + v : v - total + before)
      const delta = v - (mean[k] as number)
      const moved = (mean[k] = (mean[k] as number) + delta / n)
      m2[k] = (m2[k] as number) + delta * (v - moved)
      if (v < (min[k] as number)) min[k] = v
      if (v > (max[k] as number)) max[k] = v
    }
  }

  private fire(k: number): number[] {
    this.fired++
    const n = this.count[k] as number
    const sum = (this.sum[k] as number) + (this.compensation[k] as number)
    return [n, sum, sum / n, this.min[k] as number, this.max[k] as number, Math.sqrt((this.m2[k] as number) / (n - 1))]
  }
}
