/** Readings on an even grid, as the statistics of a range ask for, and what had to be done for it. */
import type { AnalysisBasis } from '../../../shared/ipc/analysis'
import type { DurationMs, EpochMs } from '../../../shared/model/time'
import { quantileOfSorted } from '../percentiles'
import { resample } from '../series'
import { AnalysisError } from './error'
import type { Readings } from './gathered'

/** Readings further apart than so many steps are not joined, and those that are further than this are said to be. */
const LONGEST_HOLE = 12
const FILLED = 3

export interface Even extends AnalysisBasis {
  readonly start: EpochMs
  readonly step: DurationMs
  /** All finite. */
  readonly values: Float64Array
}

/**
 * @param most points @param step of the grid; absent: the usual distance of readings
 * @throws AnalysisError where there are fewer than `least` points without a long hole
 */
export function evenly(readings: Readings, most: number, least: number, step?: DurationMs): Even {
  const { times, count } = readings
  const first = times[0]
  const last = times[times.length - 1]
  if (first === undefined || last === undefined || !(last > first)) throw tooFew(count)
  const usual = usualStep(times)
  const wanted = step ?? Math.max(usual, (last - first) / (most - 1))
  const averaged = wanted >= 2 * usual
  const source = averaged ? meansOf(readings, wanted) : readings
  const maxGap = LONGEST_HOLE * Math.max(wanted, usual)
  const grid = resample(source.times, source.values, { step: wanted, maxGap })
  const [from, to] = longestPart(grid.values)
  if (to - from < least) throw tooFew(count)
  const start = grid.start + from * wanted
  const end = grid.start + (to - 1) * wanted
  const whole = to - from === grid.values.length
  return {
    readings: count,
    step: wanted,
    averaged: averaged || readings.averagedOver !== null,
    filled: hasHole(source.times, FILLED * Math.max(wanted, usual), maxGap),
    part: whole ? null : [start, end],
    start,
    values: grid.values.slice(from, to),
  }
}

const tooFew = (count: number): AnalysisError =>
  new AnalysisError('TOO_FEW', `too few readings in a row for this: ${count}; choose a longer range`)

/** The median of the distances, of up to 10,000 of them; NaN where there is none. */
export function usualStep(times: Float64Array): DurationMs {
  const every = Math.max(1, Math.floor(times.length / 10_000))
  const steps: number[] = []
  for (let i = 1; i < times.length; i += every) {
    const step = (times[i] as number) - (times[i - 1] as number)
    if (step > 0) steps.push(step)
  }
  return quantileOfSorted(Float64Array.from(steps).sort(), 0.5)
}

/** Means of stretches as long as a step, so that what swings faster is not taken for something slower. */
function meansOf({ times, values }: Readings, step: DurationMs): Pick<Readings, 'times' | 'values'> {
  const from = times[0] as number
  const all = { times: [] as number[], values: [] as number[] }
  let end = from
  let sum = 0
  let sumOfTimes = 0
  let n = 0
  const close = (): void => {
    if (n > 0) {
      all.times.push(from + sumOfTimes / n)
      all.values.push(sum / n)
    }
    sum = sumOfTimes = n = 0
  }
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number
    const value = values[i] as number
    if (time >= end) {
      close()
      end = from + (Math.floor((time - from) / step) + 1) * step
    }
    sum += value
    sumOfTimes += time - from
    n += 1
  }
  close()
  return { times: Float64Array.from(all.times), values: Float64Array.from(all.values) }
}

/** [from, to) of the longest run of finite values. */
function longestPart(values: Float64Array): [from: number, to: number] {
  let best: [number, number] = [0, 0]
  let from = 0
  for (let i = 0; i <= values.length; i++) {
    if (i < values.length && Number.isFinite(values[i])) continue
    if (i - from > best[1] - best[0]) best = [from, i]
    from = i + 1
  }
  return best
}

function hasHole(times: Float64Array, above: DurationMs, upTo: DurationMs): boolean {
  for (let i = 1; i < times.length; i++) {
    const step = (times[i] as number) - (times[i - 1] as number)
    if (step > above && step <= upTo) return true
  }
  return false
}
