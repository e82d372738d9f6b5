/**
 * Operators one behind the other: what one derives goes into the next, and with it its clock. The last are the windows;
 * records and silence come to the first.
 */
import type { WindowOperator, WindowOutput } from '../contracts'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import { DerivedInput } from './derived'
import type { DerivedTarget } from './derived'

/** Takes what an operator derives: the key is the derived series. */
export type Derive = Pick<DerivedInput, 'sample' | 'flush'>

export interface ChainOptions {
  /** One clock for all, in all of them. */
  readonly clock: 'series' | 'source'
  /** After the windows have taken samples that were derived. */
  derived(): void
}

export class OperatorChain {
  readonly operators: readonly WindowOperator[]
  /** What goes into each from the second on. */
  private readonly inputs: readonly DerivedInput[]
  private outputs: readonly WindowOutput[] = []

  /** @param before makes each operator before the windows, in their order */
  constructor(
    readonly windows: WindowOperator,
    before: readonly ((derive: Derive) => WindowOperator)[],
    private readonly options: ChainOptions,
  ) {
    this.inputs = before.map((_, at) => new DerivedInput(this.target(at + 1), DERIVED))
    this.operators = [...before.map((make, at) => make(this.inputs[at] as DerivedInput)), windows]
  }

  get entry(): WindowOperator {
    return this.operators[0] as WindowOperator
  }

  /** What the first one tells to. */
  get entryOutput(): WindowOutput {
    return this.outputs[0] as WindowOutput
  }

  /** @param output of the windows @param missed of the first one, where that is not the windows themselves */
  tell(output: WindowOutput, missed?: WindowOutput['missed']): void {
    const between = this.inputs.map((input, at): WindowOutput => ({
      fire: () => undefined,
      late: (...sample) => output.late(...sample),
      unassigned: () => undefined,
      mark: (...mark) => output.mark(...mark),
      clock: (key, watermark) => input.advance(key, watermark),
      due: (key) => input.due(key),
      ...(at === 0 && missed !== undefined ? { missed } : {}),
    }))
    this.outputs = [...between, output]
  }

  /** The watermark of the first one at which something happens in it or behind it. */
  nextDue(member: SeriesId | null): EpochMs {
    return this.dueOf(0, member)
  }

  private target(at: number): DerivedTarget {
    const { clock, derived } = this.options
    const operator = (): WindowOperator => this.operators[at] as WindowOperator
    const output = (): WindowOutput => this.outputs[at] as WindowOutput
    return {
      clock,
      process: (samples) => {
        operator().process(samples, '', 0, output())
        if (operator() === this.windows) derived()
      },
      advanceTo: (member, watermark) => operator().advanceTo(member, watermark, output()),
      end: () => operator().end(output()),
      nextDue: (member) => this.dueOf(at, member),
    }
  }

  /** What waits further on is due by its own clock, which is not ahead of this one's. */
  private dueOf(at: number, member: SeriesId | null): EpochMs {
    const operator = this.operators[at] as WindowOperator
    const { due } = this.outputs[at] as WindowOutput
    const key = member === null || this.options.clock === 'source' ? null : operator.keyOf(member)
    const further = key === undefined ? Infinity : (due?.(key) ?? Infinity)
    return Math.min(operator.nextDue(member), further)
  }
}

const DERIVED = { behind: 0, seriesOf: (key: number) => key }
