/** Samples of many series, which come in turn, series by series. */
import type { SampleBatch } from '../../../shared/model/samples'
import type { SeriesId } from '../../../shared/model/series'
import { timeOrder } from '../columns'

export interface SeriesColumns {
  readonly length: number
  readonly time: Float64Array
  readonly value: Float64Array
}

/** 16 bytes a sample and no more than doubling: a pass holds millions. */
class Growing {
  length = 0
  time = new Float64Array(64)
  value = new Float64Array(64)

  push(time: number, value: number): void {
    if (this.length === this.time.length) this.grow()
    this.time[this.length] = time
    this.value[this.length++] = value
  }

  private grow(): void {
    const { time, value } = this
    this.time = new Float64Array(time.length * 2)
    this.time.set(time)
    this.value = new Float64Array(value.length * 2)
    this.value.set(value)
  }

  sort(): void {
    const order = timeOrder(this.time, this.length)
    if (order === null) return
    const { time, value } = this
    this.time = Float64Array.from(order, (from) => time[from] as number)
    this.value = Float64Array.from(order, (from) => value[from] as number)
  }
}

export class Gathered {
  /** By series id: ids are small and dense, and a lookup a sample is most of the work. */
  private readonly bySeries: (Growing | undefined)[] = []

  add({ length, series, time, value }: SampleBatch): void {
    const { bySeries } = this
    for (let i = 0; i < length; i++) {
      const id = series[i] as number
      let column = bySeries[id]
      if (column === undefined) bySeries[id] = column = new Growing()
      column.push(time[i] as number, value[i] as number)
    }
  }

  /** Each in the order of time, ties as they came; columns may be longer than `length`. Gives its memory away. */
  *ordered(): Generator<[SeriesId, SeriesColumns]> {
    for (const id of Object.keys(this.bySeries).map(Number)) {
      const columns = this.bySeries[id] as Growing
      this.bySeries[id] = undefined
      columns.sort()
      yield [id, columns]
    }
  }
}
