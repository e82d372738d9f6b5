/** Joins the windows with the statistics of a pipeline. */
import type { KeySpace, WindowOperator } from '../contracts'
import { createAccumulators } from '../statistics'
import { createWindowOperator, type WindowDefinition, type WindowOptions } from '../windows'

/** A pipeline's windows, without any state yet. */
export function createPipelineWindows(
  pipeline: WindowDefinition,
  keys: KeySpace,
  options: WindowOptions,
): WindowOperator {
  const accumulators = createAccumulators(pipeline.aggregates, { grouped: pipeline.groupBy.length > 0 })
  return createWindowOperator(pipeline, keys, accumulators, options)
}
