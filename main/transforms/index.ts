export { AlongSeries } from './along-series'
export { AsOfJoin } from './as-of-join'
export { compileExpression } from './expression'
export { changesReadings, Readings, READING_VARIABLES } from './readings'
