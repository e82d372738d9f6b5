/** Statistics of windows, and along a series. */
export { createAccumulators } from './accumulators'
export { createFollower } from './followers'
export { refusalInGroups } from './aggregates'
