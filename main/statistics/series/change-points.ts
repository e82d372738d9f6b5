/**
 * When a series went to another level, upwards or downwards: Page, "Continuous inspection schemes", 1954, against a
 * level that is learned and then kept (CUSUM), or one that goes on learning (Hinkley, "Inference about the change-point
 * from cumulative sum tests", 1971). Both in the form S = max(0, S + z − slack), which does not grow without end and
 * equals the distance of the plain sum from its lowest.
 */
import type { EpochMs } from '../../../shared/model/time'
import { cutValue, numbersOf, required, standardised } from './streaming'
import type { Streaming } from './streaming'

const VERSION = 1

export interface ChangePointOptions {
  readonly method: 'cusum' | 'page-hinkley'
  /** Values from which level and spread are learned, anew after every change; a whole number from 2 on. Default 200. */
  readonly learning?: number
  /** What is known needs no learning: in the unit of the values. */
  readonly known?: { readonly level: number; readonly spread: number }
  /** In standard deviations: changes of up to twice as much are let pass. Default 0.5. */
  readonly slack?: number
  /** In standard deviations: a sum beyond it is a change. Default 10, by which noise is taken for one once in 20,000 values or more rarely. */
  readonly threshold?: number
  /** A value counts for no more standard deviations: one spike is no change (Lucas, Crosier 1982). Default 4. */
  readonly cut?: number
}

export type ChangeDirection = -1 | 0 | 1

export class ChangePoints implements Streaming {
  private readonly options: Required<Omit<ChangePointOptions, 'known'>>
  private readonly known: boolean
  private seen = 0
  private level = 0
  private squares = 0
  private spread = 0
  private up = 0
  private upSince: EpochMs = NaN
  private down = 0
  private downSince: EpochMs = NaN
  private changedAt: EpochMs = NaN
  private turned: ChangeDirection = 0

  constructor({ method, learning = 200, known, slack = 0.5, threshold = 10, cut = 4 }: ChangePointOptions) {
    required(
      Number.isSafeInteger(learning) && learning >= 2,
      'change points',
      'learning must be a whole number from 2 on',
    )
    required(slack >= 0 && threshold > 0 && cut > slack, 'change points', 'threshold must be above 0, cut above slack')
    required(known === undefined || known.spread > 0, 'change points', 'the known spread must be above 0')
    this.options = { method, learning, slack, threshold, cut }
    this.known = known !== undefined
    if (known !== undefined) this.setKnown(known.level, known.spread)
  }

  /** @returns 1 where the series is found to have risen, −1 to have fallen, 0 otherwise, also while it learns and at a gap */
  push(time: EpochMs, given: number): ChangeDirection {
    if (!Number.isFinite(given)) return 0
    const value = cutValue(given)
    if (!this.known && this.seen < this.options.learning) {
      this.learn(value)
      return 0
    }
    const { slack, threshold, cut } = this.options
    const z = Math.max(-cut, Math.min(cut, standardised(value - this.level, this.spread)))
    const up = this.up + z - slack
    if (up > 0 && this.up === 0) this.upSince = time
    this.up = up > 0 ? up : 0
    const down = this.down - z - slack
    if (down > 0 && this.down === 0) this.downSince = time
    this.down = down > 0 ? down : 0
    if (this.up > threshold) return this.changed(1, this.upSince)
    if (this.down > threshold) return this.changed(-1, this.downSince)
    if (this.options.method === 'page-hinkley' && !this.known) this.learn(this.level + z * this.spread)
    return 0
  }

  /** The last change that was found; 0 where there was none. */
  get direction(): ChangeDirection {
    return this.turned
  }

  /** When the last change that was found began: the time of the first value of the run that led to it; NaN without one. */
  get time(): EpochMs {
    return this.changedAt
  }

  /** How far the series is towards a change, as a share of the threshold: positive upwards, negative downwards. */
  get progress(): number {
    return (this.up >= this.down ? this.up : -this.down) / this.options.threshold
  }

  snapshot(): Float64Array {
    return Float64Array.of(
      VERSION,
      this.seen,
      this.level,
      this.squares,
      this.spread,
      this.up,
      this.upSince,
      this.down,
      this.downSince,
      this.changedAt,
      this.turned,
    )
  }

  restore(from: Float64Array): void {
    const numbers = numbersOf('the change points', from, VERSION, 11)
    this.seen = numbers[0] as number
    this.level = numbers[1] as number
    this.squares = numbers[2] as number
    this.spread = numbers[3] as number
    this.up = numbers[4] as number
    this.upSince = numbers[5] as number
    this.down = numbers[6] as number
    this.downSince = numbers[7] as number
    this.changedAt = numbers[8] as number
    this.turned = numbers[9] as ChangeDirection
  }

  private setKnown(level: number, spread: number): void {
    this.level = level
    this.spread = spread
  }

  /** Welford 1962. A spread below the rounding of the level is none. */
  private learn(value: number): void {
    const n = ++this.seen
    const delta = value - this.level
    this.level += delta / n
    this.squares += delta * (value - this.level)
    const spread = n < 2 ? 0 : Math.sqrt(this.squares / (n - 1))
    this.spread = spread > 1e-12 * Math.abs(this.level) ? spread : 0
  }

  /** Of the new level nothing is known yet. */
  private changed(direction: ChangeDirection, since: EpochMs): ChangeDirection {
    this.changedAt = since
    this.turned = direction
    this.up = this.down = 0
    if (!this.known) this.seen = this.level = this.squares = this.spread = 0
    return direction
  }
}
