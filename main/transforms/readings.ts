/** select → filter → scale → expression: what of a batch a pipeline takes, and what each reading becomes. */
import { CLOCK_ONLY } from '../contracts'
import type { Pipeline } from '../../shared/config/pipeline'
import { compileSelection } from '../../shared/model/pattern'
import type { SeriesMatcher } from '../../shared/model/pattern'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId, SeriesKey } from '../../shared/model/series'
import { compileExpression } from './expression'
import type { Program } from './expression'

export type ReadingSteps = Pick<Pipeline, 'select' | 'filter' | 'scale' | 'expression'>

/** What an expression of one reading may name. */
export const READING_VARIABLES: readonly string[] = ['value']

export interface ReadingOptions {
  /** Name and labels of a series; undefined: it is not known, and is not taken. */
  readonly series: (id: SeriesId) => Pick<SeriesKey, 'name' | 'labels'> | undefined
  /** What else decides whether a series is taken, such as the inputs of a join. */
  readonly also?: SeriesMatcher
  /** What passes on of a reading that is not taken, so that it moves the clock as every other. */
  readonly clockOf: 'nothing' | 'filtered' | 'all'
}

/** False where every reading of the source passes as it is: `Readings` is not needed then. */
export const changesReadings = ({ select, filter, scale, expression }: ReadingSteps): boolean =>
  select.length > 0 || filter !== undefined || scale !== undefined || expression !== undefined

const UNKNOWN = 0
const TAKEN = 1
const LEFT = 2

/** Times pass unchanged, and a gap as a gap whatever the filter says. */
export class Readings {
  /** What the last batch became. Used again for the next. */
  readonly samples = new SampleBuffer()
  /** How many of the last batch were taken. */
  taken = 0
  private readonly selection: SeriesMatcher
  private readonly filter: Program | null
  private readonly expression: Program | null
  private readonly factor: number
  private readonly offset: number
  private readonly scaled: boolean
  /** By series id. */
  private verdicts = new Uint8Array(256)
  /** Positions in the last batch of the samples that it became. */
  private origins = new Uint32Array(1024)

  /** @throws PatternError, ExpressionError */
  constructor(
    { select, filter, scale, expression }: ReadingSteps,
    private readonly options: ReadingOptions,
  ) {
    this.selection = compileSelection(select)
    this.filter = filter === undefined ? null : compileExpression(filter, READING_VARIABLES)
    this.expression = expression === undefined ? null : compileExpression(expression, READING_VARIABLES)
    this.factor = scale?.factor ?? 1
    this.offset = scale?.offset ?? 0
    this.scaled = scale !== undefined
  }

  takes(id: SeriesId): boolean {
    return this.verdict(id) === TAKEN
  }

  /** Fills `samples`. A gap passes as a gap; what is not finite in the end is a gap. */
  apply(batch: SampleBatch): void {
    const { samples, filter, expression, factor, offset, scaled, verdicts } = this
    const { series, time, value, arrival, length } = batch
    const { clockOf } = this.options
    samples.clear()
    let left = 0
    if (this.origins.length < length) this.origins = new Uint32Array(Math.max(length, this.origins.length * 2))
    for (let i = 0; i < length; i++) {
      const id = series[i] as number
      let verdict = id < verdicts.length ? (verdicts[id] as number) : UNKNOWN
      if (verdict === UNKNOWN) verdict = this.verdict(id)
      const at = samples.length
      if (verdict === LEFT) {
        if (clockOf !== 'all') continue
        samples.push(id, time[i] as number, CLOCK_ONLY, arrival[i] as number)
        left++
      } else if (filter !== null && !filter.keepsAt(value, i)) {
        if (clockOf === 'nothing') continue
        samples.push(id, time[i] as number, CLOCK_ONLY, arrival[i] as number)
        left++
      } else {
        const v = value[i] as number
        const changed = scaled ? v * factor + offset : v
        samples.push(id, time[i] as number, changed - changed === 0 ? changed : NaN, arrival[i] as number)
        if (expression !== null) expression.applyAt(samples.value, at)
      }
      this.origins[at] = i
    }
    this.taken = samples.length - left
  }

  /** Position in the batch of a sample that it became. */
  origin(index: number): number {
    return this.origins[index] as number
  }

  private verdict(id: SeriesId): number {
    const known = this.verdicts[id] ?? UNKNOWN
    if (known !== UNKNOWN) return known
    const info = this.options.series(id)
    const taken = info !== undefined && this.selection(info) && (this.options.also?.(info) ?? true)
    if (id >= this.verdicts.length) {
      const wider = new Uint8Array(Math.max(id + 1, this.verdicts.length * 2))
      wider.set(this.verdicts)
      this.verdicts = wider
    }
    return (this.verdicts[id] = taken ? TAKEN : LEFT)
  }
}
