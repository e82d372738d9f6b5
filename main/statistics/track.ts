/** The samples of one series in one slot in event time, or only the sums of their steps. */
import type { StateReader, StateWriter } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'

/** Sums over steps; times in ms, area in value·ms. */
export class StepSums {
  rises = 0
  increase = 0
  riseTime: DurationMs = 0
  areas = 0
  area = 0
  areaTime: DurationMs = 0

  set(from: StepSums): void {
    this.rises = from.rises
    this.increase = from.increase
    this.riseTime = from.riseTime
    this.areas = from.areas
    this.area = from.area
    this.areaTime = from.areaTime
  }

  /** A fall is a counter reset: the new value is what has been counted since. */
  addRise(before: number, after: number, length: DurationMs): void {
    this.rises++
    this.increase += after >= before ? after - before : after
    this.riseTime += length
  }

  addArea(before: number, after: number, length: DurationMs): void {
    this.areas++
    this.area += (before / 2 + after / 2) * length
    this.areaTime += length
  }

  addStep(before: number, after: number, length: DurationMs): void {
    this.addRise(before, after, length)
    this.addArea(before, after, length)
  }

  addAll(from: StepSums): void {
    this.rises += from.rises
    this.increase += from.increase
    this.riseTime += from.riseTime
    this.areas += from.areas
    this.area += from.area
    this.areaTime += from.areaTime
  }
}

/** Finite values; NaN times and values stand for no sample yet. Sums are kept for one `maxStep` (ms) only. */
export class Track {
  firstTime: EpochMs = NaN
  firstValue = NaN
  lastTime: EpochMs = NaN
  lastValue = NaN
  private readonly times: EpochMs[] = []
  private readonly values: number[] = []
  /** Of the first `summed` samples; −1 where the samples are not kept and the sums are all. */
  private summed = 0
  private kept = new StepSums()

  /** After samples of the same time: ties are in the order of arrival. */
  insert(time: EpochMs, value: number): void {
    const { times, values } = this
    let at = times.length
    if (at === 0 || time >= (times[at - 1] as number)) {
      times.push(time)
      values.push(value)
    } else {
      at = upperBound(times, time)
      times.splice(at, 0, time)
      values.splice(at, 0, value)
      if (at < this.summed) this.forgetSums()
    }
    this.firstTime = times[0] as number
    this.firstValue = values[0] as number
    this.lastTime = times[times.length - 1] as number
    this.lastValue = values[values.length - 1] as number
  }

  insertAll(from: Track): void {
    for (let i = 0; i < from.times.length; i++) this.insert(from.times[i] as number, from.values[i] as number)
  }

  /** What follows this one; from now on only sums are kept. */
  append(from: Track, maxStep: DurationMs): void {
    const sums = from.sums(maxStep)
    if (this.firstTime !== this.firstTime) {
      this.firstTime = from.firstTime
      this.firstValue = from.firstValue
    } else {
      const length = from.firstTime - this.lastTime
      if (length <= maxStep) this.kept.addStep(this.lastValue, from.firstValue, length)
    }
    this.kept.addAll(sums)
    this.summed = -1
    this.lastTime = from.lastTime
    this.lastValue = from.lastValue
  }

  /** Sums over the steps between the samples. */
  sums(maxStep: DurationMs): StepSums {
    const { times, values, kept } = this
    if (this.summed < 0) return kept
    for (let i = Math.max(1, this.summed); i < times.length; i++) {
      const length = (times[i] as number) - (times[i - 1] as number)
      if (length <= maxStep) kept.addStep(values[i - 1] as number, values[i] as number, length)
    }
    this.summed = times.length
    return kept
  }

  write(to: StateWriter): void {
    const { kept } = this
    to.numbers([this.firstTime, this.firstValue, this.lastTime, this.lastValue, this.summed])
    to.numbers([kept.rises, kept.increase, kept.riseTime, kept.areas, kept.area, kept.areaTime])
    to.numbers(this.times)
    to.numbers(this.values)
  }

  read(from: StateReader): void {
    const [firstTime, firstValue, lastTime, lastValue, summed] = from.numbers() as unknown as number[] as [
      number,
      number,
      number,
      number,
      number,
    ]
    const [rises, increase, riseTime, areas, area, areaTime] = from.numbers() as unknown as number[] as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    Object.assign(this, { firstTime, firstValue, lastTime, lastValue, summed })
    Object.assign(this.kept, { rises, increase, riseTime, areas, area, areaTime })
    for (const time of from.numbers()) this.times.push(time)
    for (const value of from.numbers()) this.values.push(value)
  }

  private forgetSums(): void {
    this.summed = 0
    this.kept = new StepSums()
  }
}

function upperBound(times: readonly number[], t: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) <= t) low = middle + 1
    else high = middle
  }
  return low
}
