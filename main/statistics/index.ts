/** Statistics of windows, and along a series. */
export { createAccumulators } from './accumulators'
export { createAlong, createFollower } from './followers'
export { refusalInGroups } from './aggregates'
export { AnalysisError } from './range/error'
export { Gathered } from './range/gathered'
export type { Readings } from './range/gathered'
export { AnalysisThread } from './range/thread'
