/** Statistics of a window. */
export { createAccumulators, type AccumulatorOptions } from './accumulators'
export { parseAggregate, refusalInGroups } from './aggregates'
