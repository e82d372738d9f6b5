/**
 * Figures along 1,000 series and analyses of ranges, on one core. `statistics_per_s`: samples that went through all of
 * ewma, rolling z-score, derivative and change points of their series; the yardstick is a bare loop over the same
 * samples that does the same arithmetic for an ewma, a mean and a variance of the last hundred, a difference and two
 * sums, with its state in typed arrays. Medians of rounds.
 */
import { AnomalyScore } from '../../main/statistics/anomaly/anomaly-score'
import { ChangePoints, Derivative, periodogram, RollingZScore, stl, TimedEwma } from '../../main/statistics/series'

const SERIES = 1000
const ROUNDS = 9
const PER_SERIES = 600
const SCORED_PER_SERIES = 60
const WINDOW = 100
/** State is measured over series enough to stand out. */
const MEASURED = 2000

const gc = (globalThis as unknown as { gc(): void }).gc
let seed = 7
const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296
const noise = (): number => random() + random() + random() - 1.5
const values = Float64Array.from(
  { length: SERIES * PER_SERIES },
  (_, i) => 20 + 5 * Math.sin(i / SERIES / 30 + (i % SERIES)) + noise(),
)
let clock = 1.7e12

const create = () => ({
  ewma: new TimedEwma(60_000),
  score: new RollingZScore({ size: WINDOW, against: 'past' }),
  derivative: new Derivative(),
  changes: new ChangePoints({ method: 'page-hinkley' }),
})
let sink = 0

function statistics(): number {
  const all = Array.from({ length: SERIES }, create)
  const begun = performance.now()
  for (let i = 0; i < values.length; i++) {
    if (i % SERIES === 0) clock += 1000
    const of = all[i % SERIES] as ReturnType<typeof create>
    const value = values[i] as number
    sink += of.ewma.push(clock, value)
    sink += of.score.push(clock, value) || 0
    sink += of.derivative.push(clock, value) || 0
    sink += of.changes.push(clock, value)
  }
  return values.length / ((performance.now() - begun) / 1000)
}

function bare(): number {
  const state = new Float64Array(SERIES * 6)
  const rings = new Float64Array(SERIES * WINDOW)
  const weight = 1 - Math.exp((-Math.LN2 * 1000) / 60_000)
  const begun = performance.now()
  for (let i = 0; i < values.length; i++) {
    const s = i % SERIES
    const at = s * 6
    const ring = s * WINDOW + (Math.floor(i / SERIES) % WINDOW)
    const value = values[i] as number
    const old = rings[ring] as number
    rings[ring] = value
    const mean = state[at + 1] as number
    state[at] = (state[at] as number) + weight * (value - (state[at] as number))
    state[at + 1] = mean + (value - old) / WINDOW
    state[at + 2] = (state[at + 2] as number) + (value - old) * (value - (state[at + 1] as number) + old - mean)
    const z = (value - mean) / Math.sqrt(Math.max(1, state[at + 2] as number) / WINDOW)
    state[at + 4] = Math.max(0, (state[at + 4] as number) + z - 0.5)
    state[at + 5] = Math.max(0, (state[at + 5] as number) - z - 0.5)
    sink += z + (value - (state[at + 3] as number)) / 1000
    state[at + 3] = value
  }
  return values.length / ((performance.now() - begun) / 1000)
}

function anomaly(): number {
  const all = Array.from({ length: SERIES }, () => new AnomalyScore())
  const count = SERIES * SCORED_PER_SERIES
  const begun = performance.now()
  for (let i = 0; i < count; i++) {
    if (i % SERIES === 0) clock += 1000
    sink += (all[i % SERIES] as AnomalyScore).add(clock, values[i] as number)
  }
  return count / ((performance.now() - begun) / 1000)
}

/** Of all four and the anomaly score, heap and buffers. */
function bytesPerSeries(): number {
  const used = (): number => {
    gc()
    gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = used()
  const all = Array.from({ length: MEASURED }, () => ({ ...create(), anomaly: new AnomalyScore() }))
  for (const of of all)
    for (let i = 0; i < 300; i++) {
      const value = values[i * SERIES] as number
      sink += of.ewma.push(i, value) + of.anomaly.add(i, value) + of.changes.push(i, value)
      sink += (of.score.push(i, value) || 0) + (of.derivative.push(i, value) || 0)
    }
  const after = used()
  sink += all.length
  return (after - before) / MEASURED
}

function milliseconds(work: () => void): number {
  const begun = performance.now()
  work()
  return performance.now() - begun
}

const year = Float64Array.from({ length: 8760 }, (_, i) => 10 + 4 * Math.sin((2 * Math.PI * i) / 24) + noise())
const million = Float64Array.from({ length: 1_000_000 }, (_, i) => Math.sin(i / 9) + noise())
const rounds = Array.from({ length: ROUNDS }, () => {
  const yardstick = bare()
  const rate = statistics()
  return {
    yardstick,
    rate,
    ratio: rate / yardstick,
    anomaly: anomaly(),
    stl: milliseconds(() => void (sink += stl(year, { period: 24 }).trend.length)),
    spectrum: milliseconds(() => void (sink += periodogram(million, 1).density.length)),
  }
})
const median = (of: (round: (typeof rounds)[number]) => number): number =>
  rounds.map(of).sort((a, b) => a - b)[ROUNDS >> 1] as number

if (!Number.isFinite(sink)) throw new Error('a figure is no number')
console.log(
  JSON.stringify({
    statistics_per_s: Math.round(median(({ rate }) => rate)),
    anomaly_per_s: Math.round(median((round) => round.anomaly)),
    bytes_per_series: Math.round(bytesPerSeries()),
    stl_ms: Number(median((round) => round.stl).toFixed(1)),
    spectrum_ms: Number(median((round) => round.spectrum).toFixed(1)),
    bare_per_s: Math.round(median(({ yardstick }) => yardstick)),
    ratio: Number(median(({ ratio }) => ratio).toFixed(3)),
  }),
)
