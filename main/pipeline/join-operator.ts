/** The join of a pipeline's inputs as an operator: the clocks, lateness and silence of windows, with joins as state. */
import type { KeySpace, WindowOperator } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import { clockSettings } from '../../shared/config/pipeline'
import type { Combination, Pipeline } from '../../shared/config/pipeline'
import { compilePattern } from '../../shared/model/pattern'
import type { SeriesMatcher } from '../../shared/model/pattern'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import { AsOfJoin, compileExpression } from '../transforms'
import { createKeyedOperator } from '../windows'
import type { WindowOptions } from '../windows'
import type { SeriesRegistry } from './series-registry'

export interface JoinParts {
  readonly pipeline: Pick<Pipeline, 'id' | 'time'>
  readonly combine: Combination
  readonly registry: SeriesRegistry
  readonly options: WindowOptions
  /** Takes the joined samples; the key is the derived series. */
  joined(key: SeriesId, time: EpochMs, value: number): void
  /** After a joined sample behind the clock: nothing is to wait. */
  joinedLate(): void
}

/** @throws PatternError, ExpressionError */
export function createJoinOperator({ pipeline, combine, registry, options, ...parts }: JoinParts): WindowOperator {
  const { id, time } = pipeline
  const names = combine.inputs.map((input) => input.as)
  const expression = compileExpression(combine.expression, names)
  const inputsOf = inputLookup(combine, registry)
  return createKeyedOperator(
    // Without labels to agree in, all series have one key: that of a label that no series has.
    {
      id,
      time,
      groupBy: combine.on.length > 0 ? combine.on : [''],
      definition: JSON.stringify({ combine, time: clockSettings(time) }),
    },
    joinKeys(combine, registry),
    options,
    (context) =>
      new AsOfJoin(
        {
          inputs: names.length,
          tolerance: durationMs(combine.tolerance),
          allowedLateness: context.allowedLateness,
          expression,
          inputsOf,
          ...parts,
        },
        context,
      ),
  )
}

/** Whether a series is any input of the join. @throws PatternError */
export function joinInputs(combine: Combination): SeriesMatcher {
  const inputs = combine.inputs.map(({ series }) => compilePattern(series))
  return (series) => inputs.some((matches) => matches(series))
}

/** Keys are derived series with the name of the combination and the labels in which its inputs agree. */
function joinKeys({ name, on }: Combination, registry: SeriesRegistry): KeySpace {
  return {
    labels: (series) => registry.labels(series),
    group: (chosen) => registry.derive(name, Object.fromEntries(on.map((label) => [label, chosen[label] ?? '']))),
    text: (key) => registry.text(key),
  }
}

function inputLookup({ inputs }: Combination, registry: SeriesRegistry): (series: SeriesId) => number {
  const matchers = inputs.map(({ series }) => compilePattern(series))
  const known = new Map<SeriesId, number>()
  return (series) => {
    let bits = known.get(series)
    if (bits === undefined) {
      const info = registry.info(series)
      bits = matchers.reduce((sum, matches, i) => sum | (info !== undefined && matches(info) ? 1 << i : 0), 0)
      known.set(series, bits)
    }
    return bits
  }
}
