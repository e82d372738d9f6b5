/**
 * Statistics made of steps between neighbouring samples: increase, rate, integral, timeWeightedMean, and delta by
 * series. A slot keeps the samples in order of event time, ties by arrival; aggregates of slices that follow one
 * another keep only their sums and ends, which is all that the next one needs.
 */
import type { Reading, StateReader, StateWriter, WindowFrame } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { Component } from './component'
import { StepSums, Track } from './track'

export type StepStatistic = 'delta' | 'increase' | 'rate' | 'integral' | 'timeWeightedMean'

/**
 * Times in ms since the epoch, `maxStep` in ms (null: unlimited, but the window's length for areas). Increase in the
 * value's unit, rate per second, integral in value·seconds. NaN without a step, rate and timeWeightedMean without time
 * (the latter then is the mean). Increase treats falls as resets, as Prometheus does, without its extrapolation.
 */
export class Steps implements Component {
  /** By slot, by series: 0 where series are not told apart. */
  private readonly tracks: (Map<number, Track> | undefined)[] = []
  private readonly carry: Reading = { time: NaN, value: NaN }
  private readonly sums = new StepSums()

  constructor(
    private readonly bySeries: boolean,
    private readonly maxStep: DurationMs | null,
  ) {}

  clear(slot: number): void {
    this.tracks[slot] = undefined
  }

  add(slot: number, time: EpochMs, value: number, series: number): void {
    this.track(slot, this.bySeries ? series : 0).insert(time, value)
  }

  /** Keeps the samples, so that more can be added. */
  merge(into: number, from: number): void {
    for (const [series, track] of this.tracks[from] ?? []) this.track(into, series).insertAll(track)
  }

  /** Keeps the sums only: nothing but what follows may be appended. */
  append(into: number, from: number): void {
    for (const [series, track] of this.tracks[from] ?? []) this.track(into, series).append(track, this.limit(Infinity))
  }

  last(slot: number, series: number, into: Reading): boolean {
    const track = this.tracks[slot]?.get(series)
    if (track === undefined) return false
    into.time = track.lastTime
    into.value = track.lastValue
    return true
  }

  lasts(slot: number, into: { offer(series: number, time: EpochMs, value: number): void }): void {
    for (const [series, track] of this.tracks[slot] ?? []) into.offer(series, track.lastTime, track.lastValue)
  }

  /** NaN where there is nothing to tell; of several series the sum. */
  result(slot: number, name: StepStatistic, frame: WindowFrame, mean: number): number {
    let total = NaN
    for (const [series, track] of this.tracks[slot] ?? []) {
      const value = this.ofSeries(track, series, name, frame)
      if (value - value === 0) total = total - total === 0 ? total + value : value
    }
    return name === 'timeWeightedMean' && total !== total ? mean : total
  }

  write(slot: number, to: StateWriter): void {
    const tracks = this.tracks[slot]
    to.number(tracks?.size ?? 0)
    for (const [series, track] of tracks ?? []) {
      to.number(series)
      track.write(to)
    }
  }

  read(slot: number, from: StateReader): void {
    for (let left = from.number(); left > 0; left--) this.track(slot, from.number()).read(from)
  }

  private track(slot: number, series: number): Track {
    const tracks = (this.tracks[slot] ??= new Map<number, Track>())
    let track = tracks.get(series)
    if (track === undefined) tracks.set(series, (track = new Track()))
    return track
  }

  private limit(otherwise: DurationMs): DurationMs {
    return this.maxStep ?? otherwise
  }

  private ofSeries(track: Track, series: number, name: StepStatistic, frame: WindowFrame): number {
    if (name === 'delta') return track.lastValue - track.firstValue
    const { sums, carry } = this
    sums.set(track.sums(this.limit(Infinity)))
    if (frame.carry(series, carry)) {
      const { firstTime, firstValue } = track
      const length = firstTime - carry.time
      if (length <= this.limit(Infinity)) sums.addRise(carry.value, firstValue, length)
      if (length <= this.limit(frame.end - frame.start)) sums.addArea(carry.value, firstValue, length)
    }
    switch (name) {
      case 'increase':
        return sums.rises > 0 ? sums.increase : NaN
      case 'rate':
        return sums.rises > 0 && sums.riseTime > 0 ? sums.increase / (sums.riseTime / 1000) : NaN
      case 'integral':
        return sums.areas > 0 ? sums.area / 1000 : NaN
      case 'timeWeightedMean':
        return sums.areaTime > 0 ? sums.area / sums.areaTime : NaN
    }
  }
}
