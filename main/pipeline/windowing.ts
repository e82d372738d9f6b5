/** Joins the windows with the statistics of a pipeline. */
import type { KeySpace, WindowOperator } from '../contracts'
import { createAccumulators } from '../statistics'
import { createWindowOperator, type WindowDefinition, type WindowOptions } from '../windows'

/** A pipeline's windows, without any state yet. @param mode in `replay` no clock but the records' moves anything. */
export function createPipelineWindows(
  pipeline: WindowDefinition,
  keys: KeySpace,
  mode: WindowOptions['mode'],
  movedBy: NonNullable<WindowOptions['movedBy']> = 'records',
): WindowOperator {
  const accumulators = createAccumulators(pipeline.aggregates, { grouped: pipeline.groupBy.length > 0 })
  return createWindowOperator(pipeline, keys, accumulators, { mode, movedBy })
}
