export { AsOfJoin } from './as-of-join'
export { compileExpression } from './expression'
export { ExpressionError } from './expression-tree'
export { changesReadings, Readings, READING_VARIABLES } from './readings'
