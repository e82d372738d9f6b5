/** Statistics of windows, and along a series. */
export { createAccumulators } from './accumulators'
export { createAlong, createFollower } from './followers'
export { refusalInGroups } from './aggregates'
