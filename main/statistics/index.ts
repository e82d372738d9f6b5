/** Statistics of a window. */
export { createAccumulators } from './accumulators'
export { refusalInGroups } from './aggregates'
