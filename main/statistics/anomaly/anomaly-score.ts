/**
 * How unusual a sample is against what its own series did before: equal votes of many weak measures, each telling how
 * far it has left its past range. Nothing is trained by the user, no later sample is looked at. Measured with the
 * Numenta Anomaly Benchmark (`npm run bench -- anomaly`).
 */
import type { Follower, StateReader, StateWriter } from '../../contracts'
import type { EpochMs } from '../../../shared/model/time'
import { ANOMALY_REASONS, MEASURE_REASONS, Measures, SILENCE_MEASURE, SILENCE_WIDTH } from './measures'
import type { AnomalyReason } from './measures'
import { PastRanges } from './past-ranges'
import { StateLayout } from './state-layout'

/** A score from here on is an alarm. */
export const ANOMALY_ALARM = 0.3
/** Samples in which nothing is called unusual. */
export const ANOMALY_LEARNING = 150

const VERSION = 1
const MEASURES = MEASURE_REASONS.length
/** Mean evidence of 1/20 gives a score of 1/2. */
const GAIN = 20
/** Samples after which the votes have half their weight: ranges are narrow at first. */
const DAMPING = 100
/** Samples after an alarm in which its score comes back to 1 − 1/e. */
const REST = 25
/** Larger values are taken as this: their sums would overflow. */
const LARGEST = 1e100

const SEEN = 0
const SINCE_ALARM = 1

// What all series share: where things lie in their states.
const layout = new StateLayout()
const HEAD = layout.take(2)
const VOTES = layout.take(ANOMALY_REASONS.length)
const measures = new Measures(layout)
const ranges = new PastRanges(layout, MEASURES)
/** One over the number of measures that speak for a reason. */
const SHARES = ANOMALY_REASONS.map((_, reason) => 1 / MEASURE_REASONS.filter((r) => r === reason).length)

/** One series. Its state is about 27 kB; a sample allocates nothing. */
export class AnomalyScore implements Follower {
  private readonly state = new Float64Array(layout.length)

  /** @param rests after an alarm it is quiet for a while; without, whoever reads the scores puts them together */
  constructor(private readonly rests = true) {
    this.state[HEAD + SINCE_ALARM] = Infinity
    ranges.begin(this.state)
  }

  /** Bytes of state. */
  get size(): number {
    return this.state.byteLength
  }

  /**
   * The score of the next sample in [0,1], never NaN. A value that is not finite is a gap: it scores by how long there
   * has been no value. Times in ms that do not advance are taken as no time passed.
   */
  add(time: EpochMs, value: number): number {
    const { state } = this
    state.fill(0, VOTES, VOTES + ANOMALY_REASONS.length)
    const finite = Number.isFinite(value)
    const sum = finite ? this.sumOf(time, Math.max(-LARGEST, Math.min(LARGEST, value))) : this.sumOfGap(time)
    const seen = state[HEAD + SEEN] as number
    if (finite) state[HEAD + SEEN] = seen + 1
    const since = (state[HEAD + SINCE_ALARM] = (state[HEAD + SINCE_ALARM] as number) + 1)
    if (seen < ANOMALY_LEARNING) return 0
    const mass = ((GAIN * sum) / MEASURES) * (seen / (seen + DAMPING))
    const score = (mass / (1 + mass)) * (this.rests ? 1 - Math.exp(-since / REST) : 1)
    if (score >= ANOMALY_ALARM) state[HEAD + SINCE_ALARM] = 0
    return score
  }

  /** What speaks most for the last score; null where nothing does. */
  get reason(): AnomalyReason | null {
    let best = -1
    for (let r = 0; r < ANOMALY_REASONS.length; r++) {
      const vote = this.state[VOTES + r] as number
      if (vote > 0 && (best < 0 || vote > (this.state[VOTES + best] as number))) best = r
    }
    return ANOMALY_REASONS[best] ?? null
  }

  write(to: StateWriter): void {
    to.number(VERSION)
    to.numbers(this.state)
  }

  /** @throws RangeError where another version wrote the state. */
  read(from: StateReader): void {
    const version = from.number()
    if (version !== VERSION) throw new RangeError(`the anomaly score's state has version ${version}, not ${VERSION}`)
    this.state.set(from.numbers())
  }

  private sumOf(time: EpochMs, value: number): number {
    measures.measure(this.state, time, value)
    const { now } = measures
    let sum = 0
    for (let m = 0; m < MEASURES; m++) {
      const measure = now[m] as number
      sum += this.vote(m, measure)
      ranges.learn(this.state, m, measure)
    }
    return sum
  }

  private sumOfGap(time: EpochMs): number {
    return this.vote(SILENCE_MEASURE, measures.silence(this.state, time))
  }

  private vote(measure: number, value: number): number {
    const floor = measure === SILENCE_MEASURE ? SILENCE_WIDTH : 1e-9 * Math.abs(value) + 1e-12
    const evidence = ranges.evidence(this.state, measure, value, floor)
    const reason = MEASURE_REASONS[measure] as number
    this.state[VOTES + reason] = (this.state[VOTES + reason] as number) + evidence * (SHARES[reason] as number)
    return evidence
  }
}
