/** Statistics along a series: those that are kept up with every sample, and those of a range of values. */
export type { Streaming } from './streaming'
export { Ewma, TimedEwma } from './ewma'
export { MovingAverage, TimedMovingAverage } from './moving-average'
export { CumulativeSum } from './cumulative-sum'
export { Derivative } from './derivative'
export { RollingZScore } from './rolling-z-score'
export { ChangePoints } from './change-points'
export { SeasonalComponents } from './seasonal-components'
